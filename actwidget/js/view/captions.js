/** Below each tile, where room is left over: its number, and how strong it is or what else it is. */

/** @import { Layout, Overview, Range } from "../types.js" */
/** @import { Box, Theme } from "./plotly_chart.js" */

import { channelState, largest } from "../numerics/channel_table.js";
import { mapRange } from "../numerics/mosaic.js";
import { format } from "./labels.js";

/**
 * Pixels from a tile to its caption, past a bar of its strength; and between the caption's parts, and
 * its end and the next one's number.
 */
const ABOVE = 6, BETWEEN = 6;

/** Pixels more past the bar of what a channel adds to a target. */
const PAST_EFFECT = 3;

/**
 * @param {CanvasRenderingContext2D} context
 * @param {{ layout: Layout, overview: Overview, effects?: unknown, deadOnAll?: Set<number> | null,
 *   theme: Pick<Theme, "text" | "line" | "font"> }} marks
 * @param {number[]} tiles the places of those in sight
 * @param {(area: Range) => Box} pixels
 * @param {Box} box where the picture lies
 */
export function drawCaptions(context, marks, tiles, pixels, box) {
  const { layout, overview, theme, effects, deadOnAll = null } = marks;
  const above = ABOVE + (effects ? PAST_EFFECT : 0);
  context.textBaseline = "top";
  for (const position of tiles) {
    const channel = layout.order[position], tile = pixels(mapRange(layout, position));
    // Of a tile that is partly in sight: below that part.
    const left = Math.max(tile.left, box.left), y = tile.top + tile.height + above;
    const right = Math.min(tile.left + tile.width, box.left + box.width) - BETWEEN;
    const number = String(channel);
    context.font = `600 11px ${theme.font}`;
    context.fillStyle = theme.text;
    context.fillText(number, left, y);
    const begin = left + context.measureText(number).width + BETWEEN;
    context.font = `11px ${theme.font}`;
    context.fillStyle = theme.line;
    for (const text of captionsOf(overview, channel, deadOnAll)) {
      const { width } = context.measureText(text);
      if (right - width < begin) continue;
      context.fillText(text, right - width, y);
      break;
    }
  }
}

/**
 * What is said of a channel, and the same in fewer letters.
 *
 * @type {(overview: Overview, channel: number, deadOnAll?: Set<number> | null) => string[]}
 */
export function captionsOf(overview, channel, deadOnAll = null) {
  if (overview.blank.includes(channel)) return ["not finite"];
  // Only the whole layer is known.
  if (overview.groups === 1) return [];
  const state = channelState(overview, channel);
  if (state === "dead" && deadOnAll) {
    return deadOnAll.has(channel) ? ["dead on all", state] : ["dead here", state];
  }
  if (state) return [state];
  const most = format(largest(overview, channel), 3);
  return [`max |x| ${most}`, most];
}
