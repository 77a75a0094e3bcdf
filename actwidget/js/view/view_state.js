/** What is shown, how it moves, and what can be chosen; as in actwidget/view/view_state.py. */

/** @import { Layer, Limits, Model } from "../types.js" */
/** @import { Store } from "../store/store.js" */

import { isSort } from "../numerics/tile_order.js";
import { same } from "../protocol/requests.js";
import { pictureWanted, shownSlice } from "../store/picture_key.js";

/**
 * @typedef {object} ViewState
 * @prop {string} layer path
 * @prop {number | null} channel null: all of them
 * @prop {string} normalization
 * @prop {number} image_index
 * @prop {number} slice of a volume; layers that are not volumes leave it as it is
 * @prop {string} sort the order of the tiles, as numerics/tile_order.js has them
 * @prop {boolean} alive_only whether dead channels are left out of the tiles
 * @prop {boolean} hold_scale
 * @prop {Limits | null} limits
 * @prop {number} alpha_overlay the opacity of a channel's map over the input: 1 is the map alone
 * @prop {boolean} limitsAreDue whether `limits` are still those of what was shown before
 *
 * @typedef {Partial<Omit<ViewState, "limitsAreDue">>} Changes
 *
 * @typedef {object} Choices
 * @prop {Pick<Layer, "path" | "channels" | "depth" | "isImage">[]} layers
 * @prop {number} images
 * @prop {string[]} normalizations
 */

/** The fields that are traits of the widget. */
export const TRAITS = /** @type {const} */ ([
  ...["layer", "channel", "normalization", "image_index", "slice"],
  ...["sort", "alive_only", "hold_scale", "limits", "alpha_overlay"],
]);

/**
 * The state after some changes, with all of it consistent.
 *
 * @type {(choices: Choices, before: ViewState, changes: Changes) => ViewState}
 */
export function moved(choices, before, changes) {
  const { limits: _limits, ...others } = changes;
  const state = { ...before, ...others };
  const found = choices.layers.find(({ path }) => path === state.layer);
  if (!found) state.layer = before.layer;
  if (!choices.normalizations.includes(state.normalization)) {
    state.normalization = before.normalization;
  }
  if (!isSort(state.sort)) state.sort = before.sort;
  const { alpha_overlay: alpha } = state;
  if (!(alpha >= 0 && alpha <= 1)) state.alpha_overlay = before.alpha_overlay;
  const layer = found ?? choices.layers.find(({ path }) => path === before.layer);
  if (!layer) throw new Error(`there is no layer ${before.layer}`);
  const { channel } = state;
  if (channel !== null && !(channel >= 0 && channel < layer.channels)) state.channel = null;
  state.image_index = Math.min(Math.max(state.image_index, 0), choices.images - 1);
  const slices = slicesOf(choices, layer);
  if (!(state.slice >= 0 && state.slice < slices)) state.slice = Math.floor(slices / 2);
  return { ...state, ...scaleAfter(before, state, layer.isImage, changes) };
}

/**
 * What a move does to the scale.
 *
 * @param {ViewState} before
 * @param {ViewState} state
 * @param {boolean} isImage whether each image has limits of its own
 * @param {Changes} changes
 */
function scaleAfter(before, state, isImage, changes) {
  const stays = before.hold_scale && changes.limits === undefined;
  const held = changes.hold_scale ?? (stays || Boolean(changes.limits));
  if (held && changes.limits) {
    return { hold_scale: true, limits: changes.limits, limitsAreDue: false };
  }
  const moves = state.layer !== before.layer ||
    (isImage && state.image_index !== before.image_index);
  const due = state.normalization !== before.normalization ||
    (moves && !(held && before.hold_scale)) ||
    (before.hold_scale && !held);
  return { hold_scale: held, limitsAreDue: before.limitsAreDue || due };
}

/**
 * How many slices can be chosen from while a layer is shown.
 *
 * @type {(choices: Pick<Choices, "layers">, layer: Pick<Layer, "depth">) => number}
 */
export function slicesOf({ layers }, { depth }) {
  return depth > 1 ? depth : layers.reduce((most, each) => Math.max(most, each.depth), 1);
}

