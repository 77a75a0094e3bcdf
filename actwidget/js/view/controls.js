/** The sliders, boxes and readouts above the picture. */

/** @import { Layer, Model } from "../types.js" */
/** @import { Changes, ViewState } from "./view_state.js" */

import { element, keepKeys } from "./dom.js";
import { ALL } from "./scene.js";
import {
  channelText,
  move,
  parseChannel,
  slicesOf,
  sliceText,
  SORTS,
  stateOf,
} from "./view_state.js";

const SORT_WORDS = /** @type {Record<string, string>} */ ({
  number: "tiles by number",
  strongest: "tiles strongest first",
});

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
  el;
  /** @type {(() => void)[]} */
  #updates;

  /** @param {Model} model */
  constructor(model) {
    const rows = controlsOf(model).map((control) => row(model, control));
    const extras = [sortBox(model), holdBox(model)];
    this.el = element("div", "actwidget-controls", {}, [
      ...rows.flatMap(({ parts }) => parts),
      element("span", ""),
      element("div", "actwidget-control-row", {}, extras.map(({ el }) => el)),
    ]);
    keepKeys(this.el);
    this.#updates = [...rows, ...extras].map(({ update }) => update);
  }

  /** Show where the model's state is. */
  update() {
    for (const update of this.#updates) update();
  }
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
    slider.disabled = off?.() ?? false;
    slider.setAttribute("aria-valuetext", words);
    readout.write(words);
  };
  return {
    parts: [element("span", "actwidget-control-name", {}, [name]), slider, readout.el],
    update,
  };
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
  const el = element("input", "actwidget-box-input", {
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
  return { el, write };
}

/** @param {Model} model */
function sortBox(model) {
  const options = SORTS.map((sort) => element("option", "", {}, [SORT_WORDS[sort]]));
  const name = { "aria-label": "order of the tiles" };
  const el = element("select", "actwidget-box-select", name, options);
  el.addEventListener("change", () => {
    move(model, { sort: /** @type {ViewState["sort"]} */ (SORTS[el.selectedIndex]) });
  });
  const update = () => {
    el.selectedIndex = SORTS.indexOf(model.get("sort"));
  };
  return { el, update };
}

/** @param {Model} model */
function holdBox(model) {
  const box = element("input", "", { type: "checkbox" });
  box.addEventListener("change", () => move(model, { hold_scale: box.checked }));
  const update = () => {
    box.checked = model.get("hold_scale");
  };
  return { el: element("label", "", {}, [box, " hold scale"]), update };
}
