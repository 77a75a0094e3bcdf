/** A button that opens a menu of choices, each with some words of what it means. */

import { element, icon, OWN_KEYS } from "./dom.js";

/**
 * @typedef {object} Choice
 * @prop {string} value
 * @prop {string} name
 * @prop {string} words
 * @prop {boolean} [checked] of one that is on or off, whatever else is chosen
 */

export class Menu {
  #face;
  #button;
  #list = element("div", "actwidget-menu", { role: "menu" });
  el;
  #choices;
  #choose;
  #value = "";

  /**
   * @param {string} label for screen readers
   * @param {HTMLElement} face what the button shows
   * @param {() => Choice[]} choices
   * @param {(value: string) => void} choose
   */
  constructor(label, face, choices, choose) {
    this.#face = face;
    this.#choices = choices;
    this.#choose = choose;
    this.#button = element("button", "actwidget-button actwidget-drop", {
      type: "button",
      "aria-label": label,
      "aria-haspopup": "menu",
      "aria-expanded": "false",
    }, [face, icon("down")]);
    this.el = element("div", "actwidget-menu-box", {}, [this.#button, this.#list]);
    this.#list.hidden = true;
    this.#button.addEventListener("click", () => this.#show(Boolean(this.#list.hidden)));
    this.el.addEventListener("keydown", (event) => this.#key(event));
    this.el.addEventListener("focusout", ({ relatedTarget }) => {
      if (!(relatedTarget instanceof Node && this.el.contains(relatedTarget))) this.#hide();
    });
  }

  /**
   * @param {string} value the one that is in force
   * @param {string} [more] to be said with its name
   * @param {string} [face] to be said in place of its name
   */
  update(value, more = "", face = "") {
    this.#value = value;
    const found = this.#choices().find((choice) => choice.value === value);
    const name = face || (found?.name ?? value) + more;
    if (this.#face.textContent !== name) this.#face.textContent = name;
    this.#face.title = name;
  }

  /** @param {boolean} shown */
  #show(shown) {
    if (!shown) {
      this.#hide();
      this.#button.focus({ preventScroll: true });
      return;
    }
    this.#list.replaceChildren(...this.#choices().map((choice) => this.#entry(choice)));
    this.#list.hidden = false;
    this.#button.setAttribute("aria-expanded", "true");
    const entries = this.#entries();
    const now = entries.find((each) => each.getAttribute("aria-checked") === "true");
    (now ?? entries[0])?.focus({ preventScroll: true });
  }

  #hide() {
    this.#list.hidden = true;
    this.#button.setAttribute("aria-expanded", "false");
  }

  /** @param {Choice} choice */
  #entry({ value, name, words, checked }) {
    const el = element("button", "actwidget-menu-entry", {
      type: "button",
      role: checked === undefined ? "menuitemradio" : "menuitemcheckbox",
      "aria-checked": String(checked ?? value === this.#value),
      ...OWN_KEYS,
    }, [
      element("span", "actwidget-menu-name", {}, [name]),
      ...(words ? [element("span", "actwidget-soft", {}, [words])] : []),
    ]);
    el.addEventListener("click", () => {
      this.#choose(value);
      this.#show(false);
    });
    return el;
  }

  /** @returns {HTMLElement[]} */
  #entries() {
    return [...this.#list.querySelectorAll("button")];
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (this.#list.hidden) return;
    const entries = this.#entries();
    const place = entries.findIndex((each) => each === document.activeElement);
    const steps = /** @type {Record<string, number>} */ ({
      ArrowDown: place + 1,
      ArrowUp: place - 1,
      Home: 0,
      End: entries.length - 1,
    });
    if (event.key === "Escape") this.#show(false);
    else if (event.key in steps) {
      entries[(steps[event.key] + entries.length) % entries.length].focus({ preventScroll: true });
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
