/** Which depth slice of a volume is shown; the same rules as actwidget/view/view_state.py. */

/** @import { Layer, Model } from "../types.js" */

/**
 * The slice that is shown of a layer: the one wanted where it has that, else its middle.
 *
 * @param {Layer} layer
 * @param {number} wanted
 * @returns {number} 0 of what is no volume
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

/**
 * The layer, the image and the slice that the state asks for.
 *
 * @param {Model} model
 * @returns {[number, number, number]}
 */
export function pictureWanted(model) {
  const layer = model.get("layer");
  return [layer, model.get("image"), shownSlice(model.get("layers")[layer], model.get("slice"))];
}
