/** The line above the picture, and the buttons beside it. */

/** @import { Model } from "../types.js" */
/** @import { Store } from "../store/store.js" */
/** @import { Scene } from "./scene.js" */

import { element, keepKeys } from "./dom.js";
import { ALL } from "./scene.js";
import { header } from "./labels.js";

export class Header {
  /** The way back from one channel to all. */
  back = element("button", "actwidget-back", { type: "button" }, ["← all channels"]);
  /** For a finger, which cannot hover: opens what it has read. */
  open = element("button", "actwidget-back", { type: "button" });
  #line = element("div", "actwidget-header", { role: "status" });
  el = element("div", "actwidget-top", {}, [this.#line, this.back, this.open]);
  #model;
  #store;

  /**
   * @param {Model} model
   * @param {Store} store
   */
  constructor(model, store) {
    this.#model = model;
    this.#store = store;
    this.open.hidden = true;
    this.back.hidden = true;
    keepKeys(this.el);
  }

  /** @param {Scene} scene */
  show({ overview, channel, alone, asBars, normalization, colouring }) {
    const model = this.#model, store = this.#store;
    // The share is known of a normalization's own limits; of others Python is asked.
    const own = colouring.limits === overview.normalizations[normalization].limits;
    const share = own
      ? colouring.clipped
      : store.clippedShare(overview.layer, normalization, colouring.limits);
    const parts = header(model.get("layers"), overview, channel, {
      beyond: !alone && !asBars ? share : null,
      prediction: model.get("predictions")[overview.image],
      kept: store.finest(overview.layer),
    });
    this.#line.textContent = this.#line.title = parts.join(" · ");
    this.back.hidden = channel === ALL;
  }

  /** @param {number} layer */
  showNameOnly(layer) {
    const layers = this.#model.get("layers");
    this.#line.textContent = `${layer + 1}/${layers.length} · ${layers[layer].path}`;
  }

  /** @param {string} text empty: there is nothing to open */
  offer(text) {
    this.open.hidden = !text;
    this.open.textContent = text;
  }
}
