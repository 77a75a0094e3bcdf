/** Which slice of a volume is shown; the same rules as actwidget/view/view_state.py. */

/** @import { Layer } from "../types.js" */

/**
 * The slice that is shown of a layer: the one wanted, or the middle one if the layer does not have it.
 *
 * @param {Pick<Layer, "depth">} layer
 * @param {number} wanted
 * @returns {number} 0 of what is not a volume
 */
export function shownSlice({ depth }, wanted) {
  if (depth === 1) return 0;
  return wanted < depth ? wanted : Math.floor(depth / 2);
}

/** @param {Pick<Layer, "depth">[]} layers */
export function deepest(layers) {
  return Math.max(...layers.map(({ depth }) => depth));
}
