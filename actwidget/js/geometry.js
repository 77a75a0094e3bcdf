/** Where tiles, cells and units lie. The same rules as actwidget/mosaic.py. */

/** @import { Layer, Layout, Range, Place, Patch } from "./types.js" */

/** How many cells a refined picture of several tiles has at most. */
export const GRID_CELLS = 512 * 512;

/** The same for one channel alone: it is opened to be seen in full. */
export const CHANNEL_CELLS = 1024 * 1024;

/**
 * All channels of a layer.
 *
 * @param {Layer} layer
 * @param {number[]} [order] the channel in each place; by number unless given
 * @returns {Layout}
 */
export function gridLayout(
  layer,
  order = Array.from({ length: layer.channels }, (_, channel) => channel),
) {
  const { block, repeat, gutter, height, width, columns } = layer;
  return {
    order,
    columns,
    rows: Math.ceil(order.length / columns),
    height,
    width,
    block,
    repeat,
    period: [
      (Math.ceil(height / block) * repeat[0] + gutter) * block / repeat[0],
      (Math.ceil(width / block) * repeat[1] + gutter) * block / repeat[1],
    ],
  };
}

/**
 * One channel alone.
 *
 * @param {Layer} layer
 * @param {number} channel
 * @returns {Layout}
 */
export function channelLayout(layer, channel) {
  const { block, height, width } = layer;
  return {
    order: [channel],
    columns: 1,
    rows: 1,
    height,
    width,
    block,
    repeat: [1, 1],
    period: [height, width],
  };
}

/**
 * The whole picture.
 *
 * @param {Layout} layout
 * @returns {Range}
 */
export function fullRange(layout) {
  // The gutter after the last tile is no part of the picture.
  return {
    left: 0,
    top: 0,
    right: layout.columns - Math.max(0, 1 - layout.width / layout.period[1]),
    bottom: layout.rows - Math.max(0, 1 - layout.height / layout.period[0]),
  };
}

/** No map is drawn longer than so many times its other side: one of 2 × 300 would be a hair. */
const LONGEST = 8;

/**
 * A tile's height / width: with square units, but for maps that are longer than eight to one.
 *
 * @param {Layout} layout
 */
export function aspect(layout) {
  return Math.min(LONGEST, Math.max(1 / LONGEST, layout.period[0] / layout.period[1]));
}

/**
 * Cells from one tile to the next, down and across.
 *
 * @param {Layout} layout
 * @param {number} block a level of detail that divides the layout's own
 * @returns {[number, number]}
 */
export function tileCells(layout, block) {
  // Whole numbers but for rounding where several tiles stand in a row; a single tile's last cell
  // may stand over its edge, where the axis ends.
  return [
    Math.ceil(layout.period[0] * layout.repeat[0] / block - 1e-6),
    Math.ceil(layout.period[1] * layout.repeat[1] / block - 1e-6),
  ];
}

/**
 * The unit at a point of the picture.
 *
 * @param {Layout} layout
 * @param {number} x
 * @param {number} y
 * @returns {Place | null} null in a gutter, in an empty place and outside
 */
export function locate(layout, x, y) {
  const tileColumn = Math.floor(x), tileRow = Math.floor(y);
  if (tileColumn < 0 || tileRow < 0 || tileColumn >= layout.columns || tileRow >= layout.rows) {
    return null;
  }
  const channel = layout.order[tileRow * layout.columns + tileColumn];
  const row = Math.floor((y - tileRow) * layout.period[0]);
  const column = Math.floor((x - tileColumn) * layout.period[1]);
  if (channel === undefined || row >= layout.height || column >= layout.width) return null;
  return { channel, row, column };
}

/**
 * The rectangle of a block of units on the picture's axes.
 *
 * @param {Layout} layout
 * @param {Place} place a unit of it
 * @param {number} block
 * @returns {Range}
 */
export function blockRange(layout, place, block) {
  const position = layout.order.indexOf(place.channel);
  const tileColumn = position % layout.columns;
  const tileRow = Math.floor(position / layout.columns);
  const row = Math.floor(place.row / block) * block;
  const column = Math.floor(place.column / block) * block;
  return {
    left: tileColumn + column / layout.period[1],
    right: tileColumn + Math.min(column + block, layout.width) / layout.period[1],
    top: tileRow + row / layout.period[0],
    bottom: tileRow + Math.min(row + block, layout.height) / layout.period[0],
  };
}

/**
 * The rectangle of a channel's map on the picture's axes.
 *
 * @param {Layout} layout
 * @param {number} position the channel's place in the order
 * @returns {Range}
 */
export function mapRange(layout, position) {
  const left = position % layout.columns, top = Math.floor(position / layout.columns);
  return {
    left,
    right: left + layout.width / layout.period[1],
    top,
    bottom: top + layout.height / layout.period[0],
  };
}

