/** How a layer's shown values, or one channel's, are spread. */

/** @import { Limits, Overview } from "../types.js" */

import { channelStatistics, entry, FIRST_SCALE, lastCode, shown } from "./channel_table.js";

/** The limits take at least this share of a bar that spans the values. */
const LEAST_SHARE = 0.4;

/**
 * Count shown values in equal parts of a range; what lies beyond it counts in its ends.
 *
 * They are those of the overview: of a layer that is reduced, each block's strongest.
 *
 * @param {Overview} overview
 * @param {number} normalization
 * @param {number[]} channels
 * @param {Limits} range
 * @param {number} parts
 * @param {number} tiles how many maps the layer has
 * @returns {Float64Array}
 */
export function histogram(overview, normalization, channels, [low, high], parts, tiles) {
  const counts = new Float64Array(parts), { units } = overview, last = lastCode(units);
  const length = units.length / tiles;
  const factor = parts / (high - low), row = FIRST_SCALE + 2 * normalization;
  for (const channel of channels) {
    const scale = entry(overview, row, channel);
    const step = entry(overview, 1, channel) * scale * factor;
    const start = entry(overview, 0, channel) * scale + entry(overview, row + 1, channel) - low;
    const first = start * factor;
    for (let k = channel * length, end = k + length; k < end; k++) {
      const unit = units[k];
      // Neither NaN nor infinite, nor the code of such.
      if (!(unit <= last && unit - unit === 0)) continue;
      const part = Math.floor(unit * step + first);
      counts[part < 0 ? 0 : part >= parts ? parts - 1 : part]++;
    }
  }
  return counts;
}

/**
 * The share of units beyond limits, among those that are finite.
 *
 * @param {Overview} overview in full: of one that is reduced it would be a share of blocks
 * @param {number} normalization
 * @param {number[]} channels
 * @param {Limits} limits
 * @param {number} tiles how many maps the layer has
 */
export function shareBeyond(overview, normalization, channels, [low, high], tiles) {
  // What lies at a limit, as the zeros of a ReLU do, is not beyond it, however it is rounded.
  const slack = 1e-6 * (high - low), size = high - low + 2 * slack;
  // Three equal parts, of which the middle one are the limits.
  const range = /** @type {Limits} */ ([low - slack - size, high + slack + size]);
  const [below, within, above] = histogram(overview, normalization, channels, range, 3, tiles);
  const finite = below + within + above;
  return finite ? (below + above) / finite : 0;
}

/**
 * The range that a bar of the colours spans: all values and the limits, but no so much more than
 * those that nothing of them would be seen.
 *
 * @type {(overview: Overview, normalization: number, channels: number[], limits: Limits) => Limits}
 */
export function barRange(overview, normalization, channels, [low, high]) {
  let least = low, most = high;
  for (const channel of channels) {
    const { minimum, maximum } = channelStatistics(overview, channel);
    const ends = [minimum, maximum].map((value) => shown(overview, normalization, channel, value));
    // Of a channel of which nothing is finite.
    if (ends.some(Number.isNaN)) continue;
    least = Math.min(least, ...ends);
    most = Math.max(most, ...ends);
    if (overview.groups === 1) break;
  }
  const room = (high - low) * (1 / LEAST_SHARE - 1);
  const beyond = low - least + most - high;
  if (beyond <= room) return [least, most];
  return [low - (low - least) * room / beyond, high + (most - high) * room / beyond];
}
