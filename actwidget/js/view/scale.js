/** The colours in force: a normalization's own limits, or those that are held. */

/** @import { Colouring, Limits, Model, Overview } from "../types.js" */

import { mix } from "../numerics/colormaps.js";

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
  const colours = own.diverging ? cutDiverging(own.colours, limits) : own.colours;
  return { ...own, limits, colours };
}

/**
 * Cut the part between two limits out of colours whose middle stands for 0; as in
 * actwidget/numerics/colormaps.py.
 *
 * @param {[number, string][]} colours
 * @param {Limits} limits
 * @returns {[number, string][]}
 */
export function cutDiverging(colours, [low, high]) {
  const end = Math.max(Math.abs(low), Math.abs(high));
  const first = 0.5 + 0.5 * low / end, last = 0.5 + 0.5 * high / end;
  /** @type {[number, string][]} */
  const inner = colours
    .filter(([position]) => position > first && position < last)
    .map(([position, colour]) => [(position - first) / (last - first), colour]);
  return [[0, mix(colours, first)], ...inner, [1, mix(colours, last)]];
}
