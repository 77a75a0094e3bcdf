/** What is shown, how it moves, and what can be chosen; as in actwidget/view/view_state.py. */

/** @import { Ablated, Layer, Limits, Model, Target } from "../types.js" */
/** @import { Store } from "../store/store.js" */

import { IMPORTANCE, isSort } from "../numerics/tile_order.js";
import { same } from "../protocol/requests.js";
import { pictureWanted, shownSlice } from "../store/picture_key.js";
import {
  ACTIVATION,
  DIFFERENCE,
  MODES,
  recordingsOf,
  SHOWN,
  SIDE_BY_SIDE,
  variantName,
} from "../store/variant.js";

/**
 * @typedef {object} ViewState
 * @prop {string} layer path
 * @prop {number | null} channel null: all of them
 * @prop {string} normalization
 * @prop {number} image_index
 * @prop {number} slice of a volume; layers that are not volumes leave it as it is
 * @prop {string} sort the order of the tiles, as numerics/tile_order.js has them
 * @prop {boolean} alive_only whether dead channels are left out of the tiles
 * @prop {boolean} dead_only whether all are left out but those that are dead on the whole survey
 * @prop {boolean} hold_scale
 * @prop {Limits | null} limits
 * @prop {number} alpha_overlay the opacity of a channel's map over the input: 1 is the map alone
 * @prop {Target | null} target what is explained
 * @prop {string} show what is shown of the layer
 * @prop {string | null} overlay what lies over the input: "grad-cam" or "gradient"
 * @prop {number} overlay_opacity
 * @prop {Ablated | null} ablated the channel that is switched off
 * @prop {number | null} explored the survey's image that is shown in place of the recording's
 * @prop {string} mode how recordings are compared, if several are
 * @prop {number} panel which of them is shown where there is room for one
 * @prop {boolean} limitsAreDue whether `limits` are still those of what was shown before
 *
 * @typedef {Partial<Omit<ViewState, "limitsAreDue">>} Changes
 *
 * @typedef {object} Choices
 * @prop {Pick<Layer, "path" | "channels" | "depth" | "isImage">[]} layers
 * @prop {number} images
 * @prop {string[]} normalizations
 * @prop {number} [panels] how many recordings are compared
 */

/** The fields that are traits of the widget. */
export const TRAITS = /** @type {const} */ ([
  ...["layer", "channel", "normalization", "image_index", "slice"],
  ...["sort", "alive_only", "dead_only", "hold_scale", "limits", "alpha_overlay"],
  ...["target", "show", "overlay", "overlay_opacity", "ablated", "explored"],
  ...["mode", "panel"],
]);

/** What can lie over the input. */
const OVERLAYS = [null, "grad-cam", "gradient"];

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
  for (const name of /** @type {const} */ (["alpha_overlay", "overlay_opacity"])) {
    if (!(state[name] >= 0 && state[name] <= 1)) state[name] = before[name];
  }
  Object.assign(state, explainedAfter(choices, before, state, changes));
  Object.assign(state, exploredAfter(state, changes));
  Object.assign(state, comparedAfter(choices, before, state));
  if (state.alive_only && state.dead_only) {
    state.dead_only = changes.dead_only !== undefined;
    state.alive_only = !state.dead_only;
  }
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
 * What a move does to what is explained: what needs a target makes it the likeliest class, and
 * without one there is none of it.
 *
 * @type {(choices: Choices, before: ViewState, state: ViewState, changes: Changes) =>
 *   Pick<ViewState, "target" | "show" | "overlay" | "sort" | "ablated">}
 */
function explainedAfter(choices, before, state, changes) {
  let { target, show, overlay, sort, ablated } = state;
  if (!SHOWN.includes(show)) show = before.show;
  if (!OVERLAYS.includes(overlay)) overlay = before.overlay;
  if (!canAblate(choices, ablated)) ablated = before.ablated;
  const asked = (changes.show !== undefined && show !== ACTIVATION) ||
    (changes.overlay !== undefined && overlay !== null) ||
    (changes.sort !== undefined && sort === IMPORTANCE);
  if (asked && target === null && before.target === null) target = "top";
  if (target === null) {
    [show, overlay] = [ACTIVATION, null];
    if (sort === IMPORTANCE) sort = "number";
  }
  // Gradients are those of the whole model.
  if (ablated && show !== ACTIVATION) {
    if (changes.ablated === undefined) ablated = null;
    else show = ACTIVATION;
  }
  return { target, show, overlay, sort, ablated };
}

