/** Fetches the pictures that are likely to be wanted next, once nothing else is going on. */

/** @import { Model, PictureKey } from "../types.js" */
/** @import { Store } from "./store.js" */

import { CACHE_BYTES } from "./picture_cache.js";
import { FAST } from "../protocol/requests.js";
import { pictureOfLayer, picturesBeside, pictureWanted } from "./picture_key.js";
import { LIVE } from "./variant.js";

/** Milliseconds of rest after which the neighbours are fetched. */
const REST = 60;

/** Milliseconds for which Python works on statistics ahead: what is wanted may have to wait as long. */
const LEAST_WORK = 20, MOST_WORK = 200;

/** Distant layers may fill so much of the cache: what was seen stays. */
const FAR_BYTES = CACHE_BYTES * 3 / 4;

/**
 * The current picture's neighbours are always fetched. The other layers follow, the nearest first,
 * as long as replies come fast: on a slow line, or while a cell is running, there are better uses.
 *
 * Nothing is fetched for a widget that nobody uses: a notebook may hold many. Of one that is in sight
 * Python works on the neighbours' statistics, which is most of what a first step would wait for.
 *
 * @param {Model} model
 * @param {Store} store
 * @returns {{ rest: () => void, came: () => void, see: () => void, use: () => void, stop: () => void }}
 *   `rest` is to be called after each picture, `came` whenever something requested ahead has come,
 *   `see` when the widget comes into sight, `use` when somebody turns to it
 */
export function prefetch(model, store) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let pending;
  let seen = false, used = false, stopped = false, fast = false;
  let askedAt = 0, working = 0, lineTakes = 0;
  const fetch = () => {
    // One at a time, and none before what somebody waits for, or beside what moves.
    if (store.waiting || pictureWanted(model).variant === LIVE) return;
    const far = used && fast && store.bytes < FAR_BYTES ? otherLayers(model) : [];
    const next =
      neighbours(model).find((key) => !store.holds(key) && (used || !store.isPrepared(key))) ??
        far.find((key) => !store.holds(key) && !store.isArchived(key.layer));
    if (!next) return;
    askedAt = performance.now();
    const prepared = store.isPrepared(next);
    // Work as long as the line takes: a slow one is not to carry many such requests.
    working = prepared ? 0 : Math.min(MOST_WORK, Math.max(LEAST_WORK, lineTakes));
    if (prepared) store.requestAhead(next);
    else store.prepare(next, working / 1000);
  };
  /** @param {number} milliseconds */
  const pause = (milliseconds) => {
    clearTimeout(pending);
    if ((seen || used) && !stopped) pending = setTimeout(fetch, milliseconds);
  };
  return {
    rest: () => pause(REST),
    came() {
      const taken = performance.now() - askedAt;
      lineTakes = taken - working;
      fast = lineTakes < FAST;
      // As long again as it took: half of the kernel's time stays free.
      pause(Math.min(taken, REST));
    },
    see() {
      seen = true;
      pause(REST);
    },
    use() {
      if (used) return;
      used = true;
      pause(REST);
    },
    stop() {
      stopped = true;
      clearTimeout(pending);
    },
  };
}

/**
 * The pictures beside the current one, the likeliest first.
 *
 * @type {(model: Model) => PictureKey[]}
 */
export function neighbours(model) {
  const current = pictureWanted(model), { layer, image, slice } = current;
  const layers = model.get("layers");
  const next = [
    ...beside(layer, 1, layers.length).map((number) => pictureOfLayer(model, number)),
    ...beside(slice, 1, layers[layer].depth).map((other) => ({ ...current, slice: other })),
    ...beside(image, 1, model.get("images")).map((other) => ({ ...current, image: other })),
  ];
  return next.flatMap((key) => [key, ...picturesBeside(model, key)]);
}

/** @type {(number: number, distance: number, count: number) => number[]} those that there are */
function beside(number, distance, count) {
  return [number + distance, number - distance].filter((other) => other >= 0 && other < count);
}

/** @type {(model: Model) => PictureKey[]} the pictures of all other layers, the nearest first */
export function otherLayers(model) {
  const { layer } = pictureWanted(model), count = model.get("layers").length;
  const distances = Array.from({ length: count - 1 }, (_, number) => number + 1);
  return distances.flatMap((distance) => beside(layer, distance, count))
    .map((number) => pictureOfLayer(model, number))
    .flatMap((key) => [key, ...picturesBeside(model, key)]);
}
