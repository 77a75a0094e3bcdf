/** How much each channel differs between two recordings: a bar below its tile. */

/** @import { Box, Theme } from "./plotly_chart.js" */

/** Pixels from a tile to the bar below it, and of that bar. */
const ABOVE = 2, HEIGHT = 3;

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Box} map where the tile lies
 * @param {number} share of the largest of all
 * @param {Pick<Theme, "text" | "line">} theme
 */
export function drawChange(context, { left, top, width, height }, share, theme) {
  const y = top + height + ABOVE;
  context.fillStyle = theme.line;
  context.globalAlpha = 0.25;
  context.fillRect(left, y, width, HEIGHT);
  context.fillStyle = theme.text;
  context.globalAlpha = 0.6;
  const length = Math.round(Math.min(1, share) * width);
  if (length) context.fillRect(left, y, length, HEIGHT);
  context.globalAlpha = 1;
}