/**
 * An image is explored, or those of the recording are explained: that is computed of it alone.
 *
 * @type {(state: ViewState, changes: Changes) => Changes}
 */
function exploredAfter({ explored, target, ablated, sort }, changes) {
  if (explored === null) return {};
  if (changes.explored === undefined && (target !== null || ablated)) return { explored: null };
  const nothing = { target: null, ablated: null, show: ACTIVATION, overlay: null };
  return { ...nothing, sort: sort === IMPORTANCE ? "number" : sort };
}

/**
 * What is compared is there: a difference is of two recordings.
 *
 * @type {(choices: Choices, before: ViewState, state: ViewState) => Changes}
 */
function comparedAfter({ panels = 1 }, before, state) {
  const last = panels - 1, mode = MODES.includes(state.mode) ? state.mode : before.mode;
  const panel = Math.min(Math.max(state.panel, 0), last);
  if (!last) return { mode: SIDE_BY_SIDE, panel };
  return { mode, panel: mode === DIFFERENCE && !panel ? last : panel };
}

/** @type {(choices: Choices, ablated: Ablated | null) => boolean} */
function canAblate({ layers }, ablated) {
  if (!ablated) return true;
  const layer = layers.find(({ path }) => path === ablated[0]);
  return Boolean(layer && ablated[1] >= 0 && ablated[1] < layer.channels);
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
  const moves = state.layer !== before.layer || !same(state.ablated, before.ablated) ||
    state.explored !== before.explored || (isImage && state.image_index !== before.image_index);
  const due = state.normalization !== before.normalization ||
    quantityOf(state) !== quantityOf(before) ||
    (moves && !(held && before.hold_scale)) ||
    (before.hold_scale && !held);
  return { hold_scale: held, limitsAreDue: before.limitsAreDue || due };
}

/** @type {(state: ViewState) => string} what is shown, whatever is switched off */
function quantityOf({ show, target, mode, panel }) {
  return variantName(show, target, null, null, mode, mode === DIFFERENCE ? panel : 0);
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
    panels: recordingsOf(model),
  };
}

/** @type {Record<string, unknown>} what a notebook that an older version saved does not have */
const ABSENT = {
  channel: null,
  limits: null,
  target: null,
  show: ACTIVATION,
  overlay: null,
  overlay_opacity: 0.5,
  ablated: null,
  dead_only: false,
  explored: null,
  mode: SIDE_BY_SIDE,
  panel: 0,
};

/** @type {(model: Model) => ViewState} */
export function stateOf(model) {
  const state = Object.fromEntries(TRAITS.map((name) => [name, model.get(name) ?? ABSENT[name]]));
  return /** @type {any} */ ({ ...state, limitsAreDue: !state.hold_scale });
}

/** What a frame is shown by, or the recording again: limits that are not held are those of that. */
const OTHER_PICTURE = ["live_state", "live_frame"];

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
  const differing = () => {
    const now = stateOf(model);
    return TRAITS.filter((name) => !same(now[name], state[name]));
  };
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
  const other = () => {
    if (!state.hold_scale) state = { ...state, limitsAreDue: true };
    update();
  };
  for (const name of TRAITS) model.on(`change:${name}`, update);
  for (const name of OTHER_PICTURE) model.on(`change:${name}`, other);
  // The store may tell of something before the change that led to it is told of here.
  const stop = store.listen(update, false);
  update();
  return () => {
    stop();
    for (const name of TRAITS) model.off(`change:${name}`, update);
    for (const name of OTHER_PICTURE) model.off(`change:${name}`, other);
  };
}
