/** A page without a kernel: it holds the state and the archive of its pictures. */

/** @import { Model } from "../types.js" */

import load from "../main.js";
import { same } from "../protocol/requests.js";
import { keepAnswers } from "./answers.js";
import { bytesOf } from "./page_bytes.js";

/** The model of a widget whose state stands in the page. */
class PageModel extends EventTarget {
  /** @type {Record<string, any>} */
  #state;
  widget_manager = {
    /** @returns {Promise<any>} Plotly.js, which is part of the page */
    get_model: (/** @type {string} */ id) =>
      Promise.resolve(id === this.#state.view_id ? { comm_live: false } : library),
  };

  /** @param {Record<string, any>} state */
  constructor(state) {
    super();
    this.#state = state;
  }

  /** @param {string} name */
  get(name) {
    return this.#state[name];
  }

  /** @type {(name: string, value: unknown) => void} */
  set(name, value) {
    if (same(this.#state[name], value)) return;
    this.#state[name] = value;
    this.dispatchEvent(new Event(`change:${name}`));
  }

  /** There is no kernel to save them to. */
  save_changes() {}

  /** There is no kernel to ask. */
  send() {}

  /** @type {(name: string, handler: (...args: any[]) => void) => void} */
  on(name, handler) {
    this.addEventListener(name, handler);
  }

  /** @type {(name: string, handler: (...args: any[]) => void) => void} */
  off(name, handler) {
    this.removeEventListener(name, handler);
  }
}

const library = {
  /** @param {"version" | "source"} name */
  get: (name) => (name === "version" ? "page" : bytesOf("actwidget-plotly")),
};

keepAnswers(document);
for (const el of document.querySelectorAll(".actwidget-page")) {
  const number = /** @type {HTMLElement} */ (el).dataset.number;
  const state = JSON.parse(
    document.getElementById(`actwidget-state-${number}`)?.textContent ?? "",
  );
  state.archive.data = bytesOf(`actwidget-data-${number}`);
  const model = /** @type {Model} */ (new PageModel(state));
  const widget = load();
  widget.initialize({ model });
  widget.render({ model, el: /** @type {HTMLElement} */ (el) });
}
