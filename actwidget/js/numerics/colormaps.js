/** Shown values -> colours, just as Plotly would give them. */

/** @import { Colouring, Limits, Raster } from "../types.js" */

import constants from "../../constants.json" with { type: "json" };

/** Units that are NaN or infinite: in none of the colours. */
export const NOT_FINITE = constants.colours.notFinite;

/**
 * @param {string} colour as #rrggbb
 * @returns {[number, number, number]}
 */
export function parse(colour) {
  const number = Number.parseInt(colour.slice(1), 16);
  return [number >> 16, (number >> 8) & 255, number & 255];
}

/**
 * The colour at a position from 0 to 1, linear between the stops.
 *
 * @type {(stops: [number, string][], position: number) => string}
 */
export function mix(stops, position) {
  let upper = 1;
  while (upper < stops.length - 1 && position > stops[upper][0]) upper++;
  const [from, low] = stops[upper - 1], [to, high] = stops[upper];
  const share = to > from ? Math.min(1, Math.max(0, (position - from) / (to - from))) : 1;
  const a = parse(low), b = parse(high);
  const bytes = a.map((byte, k) => Math.round(byte + (b[k] - byte) * share));
  return "#" + bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Cut the part between two limits out of colours whose middle stands for 0; as in
 * actwidget/numerics/colormaps.py.
 *
 * @type {(colours: [number, string][], limits: Limits) => [number, string][]}
 */
export function cropDiverging(colours, [low, high]) {
  const end = Math.max(Math.abs(low), Math.abs(high));
  const first = 0.5 + 0.5 * low / end, last = 0.5 + 0.5 * high / end;
  /** @type {[number, string][]} */
  const inner = colours
    .filter(([position]) => position > first && position < last)
    .map(([position, colour]) => [(position - first) / (last - first), colour]);
  return [[0, mix(colours, first)], ...inner, [1, mix(colours, last)]];
}

/** Equal parts of the limits, each with the first of the stops that it may lie behind. */
const PARTS = 256;

/**
 * Colour every cell; gaps stay transparent.
 *
 * With Plotly's own arithmetic (d3's linear scale over the stops, each level rounded), so that the
 * picture is the same to the last bit as the one that Plotly draws of the same numbers.
 *
 * @type {(raster: Raster, colouring: Colouring) => ImageData}
 */
export function colour(raster, { colours, limits: [low, high] }) {
  if (raster.planes) return colourPlanes(raster, raster.planes, low, high);
  const last = colours.length - 2, span = high - low;
  const ends = Float64Array.from(colours, ([position]) => low + position * span);
  const levels = Uint8Array.from(colours.flatMap(([, stop]) => parse(stop)));
  const lengths = Float64Array.from(ends.subarray(1), (end, k) => end - ends[k] || 1 / end);
  const toPart = PARTS / span, parts = firstSegments(ends, low, span);
  const pixels = new Uint32Array(raster.columns * raster.rows);
  let i = 0;
  for (const row of raster.z) {
    for (let c = 0; c < row.length; c++, i++) {
      const value = row[c];
      if (value !== value) continue;
      const part = (value - low) * toPart;
      let k = part <= 0 ? 0 : part >= PARTS ? last : parts[part | 0];
      while (k < last && value >= ends[k + 1]) k++;
      let to = (value - ends[k]) / lengths[k];
      to = to < 0 ? 0 : to > 1 ? 1 : to;
      const from = 1 - to, at = 3 * k;
      const red = levels[at] * from + levels[at + 3] * to + 0.5;
      const green = levels[at + 1] * from + levels[at + 4] * to + 0.5;
      const blue = levels[at + 2] * from + levels[at + 5] * to + 0.5;
      pixels[i] = 0xff000000 | blue << 16 | green << 8 | red;
    }
  }
  return new ImageData(new Uint8ClampedArray(pixels.buffer), raster.columns, raster.rows);
}

/** @type {(raster: Raster, planes: Float32Array[][], low: number, high: number) => ImageData} */
function colourPlanes({ columns, rows }, planes, low, high) {
  const pixels = new Uint8ClampedArray(4 * columns * rows);
  const factor = 255 / (high - low);
  for (let row = 0, i = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, i += 4) {
      for (let plane = 0; plane < 3; plane++) {
        pixels[i + plane] = (planes[plane][row][column] - low) * factor;
      }
      pixels[i + 3] = 255;
    }
  }
  return new ImageData(pixels, columns, rows);
}

/**
 * For equal parts of the limits, between which stops the search may begin.
 *
 * @param {Float64Array} ends the stops' values
 * @param {number} low
 * @param {number} span
 */
function firstSegments(ends, low, span) {
  const parts = new Uint8Array(PARTS);
  for (let part = 0, k = 0; part < PARTS; part++) {
    // One part before: the division that finds a value's part rounds.
    const start = low + (part - 1) * span / PARTS;
    while (k < ends.length - 2 && start >= ends[k + 1]) k++;
    parts[part] = k;
  }
  return parts;
}
