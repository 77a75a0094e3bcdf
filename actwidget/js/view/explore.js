/** An image of the survey in place of the recording's: the way there, and back. */

/** @import { Model } from "../types.js" */
/** @import { Store } from "../store/store.js" */

import { button, icon, keepKeys } from "./dom.js";
import { move } from "./view_state.js";

const NO_KERNEL = "To explore it the model is run on it: run the notebook.";

/**
 * Explore one of the images, or go back from it.
 *
 * @type {(model: Model, store: Store, image: number) => { done: boolean, words: string }} whether
 *   that is all, or the image has to come first; `words`: why it cannot be, or what is waited for
 */
export function explore(model, store, image) {
  if (store.survey.header?.own) {
    move(model, { image_index: image, explored: null });
    return { done: true, words: "" };
  }
  if (model.get("explored") === image) {
    move(model, { explored: null });
    return { done: true, words: "" };
  }
  if (model.get("live_state") === "live" || model.get("live_state") === "paused") {
    return { done: true, words: "Stop the live frames to explore it." };
  }
  if (!store.alive) return { done: true, words: NO_KERNEL };
  const found = store.survey.image(image);
  if (!found) return { done: false, words: "Reading the image …" };
  const why = found.error || found.reason;
  if (why) return { done: true, words: `It cannot be explored: ${why}.` };
  move(model, { explored: image });
  return { done: true, words: "" };
}

/** The way back to the recording's images. */
export class WayBack {
  el;
  #model;

  /** @param {Model} model */
  constructor(model) {
    this.#model = model;
    const words = model.get("images") > 1 ? "your images" : "your image";
    this.el = button(`back to ${words}`, icon("left"), () => move(model, { explored: null }));
    this.el.append(words);
    this.el.classList.add("actwidget-back-to");
    keepKeys(this.el);
  }

  /** Whether an image of the survey is shown. */
  get isExploring() {
    return (this.#model.get("explored") ?? null) !== null;
  }
}
