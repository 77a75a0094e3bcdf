/** Units and a normalization -> the cells of a picture. */

/** @import { Overview, Detail, Layout, Raster, Patch, Reading, UnitPosition, Units } from "../types.js" */

import { decode, entry, FIRST_SCALE, lastCode } from "./channel_table.js";
import { tileCells } from "./mosaic.js";

/**
 * The blocks of an overview as patches, a whole map each.
 *
 * @type {(overview: Overview, layout: Layout) => { patch: Patch, start: number }[]}
 */
function wholeMaps(overview, layout) {
  const rows = Math.ceil(layout.height / overview.block);
  const columns = Math.ceil(layout.width / overview.block);
  return layout.order.map((channel) => ({
    patch: [channel, 0, 0, rows, columns],
    start: channel * rows * columns,
  }));
}

/** @type {(detail: Detail) => { patch: Patch, start: number }[]} */
function windows(detail) {
  let start = 0;
  return detail.patches.map((patch) => {
    const window = { patch, start };
    start += patch[3] * patch[4];
    return window;
  });
}

/**
 * @typedef {object} Cells where the cells of a picture lie
 * @prop {{ channel: number, x: number, y: number, rows: number, columns: number, start: number }[]}
 *   boxes of each patch: its upper left cell, its blocks, and its first unit
 * @prop {Omit<Raster, "z" | "bad">} place
 */

/**
 * Find where the cells of an overview lie, or of a detail of it: they cover just that.
 *
 * @type {(layout: Layout, overview: Overview, detail: Detail | null) => Cells}
 */
export function cellsOf(layout, overview, detail) {
  const block = detail ? detail.block : overview.block;
  const patches = detail ? windows(detail) : wholeMaps(overview, layout);
  const [down, across] = tileCells(layout, block);
  const [repeatDown, repeatAcross] = layout.repeat;
  const place = new Map(layout.order.map((channel, position) => [channel, position]));

  let left = Infinity, top = Infinity, right = 0, bottom = 0;
  const boxes = patches.map(({ patch: [channel, row, column, rows, columns], start }) => {
    const position = place.get(channel) ?? 0;
    const x = (position % layout.columns) * across + column * repeatAcross;
    const y = Math.floor(position / layout.columns) * down + row * repeatDown;
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x + columns * repeatAcross);
    bottom = Math.max(bottom, y + rows * repeatDown);
    return { channel, x, y, rows, columns, start };
  });
  for (const box of boxes) {
    box.x -= left;
    box.y -= top;
  }
  const dx = block / layout.repeat[1] / layout.period[1];
  const dy = block / layout.repeat[0] / layout.period[0];
  const size = { columns: right - left, rows: bottom - top };
  return { boxes, place: { ...size, left: left * dx, top: top * dy, dx, dy } };
}

/**
 * What a channel's units are multiplied by, and what is added, for what is shown of them.
 *
 * @type {(overview: Overview, normalization: number, channel: number) => [number, number]}
 */
export function shownFactors(overview, normalization, channel) {
  const row = FIRST_SCALE + 2 * normalization, scale = entry(overview, row, channel);
  const offset = entry(overview, row + 1, channel) + entry(overview, 0, channel) * scale;
  return [entry(overview, 1, channel) * scale, offset];
}

/**
 * Draw the cells of an overview, or of a detail of it.
 *
 * @param {Layout} layout
 * @param {Overview} overview
 * @param {Detail | null} detail
 * @param {number} normalization
 * @returns {Raster}
 */
