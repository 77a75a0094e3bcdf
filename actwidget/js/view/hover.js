/** The label beside the unit under the pointer, and the frame around that unit. */

/** @import { UnitPosition } from "../types.js" */
/** @import { Box } from "./plotly_chart.js" */
/** @import { Scene } from "./scene.js" */
/** @import { Store } from "../store/store.js" */

import { element } from "./dom.js";
import { blockRange } from "../numerics/mosaic.js";
import { shown } from "../numerics/channel_table.js";
import { read } from "../numerics/raster.js";
import { axisWords, label, silenceText } from "./labels.js";

/** Pixels between a unit and its label. */
const GAP = 12;

export class HoverLabel {
  el = element("div", "actwidget-hover", { role: "status" });
  cursor = element("div", "actwidget-cursor");

  hide() {
    this.el.hidden = this.cursor.hidden = true;
  }

  /**
   * Show what is known of a place.
   *
   * @param {UnitPosition} place
   * @param {Scene} scene
   * @param {Store} store
   * @param {Box} box where the picture lies
   */
  show(place, scene, store, box) {
    const { overview, detail, layout, layer, normalization, colouring } = scene;
    const reading = read(layout, overview, detail, place);
    const exact = store.value(overview, place, reading.block);
    if (exact) Object.assign(reading, { value: exact.value, exact: true });
    const value = shown(overview, normalization, place.channel, reading.value);
    const lines = label(layer, place, reading, value, colouring.limits, overview.slice);
    if (exact && reading.block > 1) {
      const words = axisWords(layer);
      lines[lines.length - 1] += `, at ${words.row} ${exact.row} · ${words.column} ${exact.column}`;
    }
    const silent = silenceText(overview, place.channel);
    if (silent && overview.groups === layer.tiles) lines.push(silent);
    this.el.replaceChildren(...lines.map((line) => element("div", "", {}, [line])));
    this.el.hidden = this.cursor.hidden = false;
    this.#place(place, reading.block, scene, box);
  }

  /**
   * @param {UnitPosition} place
   * @param {number} size of the block
   * @param {Scene} scene
   * @param {Box} box
   */
  #place(place, size, { layout, range }, box) {
    const block = blockRange(layout, place, size);
    const x = box.width / (range.right - range.left), y = box.height / (range.bottom - range.top);
    const left = box.left + (block.left - range.left) * x;
    const top = box.top + (block.top - range.top) * y;
    const width = (block.right - block.left) * x, height = (block.bottom - block.top) * y;
    Object.assign(this.cursor.style, {
      transform: `translate(${left}px, ${top}px)`,
      width: `${Math.max(1, width)}px`,
      height: `${Math.max(1, height)}px`,
    });
    // Beside the unit, on the side that has room, so that it never hides what it speaks of.
    const { clientWidth, clientHeight } = /** @type {HTMLElement} */ (this.el.parentElement);
    const right = left + width + GAP;
    const fits = right + this.el.offsetWidth < clientWidth;
    const beside = fits ? right : left - GAP - this.el.offsetWidth;
    const below = Math.min(top + height + 8, clientHeight - this.el.offsetHeight - 2);
    this.el.style.transform = `translate(${Math.max(0, beside)}px, ${Math.max(0, below)}px)`;
  }
}
