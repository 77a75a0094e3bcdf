/** The frame's sizes: what has room where, and how high the picture is. */

/** @import { Layer } from "../types.js" */

import { isFinalSoftmax } from "./class_bars.js";

/**
 * @typedef {"wide" | "narrow" | "phone"} RoomKind
 * @typedef {"beside" | "below" | "elsewhere"} BarPlace where the colour bar of a picture is
 */

/** Pixels across from which the input stands beside the picture, and from which it is no phone. */
const WIDE = 640, NARROW = 480;

/** Pixels of the picture's height, the lying colour bar included. */
const STAGE = { wide: 432, narrow: 336 };

/** Pixels of the strip of a channel's strongest images below the picture, with the space before it. */
export const STRIP_HEIGHT = 82;

/** How much of it is taken from a small frame at most. */
const MOST_BELOW = 72;

/** The same of what is small: a few bars, single units, a strip of maps. */
const SMALL_STAGE = { wide: 194, narrow: 190, phone: 190 };

/** Pixels of a colour bar beside the picture, and of one below it, with the space before it. */
export const BAR_WIDTH = 71, BAR_HEIGHT = 42;

/** Pixels between a map with its bar and what is known of it. */
export const SPACE = 20;

/** A phone's picture is as high as it is wide, up to so many pixels. */
const PHONE_SIDE = 400;

/** Bars of classes that have room in a small frame. */
const FEW_BARS = 7;

/** Pixels across below which a toolbar has room for the name alone. */
const TINY = 300;

/** @type {(width: number) => boolean} */
export function isTiny(width) {
  return width > 0 && width < TINY;
}

/** Pixels across below which a layer's type and shape stand under its name. */
const TIGHT = 1000;

/** @type {(width: number) => boolean} */
export function isTight(width) {
  return width > 0 && width < TIGHT;
}

/**
 * @typedef {object} ToolbarRoom what a toolbar has room for beside the layer's name and the
 *   normalization
 * @prop {boolean} order the order of the tiles, which else stands beside the channel's slider
 * @prop {boolean} seldom what is needed seldom, which else is in a menu
 */

/** Pixels across from which it has that room, three warnings being there, too. */
const ORDER = 860, SELDOM = 720;

/** @type {(width: number) => ToolbarRoom} */
export function toolbarRoom(width) {
  return { order: width === 0 || width >= ORDER, seldom: width === 0 || width >= SELDOM };
}

/** Pixels across from which three recordings stand in one row. */
const THREE = 900;

/** @type {(count: number, kind: RoomKind, width: number) => number} panels in a row */
export function panelColumns(count, kind, width) {
  if (count === 3) return kind === "wide" && width >= THREE ? 3 : 2;
  return Math.min(count, 2);
}

/** @type {(width: number) => RoomKind} */
export function roomKind(width) {
  // A box that is not displayed has no width yet.
  if (width === 0 || width >= WIDE) return "wide";
  return width >= NARROW ? "narrow" : "phone";
}

/**
 * The picture's height. What the rows above take beyond one line each is taken from it: the whole
 * stays as high, but on a phone, and where the picture is small already. So does what stands below.
 *
 * @type {(kind: RoomKind, width: number, small: boolean, more?: number, below?: number) => number} in
 *   pixels
 */
export function stageHeight(kind, width, small, more = 0, below = 0) {
  // A colour bar that lies below needs the rest.
  if (small) return SMALL_STAGE[kind] - Math.min(below, MOST_BELOW);
  const height = kind === "phone" ? Math.min(width, PHONE_SIDE) + BAR_HEIGHT : STAGE[kind] - more;
  return height - below;
}

/** Pixels of the input beside the picture, of the axes around one map, and of what is known of it. */
const SIDE_WIDTH = 138, AXES = { left: 34, down: 26 }, BESIDE = 224;

/**
 * Where an open channel's strongest images stand: beside its map, if that leaves them room.
 *
 * @type {(kind: RoomKind, layers: Layer[], number: number, width: number) => "beside" | "below"}
 */
export function stripPlace(kind, layers, number, width) {
  const layer = layers[number];
  if (kind !== "wide" || layer.kind === "sequence") return "below";
  const room = width - SIDE_WIDTH - AXES.left - BAR_WIDTH - SPACE;
  const high = stageHeight(kind, width, isSmall(layers, number)) - AXES.down;
  const map = Math.min(room, high * layer.width / layer.height);
  return room - map >= BESIDE ? "beside" : "below";
}

/**
 * Whether a layer takes a small frame, however its channels are chosen and zoomed.
 *
 * @type {(layers: Layer[], number: number) => boolean}
 */
export function isSmall(layers, number) {
  const layer = layers[number];
  if (isFinalSoftmax(layers, number)) return layer.channels <= FEW_BARS;
  if (layer.kind === "sequence") return false;
  const strip = layer.tiles === 1 && layer.width >= 4 * layer.height;
  return strip || layer.height * layer.width === 1;
}
