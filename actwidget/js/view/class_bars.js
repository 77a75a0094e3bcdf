/** A final softmax as a sorted list of bars from 0 to 1. */

/** @import { Layer, Overview } from "../types.js" */

import { element, OWN_KEYS } from "./dom.js";
import { decode } from "../numerics/channel_table.js";
import { format } from "./labels.js";

/** How many bars are shown; the rest is summed up. */
const MOST = 40;

/**
 * Whether a layer's units are probabilities, to be shown as bars.
 *
 * @type {(layers: Layer[], number: number) => boolean}
 */
export function isFinalSoftmax(layers, number) {
  const layer = layers[number];
  return number === layers.length - 1 && layer.height === 1 && layer.width === 1 &&
    (layer.activation === "softmax" || layer.type === "Softmax");
}

/**
 * @typedef {{ unit: number, name: string, value: number, opened: boolean }} ClassBar
 *
 * The largest bars, the one that is pointed out among them, and words for the rest.
 *
 * @type {(overview: Overview, layer: Layer, names: string[], channel: number) => { shown: ClassBar[],
 *   rest: string }}
 */
export function largestBars(overview, layer, names, channel) {
  const values = Array.from({ length: layer.channels }, (_, unit) => ({
    unit,
    name: names[unit] ?? `unit ${unit}`,
    value: decode(overview, unit, overview.units, unit),
    opened: unit === channel,
  }));
  const size = (/** @type {number} */ value) => Number.isNaN(value) ? -Infinity : value;
  values.sort((a, b) => size(b.value) - size(a.value) || a.unit - b.unit);
  const shown = values.filter(({ opened }, place) => place < MOST || opened);
  const rest = values.length - shown.length;
  const most = rest > 0 ? format(values[MOST].value, 3) : "";
  return { shown, rest: rest > 0 ? `${rest} more, each at most ${most}` : "" };
}

/**
 * @param {Overview} overview
 * @param {Layer} layer
 * @param {string[]} names of the classes, or none
 * @param {number} channel the unit to point out, or -1
 * @param {(unit: number) => void} open
 * @returns {HTMLElement}
 */
export function bars(overview, layer, names, channel, open) {
  const { shown, rest } = largestBars(overview, layer, names, channel);
  const rows = shown.map(({ unit, name, value, opened }) => {
    const bar = element("span", "actwidget-bar-fill");
    bar.style.width = `${100 * Math.min(1, Math.max(0, value || 0))}%`;
    const row = element("button", "actwidget-bar", { type: "button", ...OWN_KEYS }, [
      element("span", "actwidget-bar-name", {}, [name]),
      element("span", "actwidget-bar-track", {}, [bar]),
      element("span", "actwidget-bar-value", {}, [format(value, 7)]),
    ]);
    if (opened) row.classList.add("actwidget-bar-open");
    row.title = `unit ${unit}`;
    row.addEventListener("click", () => open(unit));
    return element("li", "", {}, [row]);
  });
  const label = { "aria-label": `${layer.path}, largest first` };
  const list = element("ol", "actwidget-bars", label, rows);
  if (rest) list.append(element("li", "actwidget-bars-rest", {}, [rest]));
  return list;
}
