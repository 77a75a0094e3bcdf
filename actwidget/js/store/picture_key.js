/** Which picture the widget's state asks for: the one place where the store reads its traits. */

/** @import { Layer, Model, PictureKey } from "../types.js" */

import {
  DIFFERENCE,
  isExplored,
  isOfOtherImage,
  recordingOf,
  recordingsOf,
  variantOf,
  variantOfRecording,
} from "./variant.js";

/** The traits whose change means another picture. */
export const PICTURE_TRAITS = [
  ...["layer", "image_index", "slice", "show", "target", "ablated", "explored"],
  ...["live_state", "live_frame", "mode", "panel"],
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
 * The recordings that have a layer, of those that are compared.
 *
 * @type {(model: Model, layer: number) => number[]}
 */
export function holdersOf(model, layer) {
  return model.get("compared")?.holders?.[layer] ?? [0];
}

/**
 * The recording that a picture is of, of those that are compared: where the one that is wanted lacks
 * the layer, the first that has it.
 *
 * @type {(model: Model, key: Pick<PictureKey, "layer" | "variant">) => number}
 */
export function recordingShown(model, { layer, variant }) {
  const holders = holdersOf(model, layer), wanted = recordingOf(variant);
  return holders.includes(wanted) ? wanted : holders[0];
}

/** @type {(model: Model, key: PictureKey, recording: number) => PictureKey | null} null: it lacks it */
export function pictureOfRecording(model, { layer, slice }, recording) {
  if (!holdersOf(model, layer).includes(recording)) return null;
  const image = model.get("image_index");
  return { layer, image, slice, ...variantOfRecording(model, recording) };
}

/** @type {(model: Model, key: Pick<PictureKey, "layer" | "variant">) => Layer} as it is there */
export function layerOfPicture(model, { layer, variant }) {
  const recording = recordingOf(variant);
  const other = model.get("compared")?.reshaped?.[recording]?.[layer];
  return { ...model.get("layers")[layer], ...other };
}

/**
 * The same picture in the other recordings that are compared, unless it is their difference.
 *
 * @type {(model: Model, key: PictureKey) => PictureKey[]}
 */
export function picturesBeside(model, key) {
  const { layer, variant } = key, mode = model.get("mode");
  if (recordingsOf(model) === 1 || mode === DIFFERENCE) return [];
  if (isExplored(variant) || model.get("ablated")) return [];
  const shown = recordingShown(model, key);
  return holdersOf(model, layer).filter((each) => each !== shown)
    .flatMap((each) => pictureOfRecording(model, key, each) ?? []);
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
 * Which input a picture is of: a live frame has its own, as has an image of a survey, and each of
 * several recordings that are compared.
 *
 * @type {(key: Pick<PictureKey, "image" | "variant">) => string}
 */
export function inputKey({ image, variant }) {
  const recording = recordingOf(variant);
  if (recording) return `${recording}:${image}`;
  return isOfOtherImage(variant) ? String(variant) : String(image);
}

/** @type {(key: Pick<PictureKey, "layer" | "variant">) => string} whatever the image and the slice */
export function layerText({ layer, variant }) {
  return `${layer}/${variant ?? ""}`;
}
