/** The order of a layer's tiles; the same as actwidget/view/tile_order.py. */

/** @import { Overview } from "../types.js" */

import { decode, largest } from "./channel_table.js";

/**
 * The channels by their largest |x|; where each is a single unit, by that in this image.
 *
 * @type {(overview: Overview, channels: number) => number[]}
 */
export function strongestFirst(overview, channels) {
  const sizes = Float64Array.from({ length: channels }, (_, channel) => {
    if (overview.groups === channels) return largest(overview, channel);
    const size = Math.abs(decode(overview, channel, overview.units, channel));
    return Number.isFinite(size) ? size : 0;
  });
  return Array.from(sizes.keys()).sort((a, b) => sizes[b] - sizes[a] || a - b);
}
