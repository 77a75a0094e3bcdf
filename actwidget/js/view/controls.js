/** The sliders, boxes and readouts around the picture. */

/** @import { Layer, Model } from "../types.js" */
/** @import { ToolbarRoom } from "./frame.js" */
/** @import { LiveFeed } from "../live/feed.js" */
/** @import { Store } from "../store/store.js" */
/** @import { Changes, ViewState } from "./view_state.js" */

import { CompareBar } from "./compare_bar.js";
import { button, element, icon, keepKeys } from "./dom.js";
import { isOfOtherImage, variantOf } from "../store/variant.js";
import { Filmstrip } from "./filmstrip.js";
import { LiveBar } from "./live_bar.js";
import { MiniMap } from "./mini_map.js";
import { holdBox, modeMenu } from "./scale_controls.js";
import { ALL } from "./scene.js";
import { sortMenu } from "./sort_menu.js";
import { targetOf } from "./attribution.js";
import { Why } from "./why.js";
import {
  channelText,
  choicesOf,
  move,
  parseChannel,
  slicesOf,
  sliceText,
  stateOf,
  stepped,
} from "./view_state.js";

/** Pixels of a row that is one line. */
const LINE = 24;

/**
 * One slider over numbers.
 *
 * @typedef {object} Control
 * @prop {string} name as a reader sees it
 * @prop {string} [label] for screen readers, if the name alone is too short
 * @prop {number} [first]
 * @prop {() => number} last
 * @prop {(state: ViewState) => number} value
 * @prop {(value: number) => Changes} changes
 * @prop {(state: ViewState) => string} text
 * @prop {() => boolean} [off] whether the layer has nothing to choose from
 */

export class Controls {
  /** The rows below the toolbar: layers, and channels. */
  rows;
  /** What lies under the layer's slider. */
  map;
  /** The normalization. */
  mode;
  order;
  hold;
  /** Which of several images. */
  image;
  film;
  previous;
  next;
  /** What is explained. */
  why;
  /** Live frames. */
  live;
  /** How recordings are compared. */
  compare;
  #row;
  #back;
  /** @type {(() => void)[]} */
  #updates;

