/** The colours in force: a normalization's own limits, or those that are held. */

/** @import { Colouring, Limits, Model, Overview } from "../types.js" */

import { cropDiverging } from "../numerics/colormaps.js";

/**
 * @param {Model} model
 * @param {Overview} overview
 * @returns {Colouring}
 */
export function colouringInForce(model, overview) {
  const normalization = model.get("normalizations").indexOf(model.get("normalization"));
  const own = overview.normalizations[normalization];
  /** @type {Limits} */
  const limits = (model.get("hold_scale") && model.get("limits")) || own.limits;
  const colours = own.diverging ? cropDiverging(own.colours, limits) : own.colours;
  return { ...own, limits, colours };
}
