/** Block reduction: the strongest unit of each block, for coarser levels of detail. */

/** @import { Overview, Units } from "../types.js" */

import { decode } from "./channel_table.js";

/**
 * An array of the same type.
 *
 * @template {Units} T
 * @param {T} units
 * @param {number} count
 * @returns {T}
 */
export function arrayLike(units, count) {
  return /** @type {T} */ (new /** @type {any} */ (units.constructor)(count));
}

/**
 * Reduce maps block by block to each block's strongest unit; as in actwidget/numerics/block_reduce.py.
 *
 * @param {Overview} overview
 * @param {number} channels
 * @param {number} rows
 * @param {number} columns
 * @param {number} by rows and columns that become one
 * @returns {Units}
 */
export function blockExtremes(overview, channels, rows, columns, by) {
  const down = Math.ceil(rows / by), across = Math.ceil(columns / by);
  const reduced = arrayLike(overview.units, channels * down * across);
  let to = 0;
  for (let channel = 0; channel < channels; channel++) {
    for (let row = 0; row < rows; row += by) {
      for (let column = 0; column < columns; column += by, to++) {
        let best = -1, index = 0;
        for (let r = row; r < Math.min(row + by, rows); r++) {
          for (let c = column; c < Math.min(column + by, columns); c++) {
            const at = (channel * rows + r) * columns + c;
            const value = decode(overview, channel, overview.units, at);
            // NaN wins over all, then infinity; the positive one of two as large.
            const size = Number.isNaN(value) ? Infinity : Math.abs(value);
            const wins = size > best || (size === best && (value > 0 || Number.isNaN(value)));
            if (wins) {
              best = size;
              index = at;
              if (Number.isNaN(value)) r = c = Infinity;
            }
          }
        }
        reduced[to] = overview.units[index];
      }
    }
  }
  return reduced;
}
