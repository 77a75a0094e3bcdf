/** What the colours mean: a bar beside the picture, or below it, whose handles set the limits. */

/** @import { Colouring, Limits } from "../types.js" */
/** @import { Box, Margins, Size } from "./plotly_chart.js" */

import { element, OWN_KEYS } from "./dom.js";
import { BAR_HEIGHT } from "./frame.js";
import { colourBarTicks, format, percent, WORTH_SAYING } from "./labels.js";

/** Pixels between the picture and its bar. */
const SPACE = 7;

/** Pixels of a bar that has room for its labels at least, and from which it has room for all. */
const LEAST = 96, ROOMY = 190;

/** Pixels of a label's letter and of its line, and of one below which more is said. */
const LETTER = 7.5, LINE = 14, SAID = 46;

/** Pixels at both ends of a lying bar, where its handles reach beyond it, at most. */
const ENDS = 24;

/** Letters of a label from which they are smaller. */
const MANY = 9;

/** Parts of the histogram. */
export const PARTS = 64;

/** The share of the limits that they keep from each other. */
const APART = 0.01;

/** Steps of a key, as shares of the limits. */
const STEPS = /** @type {Record<string, number>} */ ({
  ArrowUp: 0.02,
  ArrowRight: 0.02,
  ArrowDown: -0.02,
  ArrowLeft: -0.02,
  PageUp: 0.2,
  PageDown: -0.2,
});

const NAMES = ["lower limit of the colours", "upper limit of the colours"];

/**
 * @typedef {object} Spread what is spread along the bar
 * @prop {Limits} range what the bar spans
 * @prop {ArrayLike<number>} counts of shown values, in equal parts
 * @prop {boolean} held whether the limits are somebody's choice
 */

