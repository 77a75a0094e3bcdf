/** Units in codes of 8 bits -> the colours of a picture, in one step: for pictures that move. */

/** @import { Colouring, Detail, Layout, Overview, Raster } from "../types.js" */

import { lastCode } from "./channel_table.js";
import { mix, parse } from "./colormaps.js";
import { cellsOf, draw, shownFactors } from "./raster.js";

/** How many colours a picture has at most: more than 8 bits of each tell apart. */
const COLOURS = 4096;

/** How many codes there are. */
const CODES = 256;

/**
 * Draw the cells of an overview in codes of 8 bits, or of a detail of it. Their numbers are worked
 * out when somebody asks for them.
 *
 * @param {Layout} layout
 * @param {Overview} overview
 * @param {Detail | null} detail
 * @param {number} normalization
 * @returns {Raster}
 */
export function drawCodes(layout, overview, detail, normalization) {
  const cells = cellsOf(layout, overview, detail), units = detail?.units ?? overview.units;
  const finite = isFinite(units);
  /** @type {Raster | null} */
  let drawn = null;
  const numbers = () => drawn ??= draw(layout, overview, detail, normalization);
  return {
    ...cells.place,
    get z() {
      return numbers().z;
    },
    get bad() {
      return finite ? [] : numbers().bad;
    },
    paint: (colouring) => paint(cells, layout, overview, units, normalization, colouring),
  };
}

/** @type {(units: ArrayLike<number>) => boolean} whether no code stands for NaN or an infinity */
function isFinite(units) {
  const last = lastCode(/** @type {Uint8Array} */ (units));
  for (let k = 0; k < units.length; k++) if (units[k] > last) return false;
  return true;
}

/**
 * @type {(cells: ReturnType<typeof cellsOf>, layout: Layout, overview: Overview,
 *   units: ArrayLike<number>, normalization: number, colouring: Colouring) => ImageData}
 */
function paint({ boxes, place }, layout, overview, units, normalization, colouring) {
  const { columns: width, rows: height } = place, [down, across] = layout.repeat;
  const pixels = new Uint32Array(width * height);
  const table = colourTable(colouring), [low, high] = colouring.limits;
  const perShown = COLOURS / (high - low);
  const last = lastCode(/** @type {Uint8Array} */ (units)), colours = new Uint32Array(CODES);
  for (const { channel, x, y, rows, columns, start } of boxes) {
    const [factor, offset] = shownFactors(overview, normalization, channel);
    const step = factor * perShown, first = (offset - low) * perShown;
    // Of a map of few units not all codes occur.
    const isSmall = rows * columns < CODES;
    for (let k = 0; k < (isSmall ? rows * columns : last + 1); k++) {
      const code = isSmall ? units[start + k] : k, place = code * step + first;
      const colour = table[place <= 0 ? 0 : place >= COLOURS ? COLOURS - 1 : place | 0];
      colours[code] = code <= last ? colour : 0;
    }
    for (let r = 0, from = start; r < rows; r++) {
      const line = (y + r * down) * width + x;
      if (across === 1) {
        for (let c = 0; c < columns; c++) pixels[line + c] = colours[units[from++]];
      } else {
        for (let c = 0, to = line; c < columns; c++) {
          const colour = colours[units[from++]];
          for (let k = 0; k < across; k++) pixels[to++] = colour;
        }
      }
      for (let k = 1; k < down; k++) {
        pixels.copyWithin(line + k * width, line, line + columns * across);
      }
    }
  }
  return new ImageData(new Uint8ClampedArray(pixels.buffer), width, height);
}

/** The last table, as most pictures that follow each other have the same. */
let known = { key: "", table: new Uint32Array(COLOURS) };

/**
 * The colours from the lower limit to the upper, each as a pixel.
 *
 * @param {Colouring} colouring
 */
function colourTable({ colours }) {
  const key = JSON.stringify(colours);
  if (key === known.key) return known.table;
  const table = new Uint32Array(COLOURS);
  for (let k = 0; k < COLOURS; k++) {
    const [red, green, blue] = parse(mix(colours, (k + 0.5) / COLOURS));
    table[k] = 0xff000000 | blue << 16 | green << 8 | red;
  }
  known = { key, table };
  return table;
}
