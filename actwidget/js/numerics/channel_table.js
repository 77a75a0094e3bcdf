/** What the page knows of each channel: the rows of an overview's table, and how units are decoded. */

/** @import { Overview, Units } from "../types.js" */

import constants from "../../constants.json" with { type: "json" };

/** What the codes above the last one stand for; the same order as in constants.json. */
const SPECIAL = [NaN, Infinity, -Infinity];

/**
 * The last code that is a value; those above it are special.
 *
 * @type {(units: Units) => number} infinite if units are not codes
 */
export function lastCode(units) {
  if (units instanceof Uint16Array) return constants.codes.nan - 1;
  return units instanceof Uint8Array ? constants.archiveCodes.nan - 1 : Infinity;
}

/** Rows of an overview's table before those of the normalizations. */
export const FIRST_SCALE = 6;

/**
 * One number of a layer's table.
 *
 * @type {(overview: Overview, row: number, channel: number) => number}
 */
export function entry(overview, row, channel) {
  return overview.table[row * overview.groups + (overview.groups === 1 ? 0 : channel)];
}

/**
 * @param {Overview} overview
 * @param {number} channel
 */
export function channelStatistics(overview, channel) {
  return {
    minimum: entry(overview, 2, channel),
    mean: entry(overview, 3, channel),
    maximum: entry(overview, 4, channel),
  };
}

/**
 * Whether a channel is constant (flat) or zero throughout (dead).
 *
 * @type {(overview: Overview, channel: number) => "" | "flat" | "dead"}
 */
export function channelState(overview, channel) {
  const state = entry(overview, 5, channel);
  return state === 2 ? "dead" : state === 1 ? "flat" : "";
}

/** @type {(overview: Overview, channel: number) => number} the largest |x|; 0: nothing is finite */
export function largest(overview, channel) {
  const ends = [entry(overview, 2, channel), entry(overview, 4, channel)];
  return Math.max(...ends.map(Math.abs)) || 0;
}

/**
 * What a normalization shows for a value.
 *
 * @type {(overview: Overview, normalization: number, channel: number, value: number) => number}
 */
export function shown(overview, normalization, channel, value) {
  const row = FIRST_SCALE + 2 * normalization;
  return value * entry(overview, row, channel) + entry(overview, row + 1, channel);
}

/**
 * The value that a unit or its code stands for.
 *
 * @type {(overview: Overview, channel: number, units: Units, index: number) => number}
 */
export function decode(overview, channel, units, index) {
  const unit = units[index];
  const last = lastCode(units);
  if (unit > last) return SPECIAL[unit - last - 1];
  if (!Number.isFinite(unit)) return unit;
  return entry(overview, 0, channel) + unit * entry(overview, 1, channel);
}
