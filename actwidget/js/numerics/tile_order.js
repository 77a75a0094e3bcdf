/** The order of a layer's tiles; the same as actwidget/view/tile_order.py. */

/** @import { Measures, Overview } from "../types.js" */

import { channelState, channelStatistics, decode, largest } from "./channel_table.js";

/** Orders that need no more than a name; another is `like 17`, by likeness to a channel. */
export const IMPORTANCE = "importance", SELECTIVITY = "selectivity", ACTIVITY = "activity";
export const LARGEST_DIFFERENCE = "largest difference";
export const SORTS = [
  ...["number", "strongest", "mean", "zeros", "variance", IMPORTANCE],
  ...[SELECTIVITY, ACTIVITY, LARGEST_DIFFERENCE],
];

/** @type {(sort: string) => number | null} the channel that others are to be like */
export function likeWhich(sort) {
  const [, channel] = /^like (\d{1,9})$/.exec(sort) ?? [];
  return channel === undefined ? null : Number(channel);
}

/** @param {string} sort */
export function isSort(sort) {
  return SORTS.includes(sort) || likeWhich(sort) !== null;
}

/** @param {string} sort whether it takes measures of the layer, which Python is asked for */
export function needsMeasures(sort) {
  return sort === "zeros" || sort === "variance";
}

/**
 * @typedef {object} Surveyed what a survey found of a layer
 * @prop {number[]} active on how many images each channel is active
 * @prop {number[]} dead the channels that are 0 on all of them
 * @prop {(number | null)[] | null} selectivity of each channel; null: there are no classes
 */

/** @param {string} sort whether it takes what a survey found */
export function needsSurvey(sort) {
  return sort === SELECTIVITY || sort === ACTIVITY;
}

/**
 * The channel in each place.
 *
 * @param {string} sort
 * @param {Overview} overview
 * @param {number} channels
 * @param {Measures | null} measures where they are known
 * @param {object} [more]
 * @param {boolean} [more.aliveOnly] whether dead channels are left out, unless all are
 * @param {boolean} [more.deadOnly] whether all are left out but those that are dead on the whole
 *   survey, if there are some
 * @param {(number | null)[] | null} [more.importance] of each channel, where it is known
 * @param {(number | null)[] | null} [more.changes] how much each differs between two recordings
 * @param {Surveyed | null} [more.surveyed] what a survey found, where it is known
 * @returns {number[]}
 */
export function tileOrder(sort, overview, channels, measures, more = {}) {
  const {
    aliveOnly = false,
    deadOnly = false,
    importance = null,
    surveyed = null,
    changes = null,
  } = more;
  const numbers = Array.from({ length: channels }, (_, channel) => channel);
  const given = sort === LARGEST_DIFFERENCE ? changes : sort === IMPORTANCE ? importance : null;
  const known = given?.length === channels ? given : null;
  // Whatever the sign.
  const size = known
    ? (/** @type {number} */ channel) => Math.abs(known[channel] ?? 0)
    : surveyedSize(sort, channels, surveyed) ?? sizeFor(sort, overview, channels, measures);
  if (size) {
    const sizes = Float64Array.from(numbers, size);
    numbers.sort((a, b) => sizes[b] - sizes[a] || a - b);
  }
  if (deadOnly && surveyed?.active.length === channels) {
    const dead = new Set(surveyed.dead), silent = numbers.filter((channel) => dead.has(channel));
    return silent.length ? silent : numbers;
  }
  const alive = aliveOnly ? numbers.filter((channel) => isAlive(overview, channels, channel)) : [];
  return alive.length ? alive : numbers;
}

/**
 * How many of a layer's channels are alive; null where that is not known of each, as of single units.
 *
 * @type {(overview: Overview, channels: number) => number | null}
 */
export function countAlive(overview, channels) {
  if (overview.groups !== channels) return null;
  const numbers = Array.from({ length: channels }, (_, channel) => channel);
  return numbers.filter((channel) => isAlive(overview, channels, channel)).length;
}

/** @type {(overview: Overview, channels: number, channel: number) => boolean} */
function isAlive(overview, channels, channel) {
  return overview.groups !== channels || channelState(overview, channel) !== "dead";
}

/**
 * What a survey has to sort by; a channel without selectivity comes last.
 *
 * @type {(sort: string, channels: number, surveyed: Surveyed | null) =>
 *   ((channel: number) => number) | null}
 */
function surveyedSize(sort, channels, surveyed) {
  if (!surveyed || !needsSurvey(sort)) return null;
  const sizes = sort === ACTIVITY ? surveyed.active : surveyed.selectivity;
  return sizes?.length === channels ? (channel) => sizes[channel] ?? -1 : null;
}

/**
 * What tiles are sorted by, the largest first; null: by number.
 *
 * @type {(sort: string, overview: Overview, channels: number,
 *   measures: Measures | null) => ((channel: number) => number) | null}
 */
function sizeFor(sort, overview, channels, measures) {
  // Where each channel is a single unit there is one group: it counts with its value in this image.
  const grouped = overview.groups === channels;
  const finite = (/** @type {number} */ size) => Number.isFinite(size) ? size : 0;
  const unit = (/** @type {number} */ channel) =>
    finite(decode(overview, channel, overview.units, channel));
  if (sort === "strongest") {
    return (channel) => grouped ? largest(overview, channel) : Math.abs(unit(channel));
  }
  if (sort === "mean") {
    const mean = (/** @type {number} */ channel) => channelStatistics(overview, channel).mean;
    return (channel) => grouped ? finite(mean(channel)) : unit(channel);
  }
  if (needsMeasures(sort)) {
    const numbers = measures?.[/** @type {"zeros" | "variance"} */ (sort)];
    return numbers ? (channel) => numbers[channel] : null;
  }
  const other = likeWhich(sort);
  if (other === null || other >= channels || !grouped || channels === 1) return null;
  return likenessTo(other, overview, channels);
}

/**
 * How much each channel is like another in this image: the correlation of their maps, as they are
 * in the overview. The channel itself is the first, and what is constant the last.
 *
 * @type {(other: number, overview: Overview, channels: number) => (channel: number) => number}
 */
function likenessTo(other, overview, channels) {
  const length = overview.units.length / channels;
  const map = (/** @type {number} */ channel) => {
    const values = new Float64Array(length);
    let sum = 0;
    for (let k = 0; k < length; k++) {
      const value = decode(overview, channel, overview.units, channel * length + k);
      values[k] = Number.isFinite(value) ? value : 0;
      sum += values[k];
    }
    const mean = sum / length;
    let squares = 0;
    for (let k = 0; k < length; k++) {
      values[k] -= mean;
      squares += values[k] ** 2;
    }
    return { values, size: Math.sqrt(squares) };
  };
  const one = map(other);
  return (channel) => {
    if (channel === other) return 2;
    const { values, size } = map(channel);
    if (!(size * one.size > 0)) return -2;
    let product = 0;
    for (let k = 0; k < length; k++) product += values[k] * one.values[k];
    // Rounded, so that equal maps are equally alike.
    return Math.round(product / (size * one.size) * 1e9) / 1e9;
  };
}
