/** Where tiles, cells and units lie. The same rules as actwidget/numerics/mosaic.py. */

/** @import { Layer, Layout, Range, UnitPosition } from "../types.js" */
/** @import { Arrangement } from "./arrangement.js" */

import constants from "../../constants.json" with { type: "json" };

/**
 * All channels of a layer.
 *
 * @param {Layer} layer
 * @param {number[]} [order] the channel in each place; by number unless given
 * @param {Arrangement} [arrangement] as in Python unless given
 * @returns {Layout}
 */
export function gridLayout(
  layer,
  order = Array.from({ length: layer.tiles }, (_, channel) => channel),
  arrangement = {
    columns: layer.columns ?? 1,
    repeat: layer.repeat,
    gutter: [layer.gutter, layer.gutter],
  },
) {
  const { block, height, width } = layer, { columns, repeat, gutter } = arrangement;
  const rows = Math.ceil(order.length / columns);
  const down = (Math.ceil(height / block) * repeat[0] + gutter[0]) * block / repeat[0];
  const across = (Math.ceil(width / block) * repeat[1] + gutter[1]) * block / repeat[1];
  const { captions = false } = arrangement;
  return { order, columns, rows, height, width, block, repeat, period: [down, across], captions };
}

/** @type {(layer: Layer, channel: number) => Layout} one channel alone */
export function channelLayout(layer, channel) {
  const period = /** @type {[number, number]} */ ([layer.height, layer.width]);
  return { ...gridLayout(layer, [channel]), columns: 1, repeat: [1, 1], period };
}

/**
 * Whether it is a grid of tiles, also where its last page holds only one; a single map has axes.
 *
 * @type {(layout: Layout) => boolean}
 */
export function isGrid({ order, columns }) {
  return order.length > 1 || columns > 1;
}

/** @type {(layout: Layout) => Range} the whole picture */
export function fullRange(layout) {
  const [down, across] = mapShare(layout);
  // The gutter to the right of the last tile is no part of the picture; the one below holds bars, but
  // for a single map, below which is what its last block lacks.
  return {
    left: 0,
    top: 0,
    right: layout.columns - (1 - across),
    bottom: isGrid(layout) ? layout.rows : down,
  };
}

/** @type {(layout: Layout) => [number, number]} how much of a tile its map takes, down and across */
function mapShare({ height, width, period: [down, across] }) {
  return [Math.min(1, height / down), Math.min(1, width / across)];
}

/**
 * The height / width at which a sequence is drawn. Its axes have different meanings, so that its
 * units need not be square: they fill the room, but no side of one is longer than 64 pixels, or than
 * its other side if that is more. The same as in actwidget/numerics/mosaic.py.
 *
 * @param {number} steps of time, its rows
 * @param {number} channels its columns
 * @param {{ width: number, height: number }} room in pixels
 */
export function sequenceRatio(steps, channels, room) {
  const { longestUnit } = constants, down = room.height / steps, across = room.width / channels;
  const height = Math.min(down, Math.max(longestUnit, across));
  const width = Math.min(across, Math.max(longestUnit, down));
  return height * steps / (width * channels);
}

/** No map is drawn longer than so many times its other side: one of 2 × 300 would be a hair. */
const MAX_ASPECT = constants.maxAspect;

/**
 * A tile's height / width: with square units, but for maps that are longer than eight to one.
 *
 * @param {Layout} layout
 */
export function aspect(layout) {
  const { height, width, period, ratio } = layout;
  if (ratio !== undefined || isGrid(layout)) return bounded(ratio ?? period[0] / period[1]);
  const [down, across] = mapShare(layout);
  return bounded(height / width) * across / down;
}

/** @param {number} ratio */
function bounded(ratio) {
  return Math.min(MAX_ASPECT, Math.max(1 / MAX_ASPECT, ratio));
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
 * @type {(layout: Layout, x: number, y: number) => UnitPosition | null} null in a gutter, in an
 *   empty place and outside
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

/** @type {(layout: Layout, place: UnitPosition) => boolean} whether a picture has such a unit */
export function hasUnit({ order, height, width }, { channel, row, column }) {
  return order.includes(channel) && row >= 0 && row < height && column >= 0 && column < width;
}

/**
 * The rectangle of a block of units on the picture's axes.
 *
 * @param {Layout} layout
 * @param {UnitPosition} place a unit of it
 * @param {number} block
 * @returns {Range}
 */
export function blockRange(layout, place, block) {
  const { left, top } = mapRange(layout, layout.order.indexOf(place.channel));
  const row = Math.floor(place.row / block) * block;
  const column = Math.floor(place.column / block) * block;
  return {
    left: left + column / layout.period[1],
    right: left + Math.min(column + block, layout.width) / layout.period[1],
    top: top + row / layout.period[0],
    bottom: top + Math.min(row + block, layout.height) / layout.period[0],
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
 * @type {(layout: Layout, range: Range) => number[]}
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
 * Whether one range lies within another, but for rounding.
 *
 * @type {(outer: Range, inner: Range) => boolean}
 */
export function contains(outer, inner) {
  const slack = 1e-6;
  return inner.left >= outer.left - slack && inner.right <= outer.right + slack &&
    inner.top >= outer.top - slack && inner.bottom <= outer.bottom + slack;
}

/** @type {(a: Range, b: Range) => Range} */
export function intersection(a, b) {
  return {
    left: Math.max(a.left, b.left),
    right: Math.min(a.right, b.right),
    top: Math.max(a.top, b.top),
    bottom: Math.min(a.bottom, b.bottom),
  };
}
