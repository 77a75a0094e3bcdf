/** The row above the picture: the layer, what is known of it, and tools. */

/** @import { Model } from "../types.js" */
/** @import { Store } from "../store/store.js" */
/** @import { Warning } from "./labels.js" */
/** @import { Scene } from "./scene.js" */

import { button, element, icon, keepKeys } from "./dom.js";
import { ALL } from "./scene.js";
import { description, header } from "./labels.js";

/** Letters at the end of a long name that stay when its middle is left out. */
const LAST_LETTERS = 9;

export class Header {
  /** The way back from one channel to all. */
  back = button("all channels", icon("close"), () => {});
  /** For a finger, which cannot hover: opens what it has read. */
  open = element("button", "actwidget-open", { type: "button" });
  /**
   * Somebody wants to know more of a warning.
   *
   * @type {(warning: Warning) => void}
   */
  onWarning = () => {};
  #head = element("span", "actwidget-name-head");
  #tail = element("span", "actwidget-name-tail");
  name = element("span", "actwidget-name", {}, [this.#head, this.#tail]);
  facts = element("div", "actwidget-facts", { "aria-hidden": "true" });
  chips = element("div", "actwidget-chips");
  /** All of it in a line, for who cannot see it. */
  line = element("div", "actwidget-header", { role: "status" });
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
    const lengths = model.get("layers").map((/** @type {{ path: string }} */ l) => l.path.length);
    this.name.style.setProperty("--letters", String(Math.max(...lengths)));
  }

  /** Show where the model's state is, whether its picture is there or not. */
  update() {
    const path = String(this.#model.get("layer"));
    if (this.name.title === path) return;
    this.name.title = path;
    this.#head.textContent = path.slice(0, -LAST_LETTERS);
    this.#tail.textContent = path.slice(-LAST_LETTERS);
  }

  /** @param {Scene} scene */
  show({ overview, channel }) {
    const layers = this.#model.get("layers");
    const said = description(layers, overview, channel, {
      kept: this.#store.finest(overview.layer),
    });
    const line = header(layers, overview, said).join(" · ");
    this.#say(line);
    const fact = (/** @type {string} */ className) => (/** @type {string} */ text) =>
      element("span", className, {}, [text]);
    this.facts.title = line;
    this.facts.replaceChildren(
      ...said.plain.map(fact("actwidget-fact")),
      ...said.numbers.map(fact("actwidget-fact actwidget-soft")),
    );
    this.#showChips(said.warnings);
    this.back.hidden = channel === ALL;
  }

  /** @param {Warning[]} warnings */
  #showChips(warnings) {
    const chips = warnings.map((warning) => {
      const chip = button(warning.text + warning.note, icon("warning"), () => {
        this.onWarning(warning);
      });
      chip.className = `actwidget-chip actwidget-chip-${warning.about}`;
      chip.append(warning.text);
      return chip;
    });
    this.chips.replaceChildren(...chips);
    keepKeys(this.chips);
  }

  /** @param {number} layer */
  showNameOnly(layer) {
    const layers = this.#model.get("layers");
    this.#say(`${layer + 1}/${layers.length} · ${layers[layer].path}`);
    this.facts.replaceChildren();
    this.chips.replaceChildren();
  }

  /** @param {string} text */
  #say(text) {
    if (this.line.textContent !== text) this.line.textContent = text;
  }

  /** @param {string} text empty: there is nothing to open */
  offer(text) {
    this.open.hidden = !text;
    this.open.textContent = text;
  }
}
