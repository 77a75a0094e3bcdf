/** The row above the picture: the layer, what is known of it, and tools. */

/** @import { Layer, Model } from "../types.js" */
/** @import { Store } from "../store/store.js" */
/** @import { Warning } from "./description.js" */
/** @import { Scene } from "./scene.js" */

import { description, header } from "./description.js";
import { button, element, icon, keepKeys } from "./dom.js";
import { LayerList } from "./layer_list.js";
import { ALL } from "./scene.js";
import { shape } from "./labels.js";
import { move } from "./view_state.js";

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
  /** Type and shape, where they have no room beside the name. */
  #kind = element("span", "actwidget-name-kind actwidget-soft");
  name = element("button", "actwidget-name", { type: "button", "aria-haspopup": "dialog" }, [
    this.#head,
    this.#tail,
    this.#kind,
    icon("down"),
  ]);
  list;
  facts = element("div", "actwidget-facts");
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
    this.list = new LayerList(model, store);
    this.list.onClose = () => this.name.focus({ preventScroll: true });
    this.name.addEventListener("click", () => {
      if (this.list.isOpen) this.list.close();
      else this.list.open();
    });
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
    this.name.setAttribute("aria-label", path);
    this.#head.textContent = path.slice(0, -LAST_LETTERS);
    this.#tail.textContent = path.slice(-LAST_LETTERS);
    const layers = this.#model.get("layers");
    const layer = layers.find((/** @type {Layer} */ each) => each.path === path);
    // Said by the style sheet: the facts and the line for screen readers say it as text.
    this.#kind.dataset.kind = layer ? `${layer.type} · ${shape(layer)}` : "";
  }

  /** @param {Scene} scene */
  show({ overview, channel, alone, order, sort, alive, dataSet, deadOnly }) {
    const layers = this.#model.get("layers");
    const said = description(layers, overview, channel, {
      kept: this.#store.finest(overview.layer),
      rank: alone && sort !== "number" && order.includes(channel)
        ? [order.indexOf(channel), order.length]
        : undefined,
      alive,
      dataSet,
      deadOnly,
    });
    const line = header(layers, overview, said).join(" · ");
    this.#say(line);
    const fact = (/** @type {string} */ className) => (/** @type {string} */ text) =>
      element("span", className, {}, [text]);
    this.facts.title = line;
    this.facts.replaceChildren(
      ...said.plain.map((text, place) =>
        // What the box of the name says where it is narrow: type and shape.
        fact(place < 2 ? "actwidget-fact actwidget-fact-kind" : "actwidget-fact")(text)
      ),
      ...this.#inputs(layers, layers[overview.layer]),
      ...said.numbers.map(fact("actwidget-fact actwidget-soft")),
    );
    this.#showChips(said.warnings);
    this.back.hidden = channel === ALL;
  }

  /**
   * The layers that the input came from, as links: the first, and how many more.
   *
   * @type {(layers: Layer[], layer: Layer) => HTMLElement[]}
   */
  #inputs(layers, { inputs }) {
    const there = new Set(inputs.filter((path) => layers.some((layer) => layer.path === path)));
    if (!there.size) return [];
    const [first, ...more] = there;
    const link = (/** @type {string} */ text, /** @type {string} */ path) => {
      const el = element("button", "actwidget-link", { type: "button", title: path }, [text]);
      el.addEventListener("click", () => move(this.#model, { layer: path }));
      return el;
    };
    const others = more.length > 1 ? `+ ${more.length} more` : more[0];
    const links = [link(first, first), ...(more.length ? [link(others, more[0])] : [])];
    const el = element("span", "actwidget-fact actwidget-inputs", {}, ["← ", ...links]);
    keepKeys(el);
    return [el];
  }

  /** @param {Warning[]} warnings */
  #showChips(warnings) {
    const chips = warnings.map((warning) => {
      const chip = button(warning.text + warning.note, icon("warning"), () => {
        this.onWarning(warning);
      });
      chip.className = `actwidget-chip actwidget-chip-${warning.about}`;
      chip.append(
        element("span", "actwidget-chip-text", {}, [warning.text]),
        element("span", "actwidget-chip-short", {}, [warning.short]),
      );
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
    // On a phone there is no room for more than the verb.
    this.open.textContent = text.split(" ")[0];
    this.open.title = text;
    this.open.setAttribute("aria-label", text);
  }
}
