/** A list of all layers, to search. */

/** @import { Layer, Model } from "../types.js" */
/** @import { Store } from "../store/store.js" */
/** @import { LayerKind } from "../numerics/layer_kinds.js" */

import { found, KINDS, layerKind } from "../numerics/layer_kinds.js";
import { button, element, icon, keepKeys } from "./dom.js";
import { format, layerType, shape } from "./labels.js";
import { move } from "./view_state.js";

/** Pixels of a row, on a phone of one for a finger; rows beyond what is in sight that are there. */
const ROW = 28, TOUCHED_ROW = 44, BEYOND = 4;

/** Pixels of a spark. */
const SPARK = { width: 72, height: 14 };

const KIND_WORDS = { conv: "Conv", dense: "Dense", act: "Act", pool: "Pool", norm: "Norm" };

let lists = 0;

export class LayerList {
  /** Opens it. */
  el;
  #search;
  #count = element("span", "actwidget-soft");
  #rows = element("div", "actwidget-layers-rows", { role: "listbox", "aria-label": "layers" });
  #scroller = element("div", "actwidget-layers-scroller", {}, [this.#rows]);
  /** @type {HTMLButtonElement[]} */
  #chips;
  #model;
  #store;
  /** @type {Layer[]} */
  #layers;
  /** @type {LayerKind | "silent" | null} */
  #kind = null;
  /** @type {number[]} */
  #found = [];
  /** The place in what was found that the keys have reached. */
  #active = 0;
  /** Pixels of a row. */
  #tall = ROW;
  #id = `actwidget-layers-${++lists}`;
  /** Where the focus goes when it is closed. */
  onClose = () => {};