  /**
   * @param {Model} model
   * @param {Store} store
   * @param {HTMLElement} back the way from one channel to all
   * @param {LiveFeed} feed
   */
  constructor(model, store, back, feed) {
    const made = controlsOf(model).map((control) => row(model, control));
    const [layer, channel, mode, ...others] = made;
    const slice = others.find(({ name }) => name === "slice");
    const image = others.find(({ name }) => name === "image");
    const order = sortMenu(model, store), hold = holdBox(model);
    const modes = modeMenu(model, store, mode.readout);
    const count = element("span", "actwidget-soft");
    this.why = new Why(model, store);
    this.live = new LiveBar(feed);
    this.compare = new CompareBar(model);
    const slide = group("channel", [channel.slider]);
    this.map = new MiniMap(model, store, layer.slider);
    this.mode = group("mode", [mode.slider, modes.el]);
    this.film = image ? new Filmstrip(model, store, image.slider) : null;
    this.image = image && this.film
      ? group("image", [image.label, image.readout, this.film.el, image.slider])
      : null;
    this.order = order.el;
    this.#back = back;
    this.hold = hold.el;
    const step = (/** @type {number} */ by) => () =>
      move(model, stepped(choicesOf(model), stateOf(model), "layer", by));
    this.previous = button("previous layer", icon("left"), step(-1));
    this.next = button("next layer", icon("right"), step(1));
    this.rows = element("div", "actwidget-controls", {}, [
      group("layer", [this.map.el]),
      this.#row = element("div", "actwidget-row", {}, [
        group("box", [channel.label, channel.readout, count]),
        slide,
        this.live.el,
        this.compare.el,
        this.why.rest,
        ...(slice ? [group("slice", [slice.label, slice.slider, slice.readout])] : []),
        this.why.el,
        back,
      ]),
    ]);
    // The row is the mode's: what is explained takes the slider's place.
    const settle = () => {
      const explains = targetOf(model) !== null, isLive = feed.source !== null;
      slide.hidden = explains || isLive || !this.compare.el.hidden;
      this.live.update();
      this.compare.update();
      this.#row.classList.toggle("actwidget-row-live", isLive);
      this.#row.classList.toggle("actwidget-row-why", explains);
      this.why.update();
      // A frame is not explained, and the bar takes the row.
      if (isLive && !explains) this.why.el.hidden = true;
    };
    for (const el of [this.rows, this.mode, ...(this.image ? [this.image] : [])]) keepKeys(el);
    const counted = () => {
      count.textContent = `of ${1 + Number(channel.slider.max)}`;
    };
    this.#updates = [...made, modes, order, hold].map(({ update }) => update).concat(
      counted,
      settle,
    );
  }

  /**
   * Which image: beside the input. Where the toolbar has no room for it the order of the tiles, being
   * that of the channels, stands beside their slider.
   *
   * @type {(has: ToolbarRoom, images: HTMLElement) => void}
   */
  fit(has, images) {
    if (!has.order) this.#row.insertBefore(this.order, this.#back);
    if (this.image) images.append(this.image);
  }

  /** Pixels of the row of the mode beyond one line: what it explains may need a second one. */
  get more() {
    return this.why.rest.hidden ? 0 : Math.max(0, this.#row.offsetHeight - LINE);
  }

  /** Show where the model's state is. */
  update() {
    for (const update of this.#updates) update();
    this.film?.update();
  }
}

/** @type {(name: string, parts: HTMLElement[]) => HTMLElement} */
function group(name, parts) {
  return element("div", `actwidget-group actwidget-group-${name}`, {}, parts);
}

/** @type {(model: Model) => Control[]} those that have something to choose from */
function controlsOf(model) {
  /** @type {Layer[]} */
  const layers = model.get("layers");
  /** @type {string[]} */
  const normalizations = model.get("normalizations");
  const numbers = new Map(layers.map(({ path }, number) => [path, number]));
  const layer = () => layers[numbers.get(model.get("layer")) ?? 0];
  /** @type {Control[]} */
  const controls = [
    {
      name: "layer",
      last: () => layers.length - 1,
      value: (state) => numbers.get(state.layer) ?? 0,
      changes: (value) => ({ layer: layers[value].path }),
      text: (state) => state.layer,
    },
    {
      name: "channel",
      first: ALL,
      last: () => layer().channels - 1,
      value: (state) => state.channel ?? ALL,
      changes: (value) => ({ channel: value === ALL ? null : value }),
      text: (state) => channelText(state.channel),
    },
    {
      name: "normalization",
      last: () => normalizations.length - 1,
      value: (state) => normalizations.indexOf(state.normalization),
      changes: (value) => ({ normalization: normalizations[value] }),
      text: (state) => state.normalization,
      off: () => layer().isImage,
    },
  ];
  if (layers.some(({ depth }) => depth > 1)) {
    controls.push({
      name: "slice",
      label: "depth slice",
      last: () => slicesOf({ layers }, layer()) - 1,
      value: (state) => state.slice,
      changes: (value) => ({ slice: value }),
      text: (state) => sliceText(layer(), state.slice),
      off: () => layer().depth === 1,
    });
  }
  if (model.get("images") > 1) {
    controls.push({
      name: "image",
      last: () => model.get("images") - 1,
      value: (state) => state.image_index,
      changes: (value) => ({ image_index: value }),
      text: (state) => String(state.image_index),
      // A frame is none of them, nor is an image of a survey.
      off: () => isOfOtherImage(variantOf(model).variant),
    });
  }
  return controls;
}

/**
 * One slider with its name and a readout; a channel can be typed.
 *
 * @param {Model} model
 * @param {Control} control
 */
function row(model, control) {
  const { name, label = name, first = 0, last, value, changes, text, off } = control;
  const slider = element("input", "actwidget-slider", {
    type: "range",
    step: "1",
    min: String(first),
    "aria-label": label,
  });
  slider.addEventListener("input", () => move(model, changes(Number(slider.value))));
  const readout = name === "channel" ? channelBox(model) : textReadout();
  const update = () => {
    const state = stateOf(model), words = text(state);
    slider.max = String(last());
    slider.value = String(value(state));
    const share = (value(state) - first) / Math.max(1, last() - first);
    slider.style.setProperty("--share", String(share));
    slider.disabled = off?.() ?? false;
    slider.setAttribute("aria-valuetext", words);
    readout.write(words);
  };
  readout.el.dataset.of = name;
  const caption = element("span", "actwidget-control-name actwidget-soft", {}, [name]);
  return { name, label: caption, slider, readout: readout.el, update };
}

function textReadout() {
  const el = element("output", "actwidget-readout");
  /** @param {string} text */
  const write = (text) => {
    if (el.textContent !== text) el.textContent = text;
  };
  return { el, write };
}

/** @param {Model} model */
function channelBox(model) {
  const el = element("input", "actwidget-box", {
    type: "text",
    "aria-label": "channel number, or all",
  });
  // What is being typed stays, whatever is drawn meanwhile.
  let written = "";
  /** @param {string} text */
  const write = (text) => {
    if (written !== text) el.value = written = text;
  };
  const commit = () => {
    const { layer, channel } = stateOf(model);
    const { channels } = model.get("layers").find((/** @type {Layer} */ l) => l.path === layer);
    const typed = parseChannel(el.value, channels);
    if (typed !== undefined) move(model, { channel: typed });
    written = "";
    write(channelText(typed === undefined ? channel : typed));
  };
  el.addEventListener("change", commit);
  el.addEventListener("keydown", (event) => {
    if (event.key === "Enter") commit();
  });
  // What is typed replaces all of it. Some browsers let go of it again when the button is released.
  let entered = false;
  el.addEventListener("focus", () => {
    entered = true;
    el.select();
  });
  el.addEventListener("click", () => {
    if (entered && el.selectionStart === el.selectionEnd) el.select();
    entered = false;
  });
  return { el, write };
}
