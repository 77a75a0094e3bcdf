/** Numbers and places in words: the hover label, the colour bar, the help. */

/** @import { Layer, Limits, UnitPosition, Reading } from "../types.js" */

import constants from "../../constants.json" with { type: "json" };
import { PLANES } from "../numerics/photograph.js";

/**
 * A number in so many significant digits, without trailing zeros.
 *
 * @type {(value: number, digits: number) => string}
 */
export function format(value, digits) {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  let text;
  if (size >= 1e-4 && size < 10 ** Math.max(digits, 6)) {
    text = value.toPrecision(digits);
    if (text.includes("e")) text = String(Number(text));
    if (text.includes(".")) text = text.replace(/\.?0+$/, "");
  } else {
    text = value.toExponential(digits - 1).replace(/\.?0+e/, "e").replace("e+", "e");
  }
  return text.replaceAll("-", "−");
}

/** @type {(layer: Layer) => string} what a layer is: `Conv2D + relu` */
export function layerType(layer) {
  return layer.activation ? `${layer.type} + ${layer.activation}` : layer.type;
}

/**
 * The shape of its output for one image: `30 × 30 × 16`, of a volume `12 × 30 × 30 × 16`,
 * `20 × 64 (time × channels)`, or `4096 units`.
 *
 * @param {Layer} layer
 */
export function shape(layer) {
  if (layer.kind === "units") return layer.channels === 1 ? "1 unit" : `${layer.channels} units`;
  if (layer.kind === "sequence") return `${layer.height} × ${layer.width} (time × channels)`;
  const depth = layer.depth > 1 ? `${layer.depth} × ` : "";
  return `${depth}${layer.height} × ${layer.width} × ${layer.channels}`;
}

/** @type {(layer: Layer) => string} the word for one of a layer's channels */
export function channelWord(layer) {
  return layer.kind === "units" ? "unit" : "channel";
}

/** The share of units beyond the ends of the colours from which it is worth a word. */
export const WORTH_SAYING = 0.01;

/** Digits of the numbers along the colour bar. */
const FEWEST = 3, MOST = 7;

/**
 * A share as a percentage, never 0 for some and never 100 for less than all.
 *
 * @param {number} share from 0 to 1
 */
export function percent(share) {
  if (share > 0 && share < 0.0001) return "< 0.01 %";
  if (share < 1 && share > 0.9999) return "> 99.99 %";
  return `${format(100 * share, share > 0.99 ? 4 : 2)} %`;
}

/** @type {(number: number) => string} 1st, 2nd, 3rd, 4th, … 11th, … 21st */
export function ordinal(number) {
  const teen = Math.floor(number / 10) % 10 === 1;
  return `${number}${teen ? "th" : ["th", "st", "nd", "rd"][number % 10] ?? "th"}`;
}

/**
 * The hover label's lines.
 *
 * @param {Layer} layer
 * @param {UnitPosition} place
 * @param {Reading} reading
 * @param {number} shown
 * @param {Limits} limits
 */
export function label(layer, place, reading, shown, limits, slice = 0) {
  const { block } = reading;
  const row = Math.floor(place.row / block) * block;
  const column = Math.floor(place.column / block) * block;
  const rows = Math.min(block, layer.height - row);
  const columns = Math.min(block, layer.width - column);
  const lines = [];
  if (layer.kind === "units") {
    lines.push(`unit ${place.channel}`);
  } else {
    const words = axisWords(layer);
    const where = [span(words.row, row, rows), span(words.column, column, columns)];
    if (layer.kind !== "sequence") where.unshift(`channel ${place.channel}`);
    if (layer.depth > 1) where.unshift(`slice ${slice}`);
    lines.push(where.join(" · "));
  }
  lines.push(`value ${reading.exact ? "" : "≈ "}${format(reading.value, digits(reading))}`);
  if (Number.isFinite(reading.value)) {
    // A normalization that leaves values as they are would say the number twice.
    const said = shown === reading.value ? [] : [`shown ${format(shown, 3)}`];
    if (shown > limits[1] || shown < limits[0]) said.push("beyond the colours’ end");
    if (said.length) lines.push(said.join(" · "));
  }
  if (rows * columns > 1) lines.push(`strongest of ${rows} × ${columns} units`);
  return lines;
}

/** @type {(effect: number) => string} what a channel adds to the target */
export function effectText(effect) {
  return `the channel adds ${format(effect, 3)}`;
}

/**
 * The hover label's lines for a pixel of an image in colours.
 *
 * @type {(place: UnitPosition, readings: Reading[]) => string[]}
 */
