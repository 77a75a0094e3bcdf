/** The layer slider's ground: a tick for each layer, its colour the kind, its height the strength. */

/** @import { Layer, Model } from "../types.js" */
/** @import { Store } from "../store/store.js" */

import { heights, KINDS, layerKind } from "../numerics/layer_kinds.js";
import { comparedWith } from "../store/compare_store.js";
import { distanceText, drawDistances } from "./distance_curve.js";
import { element } from "./dom.js";
import { format, layerType, shape } from "./labels.js";

/** Half the width of the slider's thumb: its middle is over a tick at every stop. */
const INSET = 8;

/** Pixels of the highest tick, and of one whose strength is not known. */
const HIGHEST = 17, UNKNOWN = 4;

/** Shares of a place that a tick takes: kinds are told apart without colours, too. */
const WIDTHS = { conv: 1, dense: 1, act: 0.7, pool: 0.7, norm: 0.45, other: 0.7 };

/** Pixels of a tick at most, and of a place in which several layers share one. */
const WIDEST = 9, SHARED = 3;

export class MiniMap {
  #canvas = element("canvas", "actwidget-ticks");
  #tip = element("div", "actwidget-tip", { "aria-hidden": "true" });
  el;
  #model;
  #store;
  #width = 0;
  #drawn = "";

  /**
   * @param {Model} model
   * @param {Store} store
   * @param {HTMLElement} slider lies over it
   */
  constructor(model, store, slider) {
    this.#model = model;
    this.#store = store;
    this.#tip.hidden = true;
    slider.classList.add("actwidget-slider-layer");
    this.el = element("div", "actwidget-minimap", {}, [this.#canvas, slider, this.#tip]);
    slider.addEventListener("pointermove", (event) => this.#name(event));
    slider.addEventListener("pointerleave", () => {
      this.#tip.hidden = true;
    });
  }

  /** Find out how wide it is, after a change of that. */
  measure() {
    this.#width = this.el.clientWidth;
    this.draw();
  }

  /** Draw it, if there is something new to see. */
  draw() {
    const height = this.el.clientHeight;
    // While a page changes its theme, or hides it, nothing has a height.
    if (!this.#width || !height) return;
    const style = getComputedStyle(this.el);
    const colours = Object.fromEntries(KINDS.map((kind) => [
      kind,
      style.getPropertyValue(`--actwidget-kind-${kind}`).trim() || "#888888",
    ]));
    const error = style.getPropertyValue("--actwidget-error").trim() || "#b3261e";
    const known = this.#store.knownProfiles, { compare } = this.#store;
    const curve = compare.isOn ? [comparedWith(this.#model), compare.known] : [];
    const drawn = [this.#width, height, known, error, ...curve, ...Object.values(colours)].join();
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    const layers = this.#model.get("layers");
    const ratio = globalThis.devicePixelRatio || 1;
    this.#canvas.width = Math.round(this.#width * ratio);
    this.#canvas.height = Math.round(height * ratio);
    const context = this.#canvas.getContext("2d");
    if (!context) return;
    context.scale(ratio, ratio);
    this.#drawTicks(context, height, colours, error);
    if (!compare.isOn) return;
    const text = style.getPropertyValue("--actwidget-text").trim() || "#1c1e21";
    drawDistances(context, height, text, compare, layers.length, (number) => this.#place(number));
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} height
   * @param {Record<string, string>} colours
   * @param {string} error
   */
  #drawTicks(context, height, colours, error) {
    /** @type {Layer[]} */
    const layers = this.#model.get("layers");
    const count = layers.length, room = this.#place(1) - this.#place(0);
    const bad = layers.findIndex(({ firstNonFinite }) => firstNonFinite);
    if (bad >= 0) {
      context.globalAlpha = 0.18;
      context.fillStyle = error;
      const left = bad === 0 ? 0 : (this.#place(bad - 1) + this.#place(bad)) / 2;
      context.fillRect(left, 0, this.#width - left, height);
      context.globalAlpha = 1;
    }
    const ticks = heights(layers.map((_, number) => this.#store.profile(number)?.size));
    const step = count > 1 ? Math.max(1, Math.ceil(SHARED / room)) : 1;
    for (let first = 0; first < count; first += step) {
      const together = layers.slice(first, first + step);
      const kinds = together.map(layerKind);
      const kind = KINDS.find((each) => kinds.includes(each)) ?? "other";
      const most = Math.max(...ticks.slice(first, first + step));
      const tall = most ? Math.max(2, most * HIGHEST) : UNKNOWN;
      const space = Math.min(WIDEST, Math.max(1, room * step - 1));
      const wide = Math.max(1, space * WIDTHS[kind]);
      const middle = this.#place(first + (together.length - 1) / 2);
      context.fillStyle = bad >= 0 && first + together.length > bad ? error : colours[kind];
      context.fillRect(middle - wide / 2, height - tall, wide, tall);
      // A notch, for who does not see the colour.
      if (kind === "pool" && tall > 6) context.clearRect(middle - wide / 2, height - 4, wide, 1.2);
    }
  }

  /** @param {number} number */
  #place(number) {
    const { length } = this.#model.get("layers");
    return INSET + (this.#width - 2 * INSET) * number / Math.max(1, length - 1);
  }

  /** @param {PointerEvent} event */
  #name(event) {
    const layers = this.#model.get("layers"), { left } = this.el.getBoundingClientRect();
    const x = event.clientX - left;
    const share = (x - INSET) / Math.max(1, this.#width - 2 * INSET);
    const number = Math.round(Math.min(1, Math.max(0, share)) * (layers.length - 1));
    const layer = layers[number], profile = this.#store.profile(number);
    const size = profile ? ` · mean |x| ${format(profile.size, 3)}` : "";
    const words = `${layer.path} · ${layerType(layer)} · ${shape(layer)}${size}`;
    this.#tip.textContent = words + distanceText(this.#model, this.#store.compare, number);
    this.#tip.hidden = false;
    const most = this.#width - this.#tip.offsetWidth;
    this.#tip.style.left = `${Math.max(0, Math.min(most, x - this.#tip.offsetWidth / 2))}px`;
  }
}
