/** What is on the screen, worked out from the state and from what the page holds. */

/** @import { Attribution, Colouring, Detail, Layer, Layout } from "../types.js" */
/** @import { Limits, Model, Overview, Range } from "../types.js" */
/** @import { Store } from "../store/store.js" */
/** @import { SurveyFacts } from "../store/survey_store.js" */
/** @import { Room } from "../numerics/arrangement.js" */

import { arrange } from "../numerics/arrangement.js";
import { channelLayout, fullRange, gridLayout } from "../numerics/mosaic.js";
import { pageAt, tilesPerPage } from "../numerics/paging.js";
import { blockFor, patchesIn } from "../numerics/level_of_detail.js";
import { channelStatistics, shown } from "../numerics/channel_table.js";
import { shareBeyond } from "../numerics/histogram.js";
import { countAlive, needsMeasures, needsSurvey, tileOrder } from "../numerics/tile_order.js";
import { isInColours, patchesOfAll } from "../numerics/photograph.js";
import { isFinalSoftmax } from "./class_bars.js";
import { cropDiverging } from "../numerics/colormaps.js";
import { channelWord } from "./labels.js";
import { attributionOf, targetOf } from "./attribution.js";
import {
  isOfDifference,
  isOfGradients,
  isOfOtherImage,
  LIVE,
  recordingsOf,
  SIDE_BY_SIDE,
} from "../store/variant.js";
import { layerOfPicture } from "../store/picture_key.js";
import { dataSetOf } from "./survey_text.js";
import { alphaOf, underlayOf, whyNotOver } from "./underlay.js";

/** The channel of a scene that shows all of them. */
export const ALL = -1;

/** What the colours of an image mean where its limits are held. */
const HELD_TITLE = "value · from black to white";

/** @typedef {ReturnType<typeof sceneOf>} Scene what is on the screen */

/**
 * @param {Model} model
 * @param {Store} store
 * @param {Overview} overview of the layer and the image in the state
 * @param {{ key: string, range: Range, ordered: string, order: number[] } | null} before what was
 *   on the screen
 * @param {Room} room that tiles have
 * @param {((of: string, place: number, per: number) => number) | null} [turned] the page of the
 *   tiles, where a screen is too small for all
 */
