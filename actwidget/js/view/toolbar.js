/** The buttons around the layer's name, and those at the row's end. */

/** @import { Controls } from "./controls.js" */
/** @import { Header } from "./header.js" */
/** @import { Help } from "./help.js" */
/** @import { RoomKind, ToolbarRoom } from "./frame.js" */

import { button, element, icon, keepKeys } from "./dom.js";

/** What is left out, one after the other, until there is room for all warnings. */
const WORDS = ["all", "few", "few-beside-name", "none"];

export class Toolbar {
  el;
  /** The normalization and the order of the tiles: on a phone they stand elsewhere. */
  #choices = element("div", "actwidget-choices");
  #chips;
  #tools;
  #more;
  #order;
  #hold;
  #help;

  /**
   * @param {Header} header
   * @param {Controls | null} controls
   * @param {Help} help
   * @param {{ reset: () => void, download: () => void }} actions
   */
  constructor(header, controls, help, actions) {
    const reset = button("Reset the view (double-click)", icon("reset"), actions.reset);
    const download = button("Download as PNG", icon("download"), actions.download);
    for (const each of [reset, download]) each.dataset.title = each.title;
    if (controls) this.#choices.append(controls.mode, controls.order);
    this.#chips = header.chips;
    this.#order = controls?.order ?? null;
    this.#hold = controls?.hold ?? null;
    this.#help = help.button;
    this.#tools = element("div", "actwidget-tools", {}, [reset, download]);
    this.#more = button("more", icon("dots"), () => this.#open(!this.#isOpen));
    this.#more.classList.add("actwidget-more");
    this.#more.setAttribute("aria-expanded", "false");
    const name = controls ? [controls.previous, header.name, controls.next] : [header.name];
    this.el = element("div", "actwidget-toolbar", {}, [
      element("div", "actwidget-pick", {}, name),
      header.facts,
      header.chips,
      this.#choices,
      ...(controls ? [] : [header.back]),
      ...(this.#hold ? [this.#hold] : []),
      this.#more,
      this.#help,
      this.#tools,
    ]);
    this.#tools.addEventListener("click", ({ target }) => {
      if (target instanceof Element && target.closest("button")) this.#open(false);
    });
    // Safari gives a button that is pressed no focus, and takes it from the one that has it.
    this.#tools.addEventListener("mousedown", (event) => event.preventDefault());
    this.#tools.addEventListener("focusout", ({ relatedTarget }) => {
      const inside = relatedTarget instanceof Node &&
        (this.#tools.contains(relatedTarget) || this.#more.contains(relatedTarget));
      if (!inside) this.#open(false);
    });
    this.el.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.#isOpen) return;
      this.#open(false);
      this.#more.focus({ preventScroll: true });
      event.preventDefault();
      event.stopPropagation();
    });
    keepKeys(this.el);
  }

  get #isOpen() {
    return this.#tools.classList.contains("actwidget-opened");
  }

  /** @param {boolean} open whether the tools that have no room in the row are shown */
  #open(open) {
    this.#tools.classList.toggle("actwidget-opened", open);
    this.#more.setAttribute("aria-expanded", String(open));
    if (open) this.#tools.querySelector("button")?.focus({ preventScroll: true });
  }

  /**
   * Leave out words of the warnings, and then of the name, until the row has room for all of them.
   */
  settle() {
    const { dataset } = this.el, { childElementCount } = this.#chips;
    for (const words of WORDS) {
      dataset.words = words;
      if (!childElementCount || this.#chips.scrollWidth <= this.#chips.clientWidth) return;
    }
  }

  /**
   * Keep in the row what has room there.
   *
   * @type {(kind: RoomKind, has: ToolbarRoom, elsewhere: HTMLElement) => void}
   */
  fit(kind, has, elsewhere) {
    if (kind === "phone") elsewhere.append(this.#choices);
    else this.#more.before(this.#choices);
    if (has.order && this.#order) this.#choices.append(this.#order);
    const seldom = [...(this.#hold ? [this.#hold] : []), this.#help];
    if (!has.seldom) {
      this.#tools.append(...seldom);
      return;
    }
    if (this.#hold) this.#more.before(this.#hold);
    this.#more.after(this.#help);
  }
}
