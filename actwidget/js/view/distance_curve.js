/** How far apart two recordings are from layer to layer: a curve over the mini map. */

/** @import { Model } from "../types.js" */
/** @import { CompareStore } from "../store/compare_store.js" */

import { holdersOf } from "../store/picture_key.js";
import { comparedWith } from "../store/compare_store.js";
import { format } from "./labels.js";

/** Pixels above the curve, and below it. */
const TOP = 2, BOTTOM = 2;

/** Images from which a distance is 1 − CKA: `LEAST_IMAGES` of actwidget/numerics/linear_cka.py. */
const LEAST_IMAGES = 3;

/**
 * From 0 at the bottom to 1, or to the largest if that is more, at the top; broken at layers that are
 * not in both.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {number} height
 * @param {string} colour
 * @param {CompareStore} store
 * @param {number} count of layers
 * @param {(layer: number) => number} place where a layer is
 */
export function drawDistances(context, height, colour, store, count, place) {
  const distances = Array.from({ length: count }, (_, layer) => store.distance(layer));
  const most = Math.max(1, ...distances.map((each) => each ?? 0));
  const y = (/** @type {number} */ distance) =>
    height - BOTTOM - (height - TOP - BOTTOM) * distance / most;
  context.strokeStyle = colour;
  context.fillStyle = colour;
  context.lineWidth = 1.25;
  context.beginPath();
  let isOn = false;
  distances.forEach((distance, layer) => {
    const isThere = typeof distance === "number";
    if (isThere) context[isOn ? "lineTo" : "moveTo"](place(layer), y(distance));
    isOn = isThere;
  });
  context.stroke();
  if (count > 60) return;
  distances.forEach((distance, layer) => {
    if (typeof distance === "number") context.fillRect(place(layer) - 1, y(distance) - 1, 2.5, 2.5);
  });
}

/** @type {(model: Model, store: CompareStore, layer: number) => string} for a layer's name */
export function distanceText(model, store, layer) {
  if (!store.isOn) return "";
  const { names } = model.get("compared"), holders = holdersOf(model, layer);
  if (holders.length < names.length) {
    return ` · only in ${holders.map((each) => names[each]).join(" and ")}`;
  }
  const distance = store.distance(layer);
  if (typeof distance !== "number") return "";
  const what = model.get("images") < LEAST_IMAGES ? "relative L2" : "1 − CKA";
  const other = names.length > 2 ? ` to ${names[comparedWith(model)]}` : "";
  return ` · ${what}${other} ${format(distance, 3)}`;
}