  /**
   * @param {Model} model
   * @param {Store} store
   */
  constructor(model, store) {
    this.#model = model;
    this.#store = store;
    this.#layers = model.get("layers");
    this.#search = element("input", "actwidget-layers-search", {
      type: "text",
      placeholder: "Find a layer by name or type",
      role: "combobox",
      "aria-label": "find a layer by name or type",
      "aria-expanded": "true",
      "aria-controls": this.#id,
    });
    this.#rows.id = this.#id;
    const all = this.#layers.map(layerKind);
    const kinds = KINDS.filter((kind) => kind !== "other" && all.includes(kind));
    this.#chips = [...kinds, /** @type {const} */ ("silent")].map((kind) =>
      this.#chip(kind, all.filter((each) => each === kind).length)
    );
    this.el = element("div", "actwidget-layers", { role: "dialog", "aria-label": "layers" }, [
      element("div", "actwidget-layers-find", {}, [
        this.#search,
        this.#count,
        button("close the list", icon("close"), () => this.close()),
      ]),
      element("div", "actwidget-layers-kinds", {}, this.#chips),
      columnNames(),
      this.#scroller,
      element("div", "actwidget-layers-keys actwidget-soft", {}, [
        element("span", "", {}, ["↑ ↓ choose · Enter open · Esc close"]),
        element("span", "", {}, ["mean |x|: a bar for each channel"]),
      ]),
    ]);
    this.el.hidden = true;
    this.#search.addEventListener("input", () => this.#find());
    this.#scroller.addEventListener("scroll", () => this.#fill());
    this.el.addEventListener("keydown", (event) => this.#key(event));
    this.el.addEventListener("focusout", ({ relatedTarget }) => {
      if (relatedTarget instanceof Node && !this.el.contains(relatedTarget)) this.#hide();
    });
    keepKeys(this.el);
  }

  get isOpen() {
    return !this.el.hidden;
  }

  open() {
    this.el.hidden = false;
    this.#tall = this.el.closest("[data-room='phone']") ? TOUCHED_ROW : ROW;
    this.#search.value = "";
    this.#find(this.#layers.findIndex(({ path }) => path === this.#model.get("layer")));
    this.#search.focus({ preventScroll: true });
  }

  close() {
    if (!this.isOpen) return;
    this.#hide();
    this.onClose();
  }

  #hide() {
    this.el.hidden = true;
  }

  /** Show what has become known of layers. */
  update() {
    if (this.isOpen) this.#fill();
  }

  /** @type {(kind: LayerKind | "silent", count: number) => HTMLButtonElement} */
  #chip(kind, count) {
    const word = kind === "silent" ? "dead or NaN" : KIND_WORDS[/** @type {"conv"} */ (kind)];
    const chip = button(word, word, () => {
      this.#kind = this.#kind === kind ? null : kind;
      for (const each of this.#chips) {
        each.setAttribute("aria-pressed", String(each === chip && this.#kind === kind));
      }
      this.#find();
      this.#search.focus({ preventScroll: true });
    });
    chip.className = `actwidget-kind-chip actwidget-kind-${kind}`;
    chip.setAttribute("aria-pressed", "false");
    if (kind === "silent") chip.prepend(icon("warning"));
    else {
      chip.prepend(element("i", "actwidget-swatch"));
      chip.append(element("span", "actwidget-soft", {}, [String(count)]));
    }
    return chip;
  }

  /** @param {number} [wanted] the layer to begin at */
  #find(wanted) {
    const kind = this.#kind === "silent" ? null : this.#kind;
    this.#found = found(this.#layers, this.#search.value, kind).filter((number) =>
      this.#kind !== "silent" || this.#silence(number) !== ""
    );
    this.#count.textContent = `${this.#found.length} of ${this.#layers.length}`;
    this.#rows.style.height = `${Math.max(1, this.#found.length) * this.#tall}px`;
    this.#active = Math.max(0, wanted === undefined ? 0 : this.#found.indexOf(wanted));
    this.#scroller.scrollTop = (this.#active - 4) * this.#tall;
    this.#fill();
  }

  /** Make the rows that are in sight: of a thousand layers there are a few dozen. */
  #fill() {
    const { scrollTop, clientHeight } = this.#scroller;
    const first = Math.max(0, Math.floor(scrollTop / this.#tall) - BEYOND);
    const last = Math.min(
      this.#found.length,
      Math.ceil((scrollTop + clientHeight) / this.#tall) + BEYOND,
    );
    const rows = [];
    for (let place = first; place < last; place++) rows.push(this.#row(place));
    if (!this.#found.length) {
      rows.push(
        element("div", "actwidget-layers-none actwidget-soft", {}, ["No layer is like that."]),
      );
    }
    this.#rows.replaceChildren(...rows);
    this.#search.setAttribute("aria-activedescendant", `${this.#id}-${this.#active}`);
  }

  /** @param {number} place */
  #row(place) {
    const number = this.#found[place], layer = this.#layers[number];
    const profile = this.#store.profile(number), isShown = layer.path === this.#model.get("layer");
    const text = (/** @type {string} */ name, /** @type {string} */ said) =>
      element("span", `actwidget-layers-${name}`, { title: said }, [said]);
    const row = element("div", `actwidget-layers-row actwidget-kind-${layerKind(layer)}`, {
      role: "option",
      id: `${this.#id}-${place}`,
      "aria-selected": String(place === this.#active),
    }, [
      element("i", "actwidget-swatch"),
      text("path", layer.path),
      text("type", layerType(layer)),
      text("shape", shape(layer).replace(" (time × channels)", "")),
      profile ? spark(profile.bars) : element("span", ""),
      text("size", profile ? format(profile.size, 2) : ""),
      text("silent", this.#silence(number)),
    ]);
    row.style.top = `${place * this.#tall}px`;
    row.style.setProperty("--depth", String(layer.path.split("/").length - 1));
    if (isShown) row.classList.add("actwidget-layers-shown");
    row.addEventListener("click", () => this.#choose(place));
    // The focus stays in the search.
    row.addEventListener("pointerdown", (event) => event.preventDefault());
    return row;
  }

  /** @type {(number: number) => string} what does not work in a layer */
  #silence(number) {
    const profile = this.#store.profile(number);
    if (!profile) return "";
    const parts = [];
    const { tiles, height, width } = this.#layers[number];
    if (profile.nonFinite) parts.push("NaN");
    const all = height * width === 1 && tiles > 1;
    if (profile.dead && profile.complete) parts.push(all ? "all dead" : `${profile.dead} dead`);
    return parts.join(", ");
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const page = Math.max(1, Math.floor(this.#scroller.clientHeight / this.#tall) - 1);
    const steps = /** @type {Record<string, number>} */ ({
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
    });
    if (event.key === "Escape") this.close();
    else if (event.key === "Enter" && event.target === this.#search) this.#choose(this.#active);
    else if (event.key in steps) this.#go(this.#active + steps[event.key]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {number} place */
  #go(place) {
    this.#active = Math.min(Math.max(0, place), Math.max(0, this.#found.length - 1));
    const top = this.#active * this.#tall, { scrollTop, clientHeight } = this.#scroller;
    if (top < scrollTop) this.#scroller.scrollTop = top;
    else if (top + this.#tall > scrollTop + clientHeight) {
      this.#scroller.scrollTop = top + this.#tall - clientHeight;
    }
    this.#fill();
  }

  /** @param {number} place */
  #choose(place) {
    const number = this.#found[place];
    if (number === undefined) return;
    move(this.#model, { layer: this.#layers[number].path });
    this.close();
  }
}

/** What stands in each column; a screen reader hears it with the rows. */
function columnNames() {
  const name = (/** @type {string} */ column, /** @type {string} */ said) =>
    element("span", `actwidget-layers-${column}`, {}, [said]);
  return element("div", "actwidget-layers-names actwidget-soft", { "aria-hidden": "true" }, [
    element("span", ""),
    name("path", "layer"),
    name("type", "type"),
    name("shape", "shape"),
    name("bars", "mean |x|"),
    name("size", ""),
    name("silent", "silent"),
  ]);
}

/** @type {(bars: number[]) => HTMLElement} the mean |x| of each channel */
function spark(bars) {
  const { width, height } = SPARK, ratio = globalThis.devicePixelRatio || 1;
  const canvas = element("canvas", "actwidget-spark");
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext("2d");
  if (!context) return canvas;
  context.scale(ratio, ratio);
  const most = bars.reduce((a, b) => Math.max(a, b), 0), step = Math.min(9, width / bars.length);
  context.fillStyle = "#8a8f96";
  for (const [place, bar] of bars.entries()) {
    const tall = most ? Math.max(0.7, bar / most * height) : 0.7;
    context.fillRect(place * step, height - tall, Math.max(1, step - 1), tall);
  }
  return canvas;
}