export class ColourBar {
  /** @type {(limits: Limits | null) => void} somebody sets the limits; null: lets go */
  onLimits = () => {};
  #ramp = element("div", "actwidget-scale-ramp");
  #histogram = element("canvas", "actwidget-scale-histogram");
  #labels = element("div", "actwidget-scale-labels");
  #beyond = element("div", "actwidget-scale-beyond");
  #handles = NAMES.map((name) =>
    element("div", "actwidget-scale-handle", {
      role: "slider",
      tabindex: "0",
      "aria-label": name,
      ...OWN_KEYS,
    })
  );
  el = element("div", "actwidget-scale", { role: "group" }, [
    this.#ramp,
    this.#histogram,
    this.#labels,
    this.#beyond,
    ...this.#handles,
  ]);
  /** @type {Limits} */
  #limits = [0, 1];
  /** @type {Limits} */
  #range = [0, 1];
  #lying = false;
  #length = 0;
  #drawn = "";

  /** @param {boolean} canSet whether the limits can be set here */
  constructor(canSet) {
    for (const [end, handle] of this.#handles.entries()) {
      handle.hidden = !canSet;
      handle.addEventListener("pointerdown", (event) => this.#grab(event, end));
      handle.addEventListener("keydown", (event) => this.#key(event, end));
    }
    if (canSet) this.#ramp.addEventListener("click", () => this.onLimits(null));
  }

  /**
   * @param {Colouring} colouring
   * @param {{ below: boolean, above: boolean }} ends whether values lie beyond them
   * @param {number | null} beyond the share of the shown units that do, where known
   * @param {Spread} spread
   */
  show(colouring, { below, above }, beyond, { range, counts, held }) {
    const { limits, colours } = colouring;
    this.#limits = limits;
    this.#range = range;
    const stops = colours.map(([place, colour]) =>
      `${colour} ${100 * this.#share(limits[0] + place * (limits[1] - limits[0]))}%`
    );
    this.#ramp.style.backgroundImage = `linear-gradient(var(--actwidget-along), ${
      stops.join(", ")
    })`;
    this.#ramp.title = held ? "the limits are held: click to let go" : "";
    this.el.classList.toggle("actwidget-scale-held", held);
    const { at, text } = colourBarTicks(limits, below, above);
    this.#labels.replaceChildren(...at.map((value, k) => {
      const label = element("span", "actwidget-scale-label", {}, [
        element("span", "", {}, [text[k]]),
      ]);
      if (text[k].length > MANY) label.classList.add("actwidget-scale-label-long");
      if (k % 2) label.classList.add("actwidget-scale-label-between");
      label.style.setProperty("--at", String(this.#share(value)));
      return label;
    }));
    const said = beyond !== null && beyond >= WORTH_SAYING;
    const apart = this.#length * (this.#share(limits[1]) - this.#share(limits[0])) / 4;
    const widest = Math.max(...text.map((each) => each.length)) * LETTER;
    const needed = this.#lying ? widest : said ? SAID : LINE;
    this.el.classList.toggle("actwidget-scale-dense", apart < needed);
    for (const [end, handle] of this.#handles.entries()) {
      handle.style.setProperty("--at", String(this.#share(limits[end])));
      handle.setAttribute("aria-valuenow", String(limits[end]));
      handle.setAttribute("aria-valuetext", format(limits[end], 3));
    }
    this.#beyond.textContent = said ? `${percent(beyond)} beyond` : "";
    this.#beyond.title = said ? "the share of the shown units beyond the ends of the colours" : "";
    this.#beyond.style.setProperty("--at", String(this.#share(limits[1])));
    const [low, high] = limits.map((value) => format(value, 3));
    this.el.setAttribute("aria-label", `colours from ${low} to ${high}: ${colouring.title}`);
    this.#draw(counts);
  }

  /**
   * Stand beside the picture, or lie below it and its axis.
   *
   * @type {(box: Box, margins: Margins, outer: Size) => void}
   */
  place(box, { left, bottom }, outer) {
    const { style } = this.el, lying = bottom >= BAR_HEIGHT;
    const axis = lying ? bottom - BAR_HEIGHT : 0;
    const length = lying ? Math.max(box.width, outer.width - left) : Math.max(LEAST, box.height);
    this.#lying = lying;
    this.#length = lying ? length - ENDS : length;
    this.el.classList.toggle("actwidget-scale-lying", lying);
    this.el.classList.toggle("actwidget-scale-short", length < ROOMY);
    style.left = `${lying ? left : box.left + box.width + SPACE}px`;
    style.top = `${lying ? box.top + box.height + axis + SPACE : box.top}px`;
    style.width = lying ? `${length}px` : "";
    style.height = lying ? "" : `${length}px`;
  }

  /** @type {(value: number) => number} where a shown value is on the bar, from 0 to 1 */
  #share(value) {
    return (value - this.#range[0]) / (this.#range[1] - this.#range[0]);
  }

  /** @param {ArrayLike<number>} counts */
  #draw(counts) {
    const lying = this.#lying, drawn = [lying, ...Array.from(counts)].join();
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    const canvas = this.#histogram, deep = 40, parts = counts.length;
    canvas.width = lying ? 2 * parts : deep;
    canvas.height = lying ? deep : 2 * parts;
    const context = canvas.getContext("2d");
    if (!context) return;
    // Few units far out are what one looks for: their logarithm is seen.
    const most = Math.log1p(Array.from(counts).reduce((a, b) => Math.max(a, b), 1));
    context.fillStyle = "#8a8f96";
    for (let part = 0; part < parts; part++) {
      const length = Math.log1p(counts[part]) / most * deep;
      if (lying) context.fillRect(2 * part, 0, 1.6, length);
      else context.fillRect(0, 2 * (parts - 1 - part), length, 1.6);
    }
  }

  /** @type {(event: PointerEvent, end: number) => void} */
  #grab(event, end) {
    const handle = this.#handles[end];
    event.preventDefault();
    event.stopPropagation();
    handle.setPointerCapture(event.pointerId);
    // The bar does not stretch while something on it is moved.
    const [low, high] = this.#range;
    /** @param {PointerEvent} moved */
    const onMove = (moved) => {
      const { left, top, width, height } = this.#ramp.getBoundingClientRect();
      const share = this.#lying
        ? (moved.clientX - left) / width
        : 1 - (moved.clientY - top) / height;
      this.#set(end, low + Math.min(1, Math.max(0, share)) * (high - low));
    };
    const onUp = () => {
      handle.removeEventListener("pointermove", onMove);
      handle.removeEventListener("lostpointercapture", onUp);
    };
    handle.addEventListener("pointermove", onMove);
    handle.addEventListener("lostpointercapture", onUp);
    handle.focus({ preventScroll: true });
  }

  /** @type {(event: KeyboardEvent, end: number) => void} */
  #key(event, end) {
    const [low, high] = this.#limits;
    if (event.key in STEPS) this.#set(end, this.#limits[end] + STEPS[event.key] * (high - low));
    else if (event.key === "Escape" || event.key === "Delete") this.onLimits(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @type {(end: number, value: number) => void} limits that are dragged across stop at each other */
  #set(end, value) {
    const [low, high] = this.#limits, apart = APART * (this.#range[1] - this.#range[0]);
    const limits = end
      ? [low, Math.max(value, low + apart)]
      : [Math.min(value, high - apart), high];
    this.onLimits(/** @type {Limits} */ (limits));
  }
}
