/** Which picture the widget's state asks for: the one place where the store reads its traits. */

/** @import { Layer, Model, PictureKey } from "../types.js" */

import { isOfOtherImage, variantOf } from "./variant.js";

/** The traits whose change means another picture. */
export const PICTURE_TRAITS = [
  ...["layer", "image_index", "slice", "show", "target", "ablated", "explored"],
  ...["live_state", "live_frame"],
];

/** @type {(model: Model) => PictureKey} the picture that is to be shown */
export function pictureWanted(model) {
  /** @type {Layer[]} */
  const layers = model.get("layers"), shown = model.get("layer");
  return pictureOfLayer(model, layers.findIndex(({ path }) => path === shown));
}

/**
 * Another layer's picture, of the same image and slice.
 *
 * @type {(model: Model, layer: number) => PictureKey}
 */
export function pictureOfLayer(model, layer) {
  /** @type {Layer[]} */
  const layers = model.get("layers");
  const slice = shownSlice(layers[layer], model.get("slice")), variant = variantOf(model);
  // A frame, or an image of a survey, is the only one of its recording.
  const image = isOfOtherImage(variant.variant) ? 0 : model.get("image_index");
  return { layer, image, slice, ...variant };
}

/**
 * The slice that is shown of a layer: the one wanted, or the middle one if the layer does not have it.
 *
 * @type {(layer: Pick<Layer, "depth">, wanted: number) => number} 0 of what is not a volume; as in
 *   actwidget/view/view_state.py
 */
export function shownSlice({ depth }, wanted) {
  if (depth === 1) return 0;
  return wanted < depth ? wanted : Math.floor(depth / 2);
}

/** @param {PictureKey} key */
export function keyText({ layer, image, slice, variant }) {
  return [layer, image, slice, ...(variant ? [variant] : [])].join("/");
}

/**
 * Which input a picture is of: a live frame has its own, as has an image of a survey.
 *
 * @type {(key: Pick<PictureKey, "image" | "variant">) => string}
 */
export function inputKey({ image, variant }) {
  return isOfOtherImage(variant) ? String(variant) : String(image);
}

/** @type {(key: Pick<PictureKey, "layer" | "variant">) => string} whatever the image and the slice */
export function layerText({ layer, variant }) {
  return `${layer}/${variant ?? ""}`;
}