export function draw(layout, overview, detail, normalization) {
  const units = detail ? detail.units : overview.units;
  const { boxes, place } = cellsOf(layout, overview, detail);
  const [repeatDown, repeatAcross] = layout.repeat;
  const { columns: width, rows: height } = place;
  const cells = new Float32Array(width * height).fill(NaN);
  const last = lastCode(units);
  /** @type {[number, number, number][]} */
  const bad = [];

  for (const { channel, x, y, rows, columns, start } of boxes) {
    const [factor, offset] = shownFactors(overview, normalization, channel);
    for (let r = 0; r < rows; r++) {
      const line = y + r * repeatDown;
      const to = line * width + x, from = start + r * columns;
      const whole = units instanceof Float32Array
        ? fillNumbers(cells, to, units, from, columns, repeatAcross, factor, offset)
        : fillCodes(cells, to, units, last, from, columns, repeatAcross, factor, offset);
      for (let k = 1; k < repeatDown; k++) {
        cells.copyWithin(to + k * width, to, to + columns * repeatAcross);
      }
      for (let c = 0; c < columns && !whole; c++) {
        const unit = units[from + c];
        if (unit <= last && Number.isFinite(unit)) continue;
        const cell = x + c * repeatAcross;
        for (let k = 0; k < repeatDown; k++) bad.push([line + k, cell, repeatAcross]);
      }
    }
  }
  const z = Array.from({ length: height }, (_, r) => cells.subarray(r * width, (r + 1) * width));
  return { z, ...place, bad };
}

/**
 * Fill the cells of a row with shown values. The same as `fillNumbers`, for codes: a loop over one
 * type of array alone is compiled to a quarter of the time.
 *
 * @param {Float32Array} cells
 * @param {number} to the row's first cell
 * @param {Uint8Array | Uint16Array} units
 * @param {number} last code that is a value
 * @param {number} from the row's first unit
 * @param {number} columns units
 * @param {number} repeat cells for each unit
 * @param {number} factor
 * @param {number} offset
 * @returns {boolean} whether all of them are finite
 */
function fillCodes(cells, to, units, last, from, columns, repeat, factor, offset) {
  let most = 0;
  for (let c = 0; c < columns; c++) {
    const unit = units[from + c];
    if (unit > most) most = unit;
    const value = unit <= last ? unit * factor + offset : NaN;
    for (let k = 0; k < repeat; k++) cells[to++] = value;
  }
  return most <= last;
}

/**
 * @type {(cells: Float32Array, to: number, units: Float32Array, from: number, columns: number,
 *   repeat: number, factor: number, offset: number) => boolean}
 */
function fillNumbers(cells, to, units, from, columns, repeat, factor, offset) {
  let whole = true;
  for (let c = 0; c < columns; c++) {
    const unit = units[from + c];
    const finite = unit - unit === 0;
    if (!finite) whole = false;
    const value = finite ? unit * factor + offset : NaN;
    for (let k = 0; k < repeat; k++) cells[to++] = value;
  }
  return whole;
}

/**
 * The value at a place, at the finest level that the page holds.
 *
 * @param {Layout} layout
 * @param {Overview} overview
 * @param {Detail | null} detail
 * @param {UnitPosition} place
 * @returns {Reading}
 */
export function read(layout, overview, detail, place) {
  const { channel, row, column } = place;
  if (detail) {
    const r = Math.floor(row / detail.block), c = Math.floor(column / detail.block);
    for (const { patch, start } of windows(detail)) {
      const inside = patch[0] === channel && r >= patch[1] && r < patch[1] + patch[3] &&
        c >= patch[2] && c < patch[2] + patch[4];
      if (!inside) continue;
      const index = start + (r - patch[1]) * patch[4] + c - patch[2];
      return reading(overview, channel, detail.units, index, detail.block);
    }
  }
  const { block } = overview;
  const rows = Math.ceil(layout.height / block), columns = Math.ceil(layout.width / block);
  const index = (channel * rows + Math.floor(row / block)) * columns + Math.floor(column / block);
  return reading(overview, channel, overview.units, index, block);
}

/**
 * @type {(overview: Overview, channel: number, units: Units, index: number,
 *   block: number) => Reading}
 */
function reading(overview, channel, units, index, block) {
  const value = decode(overview, channel, units, index);
  // A constant channel is known exactly from its code.
  const step = overview.encoding === "float32" ? 0 : entry(overview, 1, channel);
  return { value, block, exact: step === 0 || !Number.isFinite(value), step };
}
