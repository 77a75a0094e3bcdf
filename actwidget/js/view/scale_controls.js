/** What the colours mean: the menu of normalizations, and the box that holds the scale. */

/** @import { Colouring, Model } from "../types.js" */
/** @import { Store } from "../store/store.js" */

import { pictureWanted } from "../store/picture_key.js";
import { element, icon } from "./dom.js";
import { Menu } from "./menu.js";
import { move } from "./view_state.js";

/**
 * @param {Model} model
 * @param {Store} store
 * @param {HTMLElement} face the readout of the slider
 */
export function modeMenu(model, store, face) {
  const choices = () => {
    const overview = store.overview(pictureWanted(model));
    return model.get("normalizations").map((
      /** @type {string} */ name,
      /** @type {number} */ k,
    ) => ({
      value: name,
      name,
      words: overview ? meaningOf(overview.normalizations[k]) : "",
    }));
  };
  const choose = (/** @type {string} */ normalization) => move(model, { normalization });
  const menu = new Menu("what the colours mean", face, choices, choose);
  return { el: menu.el, update: () => menu.update(model.get("normalization")) };
}

/** @type {(colouring: Colouring) => string} in words */
function meaningOf({ title, comparable }) {
  // What a title says of the scale is said below, in a sentence.
  const [quantity] = title.split(" · ");
  const compared = comparable
    ? "one scale for all channels"
    : "a scale for each channel: tiles cannot be compared";
  return `a colour is the ${quantity}; ${compared}`;
}

/** @param {Model} model */
export function holdBox(model) {
  const box = element("input", "", { type: "checkbox", "aria-label": "hold scale" });
  box.addEventListener("change", () => move(model, { hold_scale: box.checked }));
  const update = () => {
    box.checked = model.get("hold_scale");
  };
  const el = element("label", "actwidget-hold", {
    title: "hold scale: the colours keep their limits while layer or image changes",
  }, [box, icon("lock")]);
  return { el, update };
}
