/** The picture itself: our own colours on a canvas under Plotly's axes. */

/** @import { Colouring, Range, Raster } from "../types.js" */
/** @import { Box, Size } from "./plotly_chart.js" */
/** @import { Underlay } from "./underlay.js" */

import { colour } from "../numerics/colormaps.js";
import { same } from "../protocol/requests.js";
import { element } from "./dom.js";

/**
 * Plotly colours every cell again at each change, encodes them as PNG and has the browser decode
 * that: 72 to 85 ms for 512 × 512 cells. Cells on a canvas, a pixel each, are painted in the frame
 * in which they come, and are only placed anew where the view moves.
 */
export class CellCanvas {
  canvas = element("canvas", "actwidget-canvas");
  #cells = element("canvas", "");
  /** @type {Raster | null} */
  #raster = null;
  /** @type {Colouring | null} */
  #colouring = null;
  /** @type {{ range: Range, underlay: Underlay | null } | null} what is in sight */
  #placed = null;

  /** @type {(raster: Raster, colouring: Colouring) => void} */
  paint(raster, colouring) {
    if (raster === this.#raster && sameColours(colouring, this.#colouring)) return;
    this.#raster = raster;
    this.#colouring = colouring;
    resize(this.#cells, raster.columns, raster.rows);
    this.canvas.dataset.cells = `${raster.columns} × ${raster.rows}`;
    const image = raster.paint ? raster.paint(colouring) : colour(raster, colouring);
    this.#cells.getContext("2d")?.putImageData(image, 0, 0);
  }

  /**
   * The picture on the screen, twice as fine, as a file.
   *
   * @param {Box} box
   */
  file({ width, height }) {
    const canvas = element("canvas", ""), context = canvas.getContext("2d");
    canvas.width = Math.round(2 * width);
    canvas.height = Math.round(2 * height);
    if (!context || !this.#placed) return "";
    context.setTransform(2, 0, 0, 2, 0, 0);
    this.#draw(context, { width, height }, this.#placed.range, this.#placed.underlay);
    return canvas.toDataURL();
  }

  /**
   * Show them where the picture lies, and what is in sight.
   *
   * @type {(box: Box, range: Range, underlay: Underlay | null) => void}
   */
  place({ left, top, width, height }, range, underlay) {
    const ratio = globalThis.devicePixelRatio || 1, canvas = this.canvas;
    const across = Math.ceil(width), down = Math.ceil(height);
    const context = canvas.getContext("2d");
    if (!context || !this.#raster) return;
    resize(canvas, Math.round(across * ratio), Math.round(down * ratio));
    place(canvas, { left, top, width: across, height: down });
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, across, down);
    context.save();
    context.beginPath();
    context.rect(0, 0, width, height);
    context.clip();
    this.#placed = { range, underlay };
    this.#draw(context, { width, height }, range, underlay);
    context.restore();
  }

  /**
   * @type {(context: CanvasRenderingContext2D, size: Size, range: Range,
   *   underlay: Underlay | null) => void}
   */
  #draw(context, { width, height }, range, underlay) {
    const raster = this.#raster;
    if (!raster) return;
    const x = width / (range.right - range.left), y = height / (range.bottom - range.top);
    if (underlay) {
      // As wide and as high as the map, whose tile is 1 × 1.
      context.imageSmoothingEnabled = !underlay.sharp;
      context.drawImage(underlay.greys, -range.left * x, -range.top * y, x, y);
      context.globalAlpha = underlay.alpha;
    }
    context.imageSmoothingEnabled = false;
    // Rounded just as Plotly rounds the place of its image.
    context.drawImage(
      this.#cells,
      hundredths((raster.left - range.left) * x),
      hundredths((raster.top - range.top) * y),
      Math.round(raster.columns * raster.dx * x),
      Math.round(raster.rows * raster.dy * y),
    );
  }
}

/** @param {number} pixels */
function hundredths(pixels) {
  return Math.round(pixels * 100) / 100;
}

/** @type {(one: Colouring, other: Colouring | null) => boolean} */
function sameColours(one, other) {
  return same([one.limits, one.colours], [other?.limits, other?.colours]);
}

/**
 * To set a canvas's size clears it, though it be the same.
 *
 * @type {(canvas: HTMLCanvasElement, width: number, height: number) => void}
 */
function resize(canvas, width, height) {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}

/** @type {(el: HTMLElement, box: Box) => void} */
function place(el, box) {
  for (const [side, pixels] of Object.entries(box)) {
    const value = `${pixels}px`;
    if (el.style.getPropertyValue(side) !== value) el.style.setProperty(side, value);
  }
}
