/** The input below a channel's map: how much of it is seen, and where it cannot lie there. */

/** @import { InputImage, Layer, Model, Pixels } from "../types.js" */

import { element } from "./dom.js";

/**
 * @typedef {object} Underlay
 * @prop {HTMLCanvasElement} greys the input
 * @prop {number} alpha the opacity of the map over it
 * @prop {boolean} sharp whether it is so small that its pixels are to be seen
 */

/** The opacity that the key begins with. */
const HALF = 0.5;

/** Pixels of a side up to which each one is to be seen. */
const SMALL = 128;

/**
 * Why a map cannot lie over the input; the same as in actwidget/export/snapshot.py.
 *
 * @type {(hasImage: boolean, layer: Layer, alone: boolean) => string} empty if it can
 */
export function whyNotOver(hasImage, layer, alone) {
  if (!hasImage) return "the model’s input is no image";
  if (layer.type === "Input" && !layer.inputs.length) return "this is the input itself";
  if (layer.kind !== "maps" || layer.height * layer.width === 1) return "this layer has no maps";
  if (!layer.sharesInputGrid) return "this layer’s maps are not known to lie over the input";
  return alone ? "" : "all channels are shown: open one";
}

/** @param {Model} model */
export function alphaOf(model) {
  // A notebook that an older version saved has none.
  return model.get("alpha_overlay") ?? 1;
}

/**
 * What lies below the map, if anything does.
 *
 * @type {(input: InputImage | undefined, alpha: number) => Underlay | null}
 */
export function underlayOf(input, alpha) {
  if (!input?.pixels || alpha >= 1) return null;
  return {
    greys: greysOf(input, input.pixels),
    alpha,
    sharp: Math.max(input.width, input.height) <= SMALL,
  };
}

/** @type {(alpha: number, last: number) => number} the opacity after the key */
export function toggled(alpha, last) {
  if (alpha < 1) return 1;
  return last < 1 ? last : HALF;
}

/** @type {WeakMap<InputImage, HTMLCanvasElement>} by image: a canvas may hold one after another */
const known = new WeakMap();

/**
 * In greys, so that a colour is always the map's.
 *
 * @param {InputImage} input
 * @param {Pixels} pixels of it
 */
function greysOf(input, pixels) {
  const found = known.get(input);
  if (found) return found;
  const canvas = element("canvas", ""), { width, height } = pixels;
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  if (context) {
    context.drawImage(pixels, 0, 0);
    // Not the context's filter, which Safari does not have.
    const image = context.getImageData(0, 0, width, height), { data } = image;
    for (let k = 0; k < data.length; k += 4) {
      data[k] = data[k + 1] = data[k + 2] = 0.299 * data[k] + 0.587 * data[k + 1] +
        0.114 * data[k + 2];
    }
    context.putImageData(image, 0, 0);
  }
  known.set(input, canvas);
  return canvas;
}
