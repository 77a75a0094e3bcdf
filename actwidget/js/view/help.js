/** All that can be done in the picture, over it. */

/** @import { Layer } from "../types.js" */

import { element } from "./dom.js";
import { helpEntries } from "./labels.js";

export class Help {
  el;
  button = element("button", "actwidget-button", {
    type: "button",
    "aria-label": "help",
    "aria-expanded": "false",
    title: "what can be done here, and all keys",
  }, ["?"]);
  #note = element("p", "actwidget-help-note");

  /** @param {Layer[]} layers */
  constructor(layers) {
    const entries = helpEntries(layers).flatMap(([keys, meaning]) => [
      element("dt", "", {}, [keys]),
      element("dd", "", {}, [meaning]),
    ]);
    const close = element("button", "actwidget-button", {
      type: "button",
      "aria-label": "close the help",
    }, ["✕"]);
    this.el = element("div", "actwidget-help", { role: "dialog", "aria-label": "help" }, [
      close,
      element("dl", "", {}, entries),
      this.#note,
    ]);
    this.el.hidden = true;
    this.button.addEventListener("click", () => this.#show(Boolean(this.el.hidden)));
    close.addEventListener("click", () => this.#show(false));
    this.el.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.#show(false);
    });
  }

  /** @param {string} text what is to be known of this page */
  note(text) {
    this.#note.textContent = text;
  }

  /** @param {boolean} shown */
  #show(shown) {
    const had = this.el.contains(document.activeElement);
    this.el.hidden = !shown;
    this.button.setAttribute("aria-expanded", String(shown));
    if (shown) this.el.querySelector("button")?.focus();
    else if (had) this.button.focus();
  }
}
