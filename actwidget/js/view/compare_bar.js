/** The row of the mode where recordings are compared: how, which of them, and on what scale. */

/** @import { Model } from "../types.js" */

import { DIFFERENCE, FLICKER, MODES, recordingsOf, SIDE_BY_SIDE } from "../store/variant.js";
import { comparedWith } from "../store/compare_store.js";
import { button, element, keepKeys } from "./dom.js";
import { move } from "./view_state.js";

/** @type {Record<string, string>} */
const MEANING = {
  [SIDE_BY_SIDE]: "all beside each other, on one scale",
  [DIFFERENCE]: "B − A, on a scale of its own",
  [FLICKER]: "one in the place of the other: space switches",
};

/** @type {(model: Model) => boolean} show the next one in its place; false: there is none to show */
export function flip(model) {
  const count = recordingsOf(model);
  if (count < 2 || model.get("mode") !== FLICKER) return false;
  move(model, { panel: (model.get("panel") + 1) % count });
  return true;
}

export class CompareBar {
  #model;
  #modes;
  #names;
  #words = element("span", "actwidget-compare-words actwidget-soft");
  el;

  /** @param {Model} model */
  constructor(model) {
    this.#model = model;
    this.#modes = MODES.map((mode) => {
      const found = button(MEANING[mode], mode, () => move(model, { mode }));
      found.setAttribute("aria-label", mode);
      return found;
    });
    /** @type {string[]} */
    const names = model.get("compared")?.names ?? [];
    this.#names = names.map((name, panel) =>
      button(`show ${name}`, name, () => move(model, { panel }))
    );
    this.el = element("div", "actwidget-compare", {}, [
      segments("how they are compared", this.#modes),
      segments("which of them", this.#names, "actwidget-compare-names"),
      this.#words,
    ]);
    keepKeys(this.el);
    this.el.hidden = names.length < 2;
  }

  /** @returns {(Node | string)[]} whose bars are whose, under the input */
  #legend() {
    const { names, answers } = this.#model.get("compared");
    if (!answers?.length || names.length !== 2) return [];
    return [
      element("span", "actwidget-sample"),
      `${names[0]} `,
      element("span", "actwidget-sample actwidget-sample-other"),
      `${names[1]} · `,
    ];
  }

  /** Show where the model's state is. */
  update() {
    if (this.el.hidden) return;
    const model = this.#model, mode = model.get("mode"), { names } = model.get("compared");
    this.el.dataset.mode = mode;
    this.#modes.forEach((each, place) => {
      each.setAttribute("aria-pressed", String(MODES[place] === mode));
    });
    const chosen = mode === DIFFERENCE ? comparedWith(model) : model.get("panel");
    this.#names.forEach((each, place) => {
      each.setAttribute("aria-pressed", String(place === chosen));
      // The first is what the others are compared with.
      each.hidden = mode === DIFFERENCE && (place === 0 || names.length === 2);
    });
    const other = names[comparedWith(model)];
    const scale = `one scale for ${names.length === 2 ? "both" : `all ${names.length}`}`;
    const words = mode === DIFFERENCE
      ? `${other} − ${names[0]}, on a scale of its own`
      : mode === FLICKER
      ? `space switches · ${scale}`
      : scale;
    this.#words.replaceChildren(...this.#legend(), words);
    this.#words.title = MEANING[mode];
  }
}

/** @type {(name: string, parts: HTMLElement[], more?: string) => HTMLElement} */
function segments(name, parts, more = "") {
  const attributes = { role: "group", "aria-label": name };
  return element("div", `actwidget-segments ${more}`, attributes, parts);
}
