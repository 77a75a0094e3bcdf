/** How many tiles stand in a row, and how wide their gutters are, for the room that there is. */

/** @import { Layer } from "../types.js" */

import constants from "../../constants.json" with { type: "json" };

/**
 * @typedef {{ width: number, height: number }} Room in pixels
 *
 * @typedef {object} Arrangement
 * @prop {number} columns tiles in a row
 * @prop {[number, number]} repeat cells down and across that show one block
 * @prop {[number, number]} gutter cells between two tiles, down and across
 * @prop {boolean} [captions] whether there is room below each tile for a line about it
 */

/** Pixels between two tiles, and between two that are smaller than `SMALL`. */
const GAP = 1.8, SMALL_GAP = 1.2, SMALL = 40;

/** Pixels, or the share of a tile, that a gap may grow by, so that a row ends where the room does. */
const STRETCH = 6, STRETCH_SHARE = 0.1;

/** Pixels between the end of a row and that of the room that are too many. */
const FAR = 30;

/** Pixels below a tile that a caption needs, and that it takes if they are there. */
const CAPTION = 18, ROOMY_CAPTION = 24;

/** Pixels of the bar below a tile that says how much its channel adds to the target. */
export const EFFECT = 7;

/** Pixels more that a caption needs past such a bar. */
const CAPTION_PAST_EFFECT = 3;

/** Pixels across from which a tile has a caption. */
const CAPTIONED = 100;

/** Cells of a picture whose cells are repeated for the sake of thin gutters. */
const MOST_CELLS = 512 * 1024;

/**
 * Arrange a layer's tiles, as large as the room allows.
 *
 * @param {Layer} layer
 * @param {number} count of tiles
 * @param {Room} room
 * @param {boolean} [effects] whether a bar stands below each tile
 * @returns {Arrangement}
 */
export function arrange(layer, count, room, effects = false) {
  const { height, width, block } = layer;
  const ratio = Math.min(constants.maxAspect, Math.max(1 / constants.maxAspect, height / width));
  const bar = effects ? EFFECT : 0;
  const columns = layer.columns ?? columnsThatFill(count, ratio, room, bar);
  // Single units touch each other, as do the tiles of which there are too many.
  if (count === 1 || layer.gutter === 0) {
    return { columns, repeat: layer.repeat, gutter: [layer.gutter, layer.gutter] };
  }
  const rows = Math.ceil(count / columns);
  const across = tileWidth(columns, rows, ratio, room, bar), down = across * ratio;
  const gap = across < SMALL ? SMALL_GAP : GAP;
  const blocks = [Math.ceil(height / block), Math.ceil(width / block)];
  const sizes = [down / blocks[0], across / blocks[1]];
  let repeat = sizes.map((size) => Math.max(1, Math.ceil(size / gap)));
  const cells = count * blocks[0] * repeat[0] * blocks[1] * repeat[1];
  if (cells > MOST_CELLS) {
    const share = Math.sqrt(MOST_CELLS / cells);
    repeat = repeat.map((times) => Math.max(1, Math.floor(times * share)));
  }
  const gutter = sizes.map((size, axis) =>
    Math.max(1, Math.round((gap + (axis ? 0 : bar)) * repeat[axis] / size))
  );
  // A cell's width once the gutters are there, and what is left of a row then.
  const inRow = columns * (blocks[1] * repeat[1] + gutter[1]) - gutter[1];
  const inColumn = rows * (blocks[0] * repeat[0] + gutter[0]);
  const ownRatio = ratio / (height / width) * repeat[1] / repeat[0];
  const cell = Math.min(room.width / inRow, room.height / (inColumn * ownRatio));
  const left = columns > 1 ? (room.width - inRow * cell) / (columns - 1) : 0;
  const most = mostStretch(across);
  let captions = false;
  // Maps longer than are drawn would grow along with their gaps.
  if (ratio === height / width) {
    gutter[1] += Math.floor(Math.min(most, left) / cell + 1e-6);
    // What is left below the tiles when they are as large as they can be.
    const low = cell * ownRatio, gutterRoom = room.height / rows - blocks[0] * repeat[0] * low;
    const enough = CAPTION + (effects ? CAPTION_PAST_EFFECT : 0);
    captions = blocks[1] * repeat[1] * cell >= CAPTIONED && gutterRoom >= enough;
    if (captions) gutter[0] = Math.floor(Math.min(ROOMY_CAPTION, gutterRoom) / low + 1e-6);
  }
  return {
    columns,
    repeat: /** @type {[number, number]} */ (repeat),
    gutter: /** @type {[number, number]} */ (gutter),
    captions,
  };
}

/**
 * How many tiles in a row make them largest; of several numbers the one that leaves fewest places
 * empty.
 *
 * @param {number} count
 * @param {number} ratio a tile's height / width
 * @param {Room} room
 * @param {number} [bar] pixels below each tile that are no part of it
 */
export function columnsFor(count, ratio, room, bar = 0) {
  let best = 1, most = 0;
  for (let rows = 1; rows <= count; rows++) {
    const columns = Math.ceil(count / rows);
    const size = tileWidth(columns, rows, ratio, room, bar);
    if (size > most * 1.001) [best, most] = [columns, size];
    // More rows of the same width are lower than the room only if that is already filled.
    if ((room.height / rows - bar) / ratio < most) break;
  }
  return best;
}

/**
 * Columns of the largest tiles; more of them, just as large, where a row would end far from the room's
 * end, and the colour bar stand elsewhere than at other layers.
 *
 * @type {(count: number, ratio: number, room: Room, bar: number) => number}
 */
function columnsThatFill(count, ratio, room, bar) {
  const columns = columnsFor(count, ratio, room, bar), rows = Math.ceil(count / columns);
  const across = tileWidth(columns, rows, ratio, room, bar);
  const left = room.width - columns * across - (columns - 1) * mostStretch(across);
  const more = Math.min(count, Math.floor(room.width / across + 1e-6));
  return left > FAR && Math.ceil(count / more) === rows ? more : columns;
}

/** @param {number} across pixels of a tile */
function mostStretch(across) {
  return Math.max(STRETCH, STRETCH_SHARE * across);
}

/**
 * @type {(columns: number, rows: number, ratio: number, room: Room, bar: number) => number} in pixels
 */
function tileWidth(columns, rows, ratio, room, bar) {
  const down = Math.max(1, room.height / rows - bar);
  return Math.min(room.width / columns, down / ratio);
}
