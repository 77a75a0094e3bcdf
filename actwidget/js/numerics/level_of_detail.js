/** How fine a picture can be, and which windows of the maps that takes. */

/** @import { Layout, Range, Patch } from "../types.js" */

import { tileCells } from "./mosaic.js";

/** How many cells a refined picture of several tiles has at most. */
export const GRID_CELLS = 512 * 512;

/** The same for one channel alone: it is opened to be seen in full. */
const CHANNEL_CELLS = 1024 * 1024;

/**
 * The finest level of detail at which what is in sight has few enough cells.
 *
 * @param {Layout} layout
 * @param {Range} range
 * @param {number} [finest] the finest that can be had; all others are multiples of it
 * @param {number} [pictures] how many share the cells
 * @returns {number}
 */
export function blockFor(layout, range, finest = 1, pictures = 1) {
  const limit = (layout.order.length === 1 ? CHANNEL_CELLS : GRID_CELLS) / pictures;
  for (let block = finest; block < layout.block; block++) {
    if (layout.block % block || block % finest) continue;
    const [down, across] = tileCells(layout, block);
    const cells = (range.bottom - range.top) * down * (range.right - range.left) * across;
    if (cells <= limit) return block;
  }
  return layout.block;
}

/**
 * The windows of all maps in sight, with a margin for small moves.
 *
 * @type {(layout: Layout, range: Range, block: number) => Patch[]}
 */
export function patchesIn(layout, range, block) {
  const margin = 0.05;
  const dx = (range.right - range.left) * margin, dy = (range.bottom - range.top) * margin;
  const { rows, columns, height, width, order, period: [down, across] } = layout;
  const inSightDown = spans(range.top - dy, range.bottom + dy, rows, down, height, block);
  const inSightAcross = spans(range.left - dx, range.right + dx, columns, across, width, block);
  /** @type {Patch[]} */
  const patches = [];
  for (const [tileRow, row, blocksDown] of inSightDown) {
    for (const [tileColumn, column, blocksAcross] of inSightAcross) {
      const channel = order[tileRow * columns + tileColumn];
      if (channel !== undefined) patches.push([channel, row, column, blocksDown, blocksAcross]);
    }
  }
  return patches;
}

/**
 * Along one axis: each tile in sight, its first block in sight and how many.
 *
 * @type {(from: number, to: number, tiles: number, period: number, units: number,
 *   block: number) => [number, number, number][]}
 */
function spans(from, to, tiles, period, units, block) {
  /** @type {[number, number, number][]} */
  const found = [];
  const last = Math.ceil(units / block);
  for (let tile = Math.max(0, Math.floor(from)); tile < Math.min(tiles, to); tile++) {
    const first = Math.max(0, Math.floor((from - tile) * period / block));
    const end = Math.min(last, Math.ceil((to - tile) * period / block));
    if (end > first) found.push([tile, first, end - first]);
  }
  return found;
}