export function sceneOf(model, store, overview, before, room, turned = null) {
  /** @type {Layer} */
  const layer = layerOfPicture(model, overview);
  // Gradients are no image, whatever they are by, nor are differences.
  if (isNoImage(overview)) layer.isImage = false;
  const wanted = model.get("channel") ?? ALL;
  const channel = wanted < layer.channels ? wanted : ALL;
  // Whether that channel is all there is to see; of a sequence it is one column among the others.
  const alone = channel !== ALL && layer.kind !== "sequence";
  // The channels of an image are its colours.
  const sort = layer.isImage ? "number" : model.get("sort");
  const measures = needsMeasures(sort) ? store.measures(overview.layer) : null;
  const aliveOnly = Boolean(model.get("alive_only")) && !layer.isImage;
  const deadOnly = Boolean(model.get("dead_only")) && !layer.isImage;
  const surveyed = surveyedFor(store, overview.layer, sort, deadOnly);
  const why = attributionOf(model, store, overview);
  const effects = effectsOf(layer, why);
  const changes = changesOf(store, layer, overview);
  // Their place is kept while they are computed.
  const hasBars = targetOf(model) !== null || store.compare.isOn;
  const ordered = JSON.stringify([layer.path, sort, aliveOnly, deadOnly]);
  // Tiles that change places with every frame could not be followed.
  const stays = overview.variant === LIVE && before?.ordered === ordered;
  const order = stays && before ? before.order : tileOrder(sort, overview, layer.tiles, measures, {
    aliveOnly,
    deadOnly,
    surveyed,
    importance: effects,
    changes,
  });
  const inColours = isInColours(layer, channel === ALL ? null : channel);
  const whyNot = whyNotOver(model.get("has_input_image"), layer, alone);
  const input = whyNot ? undefined : store.input(overview);
  const underlay = underlayOf(input, alphaOf(model));
  // The whole map over the whole input, whatever the shape of its units.
  const ratio = underlay && input ? { ratio: input.height / input.width } : {};
  const per = turned && !inColours ? tilesPerPage(layer, room) : Infinity;
  const place = alone ? order.indexOf(channel) : -1;
  const page = turned ? pageAt(order.length, per, turned(ordered, place, per)) : null;
  const tiles = page ? order.slice(page.first, page.end) : order;
  const layout = alone || inColours
    ? { ...channelLayout(layer, inColours ? 0 : channel), ...ratio }
    : gridLayout(layer, tiles, arrange(layer, page?.per ?? tiles.length, room, hasBars));
  const full = fullRange(layout);
  // Where the next layer is laid out the same, the place in sight stays: for comparing them.
  const { columns, rows, period, repeat } = layout;
  const key = JSON.stringify([columns, rows, period, repeat, alone, page?.number]);
  const range = before?.key === key ? before.range : full;
  return {
    key,
    overview,
    detail: refined(store, overview, layout, range, inColours, model),
    layer,
    layout,
    full,
    range,
    normalization: normalizationOf(model),
    colouring: colouringInForce(model, overview),
    channel,
    alone,
    /** The input below the map, if it is seen. */
    underlay,
    /** Why there is none, where there cannot be one. */
    whyNot,
    /** Whether three channels are drawn as the colours of one image. */
    inColours,
    /** The channel in each place, whether all are shown or one. */
    order,
    /** Of what that is the order. */
    ordered,
    /** Of a phone, where not all are on one page. */
    page,
    sort,
    /** How many channels are alive, where the others are left out. */
    alive: aliveOnly ? countAlive(overview, layer.tiles) : null,
    /** What a data set tells of the layer beyond the picture, where it is known. */
    dataSet: dataSetOf(store.survey.header, surveyed, imagesOf(model, overview)),
    /** Whether only those are shown that are dead on all of its images. */
    deadOnly,
    /** The share of the shown units beyond the colours' ends, where it is known. */
    beyond: beyondColours(model, store, overview, layer, alone ? channel : null),
    /** Whether it is a list of bars. */
    asBars: isFinalSoftmax(model.get("layers"), overview.layer) && !isNoImage(overview),
    /** What the layer does for the target, where there is one and it is known. */
    why,
    /** How much each channel adds to the target, where there are several. */
    effects,
    /** How much each channel differs between two recordings, where there are several. */
    changes,
    name: nameOf(layer, overview.slice, channel),
    /** Whether a click opens something: a tile, or of a sequence a column. */
    canOpen: layer.channels > 1 && !inColours && (layer.kind === "sequence" || channel === ALL),
  };
}

/** @type {(model: Model, overview: Overview) => number} of how many images its statistics are */
function imagesOf(model, { variant }) {
  return isOfOtherImage(variant) ? 1 : model.get("images") ?? 1;
}

/**
 * What a survey found of a layer, where it is known; of the recording's own images only if it is
 * needed, as that is worked out first.
 *
 * @type {(store: Store, layer: number, sort: string, deadOnly: boolean) => SurveyFacts | null}
 */
function surveyedFor({ survey }, layer, sort, deadOnly) {
  const isNeeded = deadOnly || needsSurvey(sort) || survey.header?.own === false;
  return isNeeded ? survey.facts(layer) : null;
}

/**
 * The next live frame in place of the one that a scene shows; null: more than that has changed.
 *
 * @type {(store: Store, scene: Scene | null, overview: Overview) => Scene | null}
 */
export function nextFrame(store, scene, overview) {
  const before = scene?.overview;
  const isNext = before?.variant === LIVE && before.layer === overview.layer &&
    before.slice === overview.slice && before.normalizations === overview.normalizations;
  if (!scene || !isNext) return null;
  const { layout, range, inColours } = scene;
  const underlay = scene.underlay && underlayOf(store.input(overview), scene.underlay.alpha);
  return {
    ...scene,
    overview,
    underlay,
    detail: refined(store, overview, layout, range, inColours, null),
  };
}

/** @type {(overview: Overview) => boolean} whether an image's values are replaced by others */
function isNoImage({ variant }) {
  return isOfGradients(variant) || isOfDifference(variant);
}

/**
 * How much each channel adds to the target, where there are several and it is known.
 *
 * @type {(layer: Layer, why: Attribution | null) => (number | null)[] | null}
 */
