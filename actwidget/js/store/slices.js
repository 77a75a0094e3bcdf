/** Which slice of a volume is shown; the same rules as actwidget/view/view_state.py. */

/** @import { Layer } from "../types.js" */

/**
 * The slice that is shown of a layer: the one wanted, or the middle one if the layer does not have it.
 *
 * @param {Layer} layer
 * @param {number} wanted
 * @returns {number} 0 of what is not a volume
 */
export function shownSlice({ depth }, wanted) {
  if (depth === 1) return 0;
  return wanted < depth ? wanted : Math.floor(depth / 2);
}

/**
 * The slice in words.
 *
 * @param {Layer} layer
 * @param {number} slice
 */
export function sliceText({ depth }, slice) {
  return depth === 1 ? "no slices" : `${slice} of 0–${depth - 1}`;
}

/** @param {Layer[]} layers */
export function deepest(layers) {
  return Math.max(...layers.map(({ depth }) => depth));
}
