/** How much each channel differs between two recordings: a bar below its tile. */

/** @import { Box, Theme } from "./plotly_chart.js" */

/** Pixels from a tile to the bar below it, and of that bar. */
const ABOVE = 2, HEIGHT = 4;

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Box} map where the tile lies
 * @param {number} share of the largest of all
 * @param {Pick<Theme, "text" | "line">} theme
 */
export function drawChange(context, { left, top, width, height }, share, theme) {
  const y = top + height + ABOVE;
  context.fillStyle = theme.line;
  context.globalAlpha = 0.35;
  context.fillRect(left, y, width, HEIGHT);
  context.globalAlpha = 1;
  context.fillStyle = theme.text;
  const length = Math.round(Math.min(1, share) * width);
  if (length) context.fillRect(left, y, length, HEIGHT);
}
