/** What the colours mean: a bar beside the picture, or below it. */

/** @import { Colouring } from "../types.js" */
/** @import { Box, Margins, Size } from "./plotly_chart.js" */

import { element } from "./dom.js";
import { BAR_HEIGHT } from "./frame.js";
import { colourBarTicks, format, percent } from "./labels.js";

/** The share of units beyond the ends from which it is worth a word. */
const WORTH_SAYING = 0.01;

/** Pixels between the picture and its bar. */
const SPACE = 7;

/** Pixels of a bar that has room for its labels at least. */
const LEAST = 96;

export class ColourBar {
  #ramp = element("div", "actwidget-scale-ramp");
  #labels = element("div", "actwidget-scale-labels");
  #beyond = element("div", "actwidget-scale-beyond");
  el = element("div", "actwidget-scale", { role: "img" }, [
    this.#ramp,
    this.#labels,
    this.#beyond,
  ]);

  /**
   * @param {Colouring} colouring
   * @param {{ below: boolean, above: boolean }} ends whether values lie beyond them
   * @param {number | null} beyond the share of the layer's units that do, where known
   */
  show(colouring, { below, above }, beyond) {
    const { limits, colours } = colouring, { at, text } = colourBarTicks(limits, below, above);
    const stops = colours.map(([place, colour]) => `${colour} ${100 * place}%`).join(", ");
    this.#ramp.style.backgroundImage = `linear-gradient(var(--actwidget-along), ${stops})`;
    this.#labels.replaceChildren(...at.map((value, k) => {
      const label = element("span", "actwidget-scale-label", {}, [text[k]]);
      label.style.setProperty("--at", String((value - limits[0]) / (limits[1] - limits[0])));
      return label;
    }));
    const said = beyond !== null && beyond >= WORTH_SAYING;
    this.#beyond.textContent = said ? `${percent(beyond)} beyond` : "";
    this.#beyond.title = said
      ? "the share of the layer’s units beyond the ends of the colours"
      : "";
    const [low, high] = limits.map((value) => format(value, 3));
    this.el.setAttribute("aria-label", `colours from ${low} to ${high}: ${colouring.title}`);
  }

  /**
   * Stand beside the picture, or lie below it and its axis.
   *
   * @type {(box: Box, margins: Margins, outer: Size) => void}
   */
  place(box, { left, bottom }, outer) {
    const { style } = this.el, lying = bottom >= BAR_HEIGHT;
    const axis = lying ? bottom - BAR_HEIGHT : 0;
    this.el.classList.toggle("actwidget-scale-lying", lying);
    style.left = `${lying ? left : box.left + box.width + SPACE}px`;
    style.top = `${lying ? box.top + box.height + axis + SPACE : box.top}px`;
    style.width = lying ? `${Math.max(box.width, outer.width - left)}px` : "";
    style.height = lying ? "" : `${Math.max(LEAST, box.height)}px`;
  }
}
