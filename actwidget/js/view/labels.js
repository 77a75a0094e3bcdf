/** Numbers and places in words: the header, the hover label, what a screen reader says. */

/** @import { Layer, Limits, Overview, UnitPosition, Reading } from "../types.js" */

import constants from "../../constants.json" with { type: "json" };
import { PLANES } from "../numerics/photograph.js";
import { channelState, channelStatistics, largest } from "../numerics/channel_table.js";

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

/**
 * What a channel that says nothing is: `dead: all 0`.
 *
 * @type {(overview: Overview, channel: number) => string} empty where the channel says something
 */
export function silenceText(overview, channel) {
  const state = channelState(overview, channel);
  if (!state) return "";
  if (state === "flat") return `flat: all ${format(channelStatistics(overview, channel).mean, 3)}`;
  const most = largest(overview, channel);
  return most === 0 ? "dead: all 0" : `dead: all within ${format(most, 3)} of 0`;
}

/** The share of units beyond the ends of the colours from which it is worth a word. */
export const WORTH_SAYING = 0.01;

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

/**
 * @typedef {object} Description a layer, or one of its channels, in words
 * @prop {string[]} plain what it is
 * @prop {string[]} numbers
 * @prop {Warning[]} warnings
 *
 * @typedef {object} Warning
 * @prop {string} text
 * @prop {string} note what is to be said of it where there is room
 * @prop {"silent" | "dead" | "flat" | "non-finite"} about
 */

/**
 * @param {Layer[]} layers
 * @param {Overview} overview
 * @param {number} channel
 * @param {object} more
 * @param {[number, number]} [more.rank] the channel's place in the order that is shown, from 0, and
 *   how many there are
 * @param {number | null} [more.alive] how many channels are alive, where the others are left out
 * @param {number} [more.kept] the finest block that the page holds, where it is all there is
 * @returns {Description}
 */
export function description(layers, overview, channel, more = {}) {
  const layer = layers[overview.layer], plain = [layerType(layer), shape(layer)];
  let values = { minimum: overview.minimum, mean: overview.mean, maximum: overview.maximum };
  if (channel >= 0) {
    const framed = layer.kind === "sequence" ? " framed" : "";
    plain.push(`${channelWord(layer)} ${channel}${framed}`);
    if (overview.groups > 1) values = channelStatistics(overview, channel);
  }
  if (more.rank) plain.push(`${ordinal(more.rank[0] + 1)} of ${more.rank[1]}`);
  else if (typeof more.alive === "number") plain.push(aliveText(more.alive, layer.tiles));
  if (layer.depth > 1) plain.push(`slice ${overview.slice}`);
  const numbers = rangeTexts(layer, values);
  if (numbers.at(-1) !== NOTHING_FINITE && isBlank(layer, overview, channel)) {
    numbers.push(`${NOTHING_FINITE} in this ${layer.depth > 1 ? "slice" : "image"}`);
  }
  if (more.kept && more.kept > 1 && Number.isFinite(more.kept)) {
    numbers.push(`kept in blocks of ${more.kept} × ${more.kept} units`);
  }
  return { plain, numbers, warnings: warningsOf(layer, overview, channel) };
}

/** @type {(alive: number, channels: number) => string} what a grid without dead channels holds */
function aliveText(alive, channels) {
  return alive ? `${alive} of ${channels} alive` : `none of ${channels} alive: all are shown`;
}

/** @type {(number: number) => string} 1st, 2nd, 3rd, 4th, … 11th, … 21st */
export function ordinal(number) {
  const teen = Math.floor(number / 10) % 10 === 1;
  return `${number}${teen ? "th" : ["th", "st", "nd", "rd"][number % 10] ?? "th"}`;
}

/**
 * The same as the parts of one line, with the layer's place and name.
 *
 * @type {(layers: Layer[], overview: Overview, said: Description) => string[]}
 */
export function header(layers, overview, { plain, numbers, warnings }) {
  const place = `${overview.layer + 1}/${layers.length}`, { path } = layers[overview.layer];
  return [place, path, ...plain, ...numbers, ...warnings.map(({ text, note }) => text + note)];
}

/** @type {(layer: Layer, overview: Overview, channel: number) => Warning[]} */
function warningsOf(layer, overview, channel) {
  /** @type {Warning[]} */
  const warnings = [];
  const silent = channel >= 0 && silenceText(overview, channel);
  if (silent) warnings.push({ text: silent, note: "", about: "silent" });
  if (channel < 0) {
    const groups = Array.from({ length: overview.groups }, (_, group) => group);
    const states = groups.map((group) => channelState(overview, group));
    for (const about of /** @type {const} */ (["dead", "flat"])) {
      const count = states.filter((state) => state === about).length;
      const text = overview.groups < layer.channels ? `all ${about}` : `${count} ${about}`;
      if (count) warnings.push({ text, note: "", about });
    }
  }
  if (overview.nonFinite) {
    const note = layer.firstNonFinite ? ` (first in ${layer.firstNonFinite})` : "";
    warnings.push({ text: `${overview.nonFinite} NaN or ∞`, note, about: "non-finite" });
  }
  return warnings;
}

/** Is said in place of a range and a mean that do not exist. */
const NOTHING_FINITE = "no finite value";

/**
 * A range and its mean, of all images, and of all slices as the colours are: so they can be compared.
 *
 * @type {(layer: Layer, numbers: Pick<Overview, "minimum" | "mean" | "maximum">) => string[]}
 */
function rangeTexts(layer, { minimum, mean, maximum }) {
  // JSON has no NaN: in its place stands null.
  if (minimum === null || mean === null || maximum === null || Number.isNaN(mean)) {
    return [NOTHING_FINITE];
  }
  return [
    `min ${format(minimum, 3)}`,
    `mean ${format(mean, 3)}`,
    `max ${format(maximum, 3)}${layer.depth > 1 ? " (all slices)" : ""}`,
  ];
}

/**
 * Whether nothing is finite of what a picture shows: a channel, or all of them.
 *
 * @type {(layer: Layer, overview: Overview, channel: number) => boolean}
 */
function isBlank({ kind, tiles }, { blank }, channel) {
  // The channels of a sequence are columns of its one map.
  return channel < 0 || kind === "sequence" ? blank.length === tiles : blank.includes(channel);
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
function digits({ value, exact, step }) {
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
  const text = at.map((value) => format(Math.abs(value) < (high - low) * 1e-9 ? 0 : value, 3));
  if (below) text[0] = `≤ ${text[0]}`;
  if (above) text[4] = `≥ ${text[4]}`;
  return { at, text };
}
