/** Which tiles stand on one page, where a screen is too small for all of them. */

/** @import { Layer } from "../types.js" */
/** @import { Room } from "./arrangement.js" */

import constants from "../../constants.json" with { type: "json" };

/** Tiles in a row of a page, unless the layer's columns are given. */
const COLUMNS = 4;

/**
 * How many tiles fill a page from edge to edge.
 *
 * @type {(layer: Layer, room: Room) => number} Infinity where tiles are not paged: single units
 */
export function tilesPerPage({ height, width, gutter, columns }, room) {
  if (gutter === 0) return Infinity;
  const ratio = Math.min(constants.maxAspect, Math.max(1 / constants.maxAspect, height / width));
  // Of tiles that are higher than the room as many stand in a row as fit at its height.
  const inRow = columns ?? Math.max(COLUMNS, Math.floor(room.width * ratio / room.height));
  const rows = Math.floor(room.height / (room.width / inRow * ratio) + 0.01);
  return inRow * Math.max(1, rows);
}

/**
 * @typedef {object} Page
 * @prop {number} number from 0
 * @prop {number} pages
 * @prop {number} first the place of its first tile in the order
 * @prop {number} end the place after its last
 * @prop {number} per tiles on a page that is full
 */

/**
 * The page of this number, or the nearest that there is; null where one page holds all.
 *
 * @type {(count: number, per: number, number: number) => Page | null}
 */
export function pageAt(count, per, number) {
  if (count <= per) return null;
  const pages = Math.ceil(count / per), shown = Math.min(Math.max(number, 0), pages - 1);
  const first = shown * per;
  return { number: shown, pages, first, end: Math.min(count, first + per), per };
}