export function coloursLabel({ row, column }, readings) {
  const values = readings.map((reading, k) =>
    `${PLANES[k]} ${reading.exact ? "" : "≈ "}${format(reading.value, digits(reading))}`
  );
  const { block } = readings[0];
  const [rows, columns] = [row, column].map((unit) => Math.floor(unit / block) * block);
  // The values first: where it is narrow the rest is cut off.
  return [
    values.join(" · "),
    `${span("row", rows, block)} · ${span("column", columns, block)}`,
  ];
}

/**
 * What the rows and columns of a layer's maps count.
 *
 * @param {Layer} layer
 */
export function axisWords(layer) {
  if (layer.kind === "sequence") return { row: "time", column: "channel" };
  return { row: "row", column: "column" };
}

/**
 * One of something, or a run of them: `row 3`, `rows 3–6`.
 *
 * @type {(word: string, first: number, count: number) => string}
 */
function span(word, first, count) {
  return count > 1 ? `${word}s ${first}–${first + count - 1}` : `${word} ${first}`;
}

/**
 * How many digits a value has: of one that is not exact as many as its code tells.
 *
 * @param {Reading} reading
 */
export function digits({ value, exact, step }) {
  if (exact) return 7;
  // What is rounded away is at most a quarter of a step.
  const enough = Math.ceil(Math.log10(2 * Math.abs(value) / (step || Infinity))) + 1;
  return Math.min(9, Math.max(4, enough));
}

/** @type {(platform: string) => string} how a wheel zooms, said where it scrolled */
export function wheelHintText(platform) {
  return `${/Mac|iP/.test(platform) ? "⌘" : "Ctrl"} + wheel zooms, or click in the picture first`;
}

/** @type {(layers: Layer[]) => [string, string][]} what can be done in the picture, and how */
export function helpEntries(layers) {
  /** @type {[string, string][]} */
  const entries = [
    ["point, tap", "read a unit"],
    ["click", "open a tile’s channel; of what was tapped: the button below"],
    ["← →", "channel"],
    ["↑ ↓", "layer; with Alt the next one of the same kind"],
    ["/", "find a layer by name or type"],
    ["Shift + arrows", "unit"],
    ["o", "lay an open channel’s map over the input"],
    ["y", "why: explain the likeliest class, or end it; a click on its bar does, too"],
    ["x", "switch the open channel off, or on again"],
    ["space", "pause live frames, or go on: what stands still is exact, with all layers"],
    ["Enter, Esc", "open what is pointed at, go back"],
    ["drag, two fingers", "zoom; so do Ctrl or ⌘ + wheel, and the wheel after a click"],
    ["Shift + drag", "pan"],
    ["+ − 0", "zoom in, out, the whole picture; a double-click, too"],
  ];
  if (layers.some(({ kind }) => kind === "sequence")) {
    entries.splice(2, 0, ["click a column", "frame a sequence’s channel"]);
  }
  if (layers.some(({ depth }) => depth > 1)) entries.splice(4, 0, ["Page ↑ ↓", "slice"]);
  return entries;
}

/**
 * What a page without a kernel holds of the model's numbers.
 *
 * @param {Layer[]} layers
 * @param {number[]} blocks the finest level of detail of each layer, Infinity where it is not there
 * @param {boolean} approximate whether some values are rounded
 */
export function keptText(layers, blocks, approximate) {
  const coarse = layers.flatMap(({ path }, number) => {
    const block = blocks[number];
    return block > 1 && Number.isFinite(block) ? [`${path} (${block} × ${block})`] : [];
  });
  const parts = ["This page needs no kernel."];
  if (approximate) {
    parts.push(
      `Values with ≈ are rounded to 1/${constants.archiveCodes.last} of their channel’s range.`,
    );
  }
  if (coarse.length) {
    const which = coarse.join(", ");
    parts.push(
      `To keep it small, these layers are kept in blocks, each as its strongest unit: ${which}.`,
    );
  }
  return parts.join(" ");
}

/**
 * The colour bar's labels: its ends say where values lie beyond.
 *
 * @param {Limits} limits
 * @param {boolean} below
 * @param {boolean} above
 */
export function colourBarTicks([low, high], below, above) {
  const at = [0, 0.25, 0.5, 0.75, 1].map((share) => low + (high - low) * share);
  // Rounding must not turn the middle of −L…L into 1e-17.
  const exact = at.map((value) => Math.abs(value) < (high - low) * 1e-9 ? 0 : value);
  const text = toldApart((digits) => exact.map((value) => format(value, digits)));
  if (below) text[0] = `≤ ${text[0]}`;
  if (above) text[4] = `≥ ${text[4]}`;
  return { at, text };
}

/** @type {(written: (digits: number) => string[]) => string[]} with as few digits as differ */
function toldApart(written) {
  for (let digits = FEWEST; digits < MOST; digits++) {
    const text = written(digits);
    if (new Set(text).size === text.length) return text;
  }
  return written(MOST);
}
