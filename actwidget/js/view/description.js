/** A layer, or one of its channels, in words: the header, its warnings, what a screen reader says. */

/** @import { Layer, Overview } from "../types.js" */
/** @import { DataSet } from "./survey_text.js" */

import { channelState, channelStatistics, largest } from "../numerics/channel_table.js";
import { isOfGradients } from "../store/variant.js";
import { channelWord, format, layerType, ordinal, shape } from "./labels.js";
import { activeText, countText, deadText, silentText } from "./survey_text.js";

/**
 * @typedef {object} Description a layer, or one of its channels, in words
 * @prop {string[]} plain what it is
 * @prop {string[]} numbers
 * @prop {Warning[]} warnings
 *
 * @typedef {object} Warning
 * @prop {string} text
 * @prop {string} short the same where there is no room for words: how many
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
 * @param {DataSet | null} [more.dataSet] what is known of a whole data set
 * @param {boolean} [more.deadOnly] whether only what is dead on all of it is shown
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
  else if (more.deadOnly && more.dataSet && channel < 0) {
    plain.push(silentText(more.dataSet, layer.tiles));
  } else if (typeof more.alive === "number") plain.push(aliveText(more.alive, layer.tiles));
  if (layer.depth > 1) plain.push(`slice ${overview.slice}`);
  const numbers = rangeTexts(layer, values);
  if (numbers.at(-1) !== NOTHING_FINITE && isBlank(layer, overview, channel)) {
    numbers.push(`${NOTHING_FINITE} in this ${layer.depth > 1 ? "slice" : "image"}`);
  }
  if (more.kept && more.kept > 1 && Number.isFinite(more.kept)) {
    numbers.push(`kept in blocks of ${more.kept} × ${more.kept} units`);
  }
  // A gradient that is 0 is no dead channel.
  const warnings = isOfGradients(overview.variant)
    ? []
    : warningsOf(layer, overview, channel, more.dataSet ?? null);
  return { plain, numbers, warnings };
}

/** @type {(alive: number, channels: number) => string} what a grid without dead channels holds */
function aliveText(alive, channels) {
  return alive ? `${alive} of ${channels} alive` : `none of ${channels} alive: all are shown`;
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

/**
 * What a channel that says nothing is: `dead: all 0`.
 *
 * @type {(overview: Overview, channel: number, dataSet?: DataSet | null) => string} empty where the
 *   channel says something
 */
export function silenceText(overview, channel, dataSet = null) {
  const state = channelState(overview, channel);
  if (!state) return "";
  if (state === "flat") return `flat: all ${format(channelStatistics(overview, channel).mean, 3)}`;
  const most = largest(overview, channel), since = sinceText(overview);
  const dead = most === 0 ? "dead: all 0" : `dead: all within ${format(most, 3)} of 0`;
  if (!dataSet) return dead + since;
  const where = ` ${deadText(dataSet, channel)}`;
  return dead + where +
    (dataSet.dead.has(channel) ? "" : `, active on ${activeText(dataSet, channel)}`);
}

/** @type {(overview: Overview) => string} for how long a channel of live frames has been dead */
function sinceText({ frames }) {
  return frames ? ` in ${frames} frame${frames > 1 ? "s" : ""}` : "";
}

/** 12345 as 12K. */
const COMPACT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 0 });

/**
 * @type {(layer: Layer, overview: Overview, channel: number, dataSet: DataSet | null) => Warning[]}
 */
function warningsOf(layer, overview, channel, dataSet) {
  /** @type {Warning[]} */
  const warnings = [];
  const silent = channel >= 0 && silenceText(overview, channel, dataSet);
  if (silent) {
    warnings.push({ text: silent, short: silent.split(":")[0], note: "", about: "silent" });
  }
  if (channel < 0) {
    const groups = Array.from({ length: overview.groups }, (_, group) => group);
    const states = groups.map((group) => channelState(overview, group));
    for (const about of /** @type {const} */ (["dead", "flat"])) {
      const count = states.filter((state) => state === about).length;
      const many = overview.groups < layer.channels ? "all" : String(count);
      const note = about === "dead" ? sinceText(overview) : "";
      const known = about === "dead" && overview.groups === layer.channels ? dataSet : null;
      if (known && count + known.dead.size > 0) {
        const short = String(count || known.dead.size);
        warnings.push({ ...countText(known, count), short, about });
      } else if (count) warnings.push({ text: `${many} ${about}`, short: many, note, about });
    }
  }
  if (overview.nonFinite) {
    const note = layer.firstNonFinite ? ` (first in ${layer.firstNonFinite})` : "";
    const text = `${overview.nonFinite} NaN or ∞`, short = COMPACT.format(overview.nonFinite);
    warnings.push({ text, short, note, about: "non-finite" });
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
