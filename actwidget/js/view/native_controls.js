/** Native controls, for where core ipywidgets cannot be had; bound to the same state. */

/** @import { Model, Layer } from "../types.js" */

import { element, keepKeys } from "./dom.js";
import { deepest } from "../store/slices.js";
import { ALL, channelText } from "./view_state.js";

/**
 * @typedef {object} Control
 * @prop {string} name as a reader sees it
 * @prop {string} trait
 * @prop {() => number} last
 * @prop {number} first
 * @prop {(value: number) => string} text
 * @prop {string} [label] for those who do not see the other controls, where the name is too short
 * @prop {() => boolean} [off] whether the layer has nothing to choose from
 */

/**
 * @param {Model} model
 * @returns {{ el: HTMLElement, update: () => void }}
 */
export function nativeControls(model) {
  /** @type {() => Layer[]} */
  const layers = () => model.get("layers");
  /** @type {Control[]} */
  const controls = [
    {
      name: "layer",
      trait: "layer",
      first: 0,
      last: () => layers().length - 1,
      text: (value) => layers()[value].path,
    },
    {
      name: "channel",
      trait: "channel",
      first: ALL,
      last: () => layers()[model.get("layer")].channels - 1,
      text: channelText,
    },
    {
      name: "normalization",
      trait: "normalization",
      first: 0,
      last: () => model.get("normalizations").length - 1,
      text: (value) => model.get("normalizations")[value],
    },
    {
      name: "slice",
      label: "depth slice",
      trait: "slice",
      first: 0,
      last: () => model.get("slice_max"),
      text: () => model.get("slice_text"),
      off: () => model.get("no_slices"),
    },
    {
      name: "image",
      trait: "image",
      first: 0,
      last: () => model.get("images") - 1,
      text: String,
    },
  ];
  const rows = controls
    .filter(({ trait, last }) => trait !== "image" || last() > 0)
    .filter(({ trait }) => trait !== "slice" || deepest(layers()) > 1)
    .map((control) => row(model, control));
  const extras = [sortBox(model), holdBox(model)];
  const el = element("div", "actwidget-controls", {}, [
    ...rows.flatMap(({ parts }) => parts),
    element("span", ""),
    element("div", "actwidget-control-row", {}, extras.map((extra) => extra.el)),
  ]);
  keepKeys(el);
  const update = () => [...rows, ...extras].forEach((each) => each.update());
  return { el, update };
}

/**
 * One slider with its name and a readout; the channel's readout can be typed in.
 *
 * @param {Model} model
 * @param {Control} control
 */
function row(model, control) {
  const { name, trait, first, last, text, off } = control;
  const slider = element("input", "actwidget-slider", {
    type: "range",
    step: "1",
    min: String(first),
    "aria-label": control.label ?? name,
  });
  const label = element("span", "actwidget-control-name", {}, [name]);
  const typed = trait === "channel";
  const readout = typed
    ? element("input", "actwidget-box-input", { type: "text", "aria-label": "channel or all" })
    : element("output", "actwidget-readout");
  slider.addEventListener("input", () => {
    model.set(trait, Number(slider.value));
    model.save_changes();
  });
  // What is being typed stays, whatever is drawn meanwhile.
  let written = "";
  if (readout instanceof HTMLInputElement) {
    const commit = () => {
      written = "";
      model.set("channel_text", readout.value);
      model.save_changes();
    };
    readout.addEventListener("change", commit);
    readout.addEventListener("keydown", (event) => {
      if (event.key === "Enter") commit();
    });
  }
  const update = () => {
    const value = model.get(trait);
    slider.max = String(last());
    slider.value = String(value);
    slider.disabled = off?.() ?? false;
    slider.setAttribute("aria-valuetext", text(value));
    if (written === text(value)) return;
    written = text(value);
    if (readout instanceof HTMLInputElement) readout.value = written;
    else readout.textContent = written;
  };
  update();
  return { parts: [label, slider, readout], update };
}

/** @param {Model} model */
function sortBox(model) {
  const select = element("select", "actwidget-box-select", { "aria-label": "order of the tiles" }, [
    element("option", "", {}, ["tiles by number"]),
    element("option", "", {}, ["tiles strongest first"]),
  ]);
  select.addEventListener("change", () => {
    model.set("sort", select.selectedIndex);
    model.save_changes();
  });
  const update = () => {
    select.selectedIndex = model.get("sort");
  };
  return { el: select, update };
}

/** @param {Model} model */
function holdBox(model) {
  const box = element("input", "", { type: "checkbox" });
  box.addEventListener("change", () => {
    model.set("hold", box.checked);
    model.save_changes();
  });
  const update = () => {
    box.checked = model.get("hold");
  };
  return { el: element("label", "", {}, [box, " hold scale"]), update };
}