/**
 * One step of a key: the state's neighbour in one direction, as far as there is one.
 *
 * @param {Choices} choices
 * @param {ViewState} state
 * @param {"layer" | "channel" | "slice"} name
 * @param {number} by
 * @param {number[]} [order] the channels, as they are shown
 * @returns {Changes}
 */
export function stepped(choices, state, name, by, order) {
  const number = choices.layers.findIndex(({ path }) => path === state.layer);
  const layer = choices.layers[number];
  if (name === "layer") {
    return { layer: choices.layers[clamp(number + by, choices.layers.length)].path };
  }
  if (name === "channel") {
    // The stop before the first channel is all of them.
    const now = state.channel === null ? -1 : order?.indexOf(state.channel) ?? state.channel;
    const place = clamp(now + by + 1, (order?.length ?? layer.channels) + 1) - 1;
    return { channel: place < 0 ? null : order ? order[place] : place };
  }
  return { slice: clamp(state.slice + by, layer.depth) };
}

/** @type {(number: number, count: number) => number} */
function clamp(number, count) {
  return Math.min(Math.max(number, 0), count - 1);
}

/** @param {number | null} channel */
export function channelText(channel) {
  return channel === null ? "all" : String(channel);
}

/** @type {(layer: Pick<Layer, "depth">, slice: number) => string} */
export function sliceText(layer, slice) {
  return layer.depth === 1 ? "no slices" : `${shownSlice(layer, slice)} of 0–${layer.depth - 1}`;
}

/**
 * The channel that somebody typed.
 *
 * @param {string} text
 * @param {number} channels of the layer
 * @returns {number | null | undefined} null for all channels, undefined for anything else
 */
export function parseChannel(text, channels) {
  const word = text.trim().toLowerCase();
  if (word === "" || word === "all") return null;
  return /^\d+$/.test(word) && Number(word) < channels ? Number(word) : undefined;
}

/** @type {(model: Model) => Choices} */
export function choicesOf(model) {
  return {
    layers: model.get("layers"),
    images: model.get("images"),
    normalizations: model.get("normalizations"),
  };
}

/** @type {(model: Model) => ViewState} */
export function stateOf(model) {
  const state = Object.fromEntries(TRAITS.map((name) => [name, model.get(name)]));
  return /** @type {any} */ ({ ...state, limitsAreDue: !state.hold_scale });
}

/** @type {(model: Model, changes: Changes) => void} */
export function move(model, changes) {
  for (const [name, value] of Object.entries(changes)) model.set(name, value);
  model.save_changes();
}

/**
 * Keep the traits consistent, whoever changes them: a control, Python or a widget that is linked.
 *
 * Limits that do not come from here are somebody's choice, and are held.
 *
 * @type {(model: Model, store: Store) => () => void} stops it
 */
export function syncDerivedState(model, store) {
  let state = stateOf(model), isWriting = false;
  const differing = () => TRAITS.filter((name) => !same(model.get(name), state[name]));
  const update = () => {
    // Each trait that is written tells of itself, while the next is not written yet.
    if (isWriting) return;
    const assigned = differing();
    if (assigned.length) {
      const changes = Object.fromEntries(assigned.map((name) => [name, model.get(name)]));
      state = moved(choicesOf(model), state, changes);
    }
    if (state.limitsAreDue) {
      const normalization = model.get("normalizations").indexOf(state.normalization);
      const own = store.overview(pictureWanted(model))?.normalizations[normalization].limits;
      if (own) state = { ...state, limits: own, limitsAreDue: false };
    }
    const wrong = differing();
    if (!wrong.length) return;
    isWriting = true;
    try {
      for (const name of wrong) model.set(name, state[name]);
    } finally {
      isWriting = false;
    }
    model.save_changes();
  };
  for (const name of TRAITS) model.on(`change:${name}`, update);
  // The store may tell of something before the change that led to it is told of here.
  const stop = store.listen(update, false);
  update();
  return () => {
    stop();
    for (const name of TRAITS) model.off(`change:${name}`, update);
  };
}
