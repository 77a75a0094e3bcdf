/** Patterns that are drawn over tiles: what is not finite, and what says nothing. */

import { NOT_FINITE } from "../numerics/colormaps.js";
import { element } from "./dom.js";

/** @typedef {(context: CanvasRenderingContext2D, size: number) => void} Paint */

/** @type {Map<Paint, CanvasPattern>} made once: each takes a canvas of its own */
const patterns = new Map();

/**
 * @param {Paint} paint
 * @param {number} size pixels of what is repeated
 */
export function patternOf(paint, size) {
  const made = patterns.get(paint);
  if (made) return made;
  const canvas = element("canvas", ""), context = canvas.getContext("2d");
  canvas.width = canvas.height = size;
  if (!context) return null;
  paint(context, size);
  const pattern = context.createPattern(canvas, "repeat");
  if (pattern) patterns.set(paint, pattern);
  return pattern;
}

/** @type {Paint} black dots on the colour of what is not finite, which to some is a light blue */
export function dots(square, size) {
  square.fillStyle = NOT_FINITE;
  square.fillRect(0, 0, size, size);
  square.fillStyle = "#000000";
  square.fillRect(2, 2, 2, 2);
}

/** @type {Paint} quiet diagonal lines, dark and light, seen on every colour */
export function hatching(lines, size) {
  const colours = { "rgb(0 0 0 / 35%)": 0, "rgb(255 255 255 / 45%)": 1.5 };
  lines.lineWidth = 1;
  for (const [colour, shift] of Object.entries(colours)) {
    lines.strokeStyle = colour;
    lines.beginPath();
    for (const start of [-size, 0, size]) {
      lines.moveTo(start + shift, size);
      lines.lineTo(start + size + shift, 0);
    }
    lines.stroke();
  }
}

/** @type {Paint} the same in both directions: of what says nothing on a whole data set */
export function crossed(lines, size) {
  hatching(lines, size);
  lines.transform(-1, 0, 0, 1, size, 0);
  hatching(lines, size);
}