export function effectsOf({ channels }, why) {
  return channels > 1 && why?.importance?.length === channels ? why.importance : null;
}

/** @type {(store: Store, layer: Layer, overview: Overview) => (number | null)[] | null} */
function changesOf(store, layer, overview) {
  if (!store.compare.isOn || layer.isImage || isOfGradients(overview.variant)) return null;
  const found = store.compare.changes(overview.layer)?.difference ?? null;
  return layer.channels > 1 && found?.length === layer.channels ? found : null;
}

/** @type {(model: Model) => number} its place among the model's normalizations */
function normalizationOf(model) {
  return model.get("normalizations").indexOf(model.get("normalization"));
}

/**
 * The colours in force: a normalization's own limits, or those that are held.
 *
 * @type {(model: Model, overview: Overview) => Colouring}
 */
export function colouringInForce(model, overview) {
  const own = overview.normalizations[normalizationOf(model)];
  /** @type {Limits} */
  const limits = (model.get("hold_scale") && model.get("limits")) || own.limits;
  const colours = own.diverging ? cropDiverging(own.colours, limits) : own.colours;
  const isImage = model.get("layers")?.[overview.layer]?.isImage && !isNoImage(overview);
  const title = isImage && limits !== own.limits ? HELD_TITLE : own.title;
  return { ...own, limits, colours, title };
}

/**
 * The share of a layer's or a channel's units beyond the colours in force. Of held limits Python
 * is asked where the page does not hold every unit.
 *
 * @type {(model: Model, store: Store, overview: Overview, layer: Layer, channel: number | null) =>
 *   number | null}
 */
export function beyondColours(model, store, overview, layer, channel) {
  const normalization = normalizationOf(model), { limits } = colouringInForce(model, overview);
  const own = overview.normalizations[normalization];
  if (channel === null && limits === own.limits) return own.clipped;
  if (overview.block === 1) {
    const channels = channel === null ? [...Array(layer.tiles).keys()] : [channel];
    return shareBeyond(overview, normalization, channels, limits, layer.tiles);
  }
  return channel === null ? store.clippedShare(overview.layer, normalization, limits) : null;
}

/** @type {(layer: Layer, slice: number, channel: number) => string} */
function nameOf(layer, slice, channel) {
  return layer.path + (layer.depth > 1 ? ` slice ${slice}` : "") +
    (channel === ALL ? "" : ` ${channelWord(layer)} ${channel}`);
}

/**
 * The finer units of what is in sight; asked for where the page does not hold them.
 *
 * @type {(store: Store, overview: Overview, layout: Layout, range: Range, inColours: boolean,
 *   model: Model | null) => Detail | null}
 */
export function refined(store, overview, layout, range, inColours, model) {
  // Several pictures share what one may have.
  const panels = model?.get("mode") === SIDE_BY_SIDE ? recordingsOf(model) : 1;
  const block = blockFor(layout, range, store.finest(overview.layer), panels);
  if (block >= overview.block) {
    if (overview.variant === LIVE) store.live.wantNoDetail();
    return null;
  }
  const inSight = patchesIn(layout, range, block);
  const patches = inColours ? patchesOfAll(layout, inSight) : inSight;
  if (!patches.length) return null;
  const held = store.detail(overview, block, patches);
  if (!held) store.requestDetail(overview, block, patches);
  return held ?? null;
}

/**
 * Whether values of what is shown lie beyond the colours' ends.
 *
 * @param {Overview} overview
 * @param {number[]} channels
 * @param {number} normalization
 * @param {Colouring} colouring
 */
export function clipped(
  overview,
  channels,
  normalization,
  { limits: [low, high] },
  isImage = false,
) {
  if (isImage) {
    // Each image has its own.
    const [darkest, lightest] = overview.normalizations[normalization].limits;
    return { below: darkest < low, above: lightest > high };
  }
  let below = false, above = false;
  for (const channel of channels) {
    const { minimum, maximum } = channelStatistics(overview, channel);
    const ends = [minimum, maximum].map((value) => shown(overview, normalization, channel, value));
    below ||= Math.min(...ends) < low - (high - low) * 1e-6;
    above ||= Math.max(...ends) > high + (high - low) * 1e-6;
    if (overview.groups === 1) break;
  }
  return { below, above };
}