/**
 * The places of the tiles that are in sight, in reading order.
 *
 * @param {Layout} layout
 * @param {Range} range
 * @returns {number[]}
 */
export function tilesIn(layout, range) {
  const found = [];
  const lastRow = Math.min(layout.rows, Math.ceil(range.bottom));
  const lastColumn = Math.min(layout.columns, Math.ceil(range.right));
  for (let row = Math.max(0, Math.floor(range.top)); row < lastRow; row++) {
    for (let column = Math.max(0, Math.floor(range.left)); column < lastColumn; column++) {
      const position = row * layout.columns + column;
      if (position < layout.order.length) found.push(position);
    }
  }
  return found;
}

/**
 * The finest level of detail at which what is in sight has few enough cells.
 *
 * @param {Layout} layout
 * @param {Range} range
 * @returns {number}
 */
export function blockFor(layout, range) {
  const limit = layout.order.length === 1 ? CHANNEL_CELLS : GRID_CELLS;
  for (let block = 1; block < layout.block; block++) {
    if (layout.block % block) continue;
    const [down, across] = tileCells(layout, block);
    const cells = (range.bottom - range.top) * down * (range.right - range.left) * across;
    if (cells <= limit) return block;
  }
  return layout.block;
}

/**
 * The windows of all maps in sight, with a margin for small moves.
 *
 * @param {Layout} layout
 * @param {Range} range
 * @param {number} block
 * @returns {Patch[]}
 */
export function patchesIn(layout, range, block) {
  const margin = 0.05;
  const dx = (range.right - range.left) * margin, dy = (range.bottom - range.top) * margin;
  const rows = spans(
    range.top - dy,
    range.bottom + dy,
    layout.rows,
    layout.period[0],
    layout.height,
    block,
  );
  const columns = spans(
    range.left - dx,
    range.right + dx,
    layout.columns,
    layout.period[1],
    layout.width,
    block,
  );
  /** @type {Patch[]} */
  const patches = [];
  for (const [tileRow, row, height] of rows) {
    for (const [tileColumn, column, width] of columns) {
      const channel = layout.order[tileRow * layout.columns + tileColumn];
      if (channel !== undefined) patches.push([channel, row, column, height, width]);
    }
  }
  return patches;
}

/**
 * Along one axis: each tile in sight, its first block in sight and how many.
 *
 * @param {number} from
 * @param {number} to
 * @param {number} tiles
 * @param {number} period
 * @param {number} units
 * @param {number} block
 * @returns {[number, number, number][]}
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

/**
 * Whether one range lies within another, but for rounding.
 *
 * @param {Range} inner
 * @param {Range} outer
 */
export function contains(outer, inner) {
  const slack = 1e-6;
  return inner.left >= outer.left - slack && inner.right <= outer.right + slack &&
    inner.top >= outer.top - slack && inner.bottom <= outer.bottom + slack;
}

/**
 * @param {Range} a
 * @param {Range} b
 * @returns {Range}
 */
export function intersection(a, b) {
  return {
    left: Math.max(a.left, b.left),
    right: Math.min(a.right, b.right),
    top: Math.max(a.top, b.top),
    bottom: Math.min(a.bottom, b.bottom),
  };
}

/**
 * Labels along one axis: tiles while several are in sight, else the units of a map.
 *
 * @param {number} from
 * @param {number} to
 * @param {number} pixels the axis' length on the screen
 * @param {number} room pixels that a label needs
 * @param {number} tiles
 * @param {(tile: number) => string} label
 * @param {number} period units from one tile to the next
 * @param {number} units in a tile
 * @returns {{ at: number[], text: string[] }}
 */
export function ticks(from, to, pixels, room, tiles, label, period, units) {
  const most = Math.max(1, Math.floor(pixels / room));
  /** @type {number[]} */
  const at = [];
  /** @type {string[]} */
  const text = [];
  const middle = units / period / 2;
  if (tiles > 1) {
    const first = Math.max(0, Math.floor(from)), last = Math.min(tiles, Math.ceil(to));
    const step = niceStep((last - first) / most);
    for (let tile = Math.ceil(first / step) * step; tile < last; tile += step) {
      if (tile + middle < from || tile + middle > to) continue;
      at.push(tile + middle);
      text.push(label(tile));
    }
    return { at, text };
  }
  const step = niceStep((to - from) * period / most);
  const last = Math.min(units - 1, to * period);
  for (let unit = Math.max(0, Math.ceil(from * period / step) * step); unit <= last; unit += step) {
    at.push((unit + 0.5) / period);
    text.push(String(unit));
  }
  return { at, text };
}

/**
 * The next of 1, 2, 5, 10, 20, …
 *
 * @param {number} least
 */
function niceStep(least) {
  let step = 1;
  for (let i = 0; step < least; i++) step *= i % 3 === 1 ? 2.5 : 2;
  return step;
}
