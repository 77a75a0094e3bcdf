/** Shown values -> colours, for the picture that stands in until Plotly is there. */

/** @import { Colouring, Raster } from "./types.js" */

const STEPS = 1024;

/** Gutters and empty places; the same in every theme and for every normalization. */
export const GAP = "#808080";

/** Units that are NaN or infinite: in none of the colours. */
export const NOT_FINITE = "#ff00ff";

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
 * @param {[number, string][]} stops
 * @param {number} position
 * @returns {string}
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
 * A look-up table of colours, linear between the stops, as bytes R, G, B, A.
 *
 * @param {[number, string][]} stops
 */
export function lookUpTable(stops) {
  const table = new Uint8ClampedArray(STEPS * 4);
  let upper = 1;
  for (let i = 0; i < STEPS; i++) {
    const position = i / (STEPS - 1);
    while (upper < stops.length - 1 && position > stops[upper][0]) upper++;
    const [from, low] = stops[upper - 1], [to, high] = stops[upper];
    const share = to > from ? Math.min(1, Math.max(0, (position - from) / (to - from))) : 1;
    const a = parse(low), b = parse(high);
    for (let k = 0; k < 3; k++) table[i * 4 + k] = a[k] + (b[k] - a[k]) * share;
    table[i * 4 + 3] = 255;
  }
  return table;
}

/**
 * Colour every cell; gaps stay transparent.
 *
 * @param {Raster} raster
 * @param {Colouring} colouring
 * @returns {ImageData}
 */
export function colour(raster, colouring) {
  const table = new Uint32Array(lookUpTable(colouring.colours).buffer);
  const pixels = new Uint32Array(raster.columns * raster.rows);
  const [low, high] = colouring.limits;
  const factor = (STEPS - 1) / (high - low);
  let i = 0;
  for (const row of raster.z) {
    for (let c = 0; c < row.length; c++, i++) {
      const value = row[c];
      if (value !== value) continue;
      const index = Math.round((value - low) * factor);
      pixels[i] = table[index < 0 ? 0 : index >= STEPS ? STEPS - 1 : index];
    }
  }
  return new ImageData(new Uint8ClampedArray(pixels.buffer), raster.columns, raster.rows);
}
