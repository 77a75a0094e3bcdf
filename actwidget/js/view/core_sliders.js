/** What core sliders lack: names, words for where they stand, keys of their own, and a right End. */

/** @import { Model } from "../types.js" */

import { OWN_KEYS } from "./dom.js";

/** The class of a control's box, and the trait that says in words where it stands. */
const CONTROLS = {
  layer: "layer_text",
  channel: "channel_text",
  normalization: "normalization_text",
  slice: "slice_text",
  image: "image_text",
};

/** What a slider is called where its label is too short for those who do not see the others. */
const NAMES = new Map([["slice", "depth slice"]]);

/**
 * Name the sliders that stand in the same widget as the picture, now and whenever they are drawn.
 *
 * @param {HTMLElement} el the picture's own element
 * @param {Model} model
 * @returns {() => void} stops it
 */
export function nameCoreSliders(el, model) {
  const box = el.closest(".actwidget-box");
  // Of several pictures in a box the sliders are the first's: two would write over each other.
  if (!box || !el.contains(box.querySelector(".actwidget"))) return () => {};
  const name = () => {
    for (const [control, trait] of Object.entries(CONTROLS)) {
      const handle = box.querySelector(`.actwidget-${control} .noUi-handle`);
      if (handle) {
        setAttribute(handle, "aria-label", NAMES.get(control) ?? control);
        setAttribute(handle, "aria-valuetext", model.get(trait));
        // Jupyter Notebook would take the arrow keys, to fold headings.
        for (const [name, value] of Object.entries(OWN_KEYS)) setAttribute(handle, name, value);
      }
    }
    const input = box.querySelector(".actwidget-channel input[type=text]");
    if (input) setAttribute(input, "aria-label", "channel number, or all");
    const select = box.querySelector(".actwidget-channel select");
    if (select) setAttribute(select, "aria-label", "order of the tiles");
    const hold = box.querySelector(".actwidget-normalization input[type=checkbox]");
    if (hold) setAttribute(hold, "aria-label", "hold scale");
  };
  name();
  // The slider writes its own number there at every step.
  const observer = new MutationObserver(name);
  observer.observe(box, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ["aria-valuetext"],
  });
  for (const trait of Object.values(CONTROLS)) model.on(`change:${trait}`, name);
  /** @param {Event} event */
  const onKey = (event) => goToEnd(/** @type {KeyboardEvent} */ (event), model);
  box.addEventListener("keydown", onKey, true);
  return () => {
    observer.disconnect();
    box.removeEventListener("keydown", onKey, true);
  };
}

/**
 * @param {Element} el
 * @param {string} attribute
 * @param {string} value
 */
function setAttribute(el, attribute, value) {
  if (el.getAttribute(attribute) !== value) el.setAttribute(attribute, value);
}

/**
 * End on the sliders of channels and slices: noUiSlider's own key handler keeps the range it was
 * made with, that of the first layer.
 *
 * @param {KeyboardEvent} event
 * @param {Model} model
 */
function goToEnd(event, model) {
  const target = /** @type {Element} */ (event.target);
  const name = ["channel", "slice"].find((control) =>
    target.matches(`.actwidget-${control} .noUi-handle`)
  );
  if (event.key !== "End" || !name || (name === "slice" && model.get("no_slices"))) return;
  event.preventDefault();
  event.stopPropagation();
  model.set(name, model.get(`${name}_max`));
  model.save_changes();
}
