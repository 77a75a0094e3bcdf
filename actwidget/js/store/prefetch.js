/** Fetching ahead: the pictures that are likely to be wanted next, once nothing else is going on. */

/** @import { Model } from "../types.js" */
/** @import { Store } from "./store.js" */

import { CACHE_BYTES } from "./picture_cache.js";
import { FAST } from "../protocol/requests.js";
import { pictureWanted, shownSlice } from "./slices.js";

/** Milliseconds of rest after which the neighbours are fetched. */
const REST = 60;

/** Milliseconds for which Python works on statistics ahead: so long what is wanted may wait. */
const LEAST_WORK = 20, MOST_WORK = 200;

/** Layers from afar may fill so much of what the page keeps: what was seen stays. */
const FAR_BYTES = CACHE_BYTES * 3 / 4;

/**
 * The current stop's neighbours are always fetched. The other layers follow, the nearest first, as
 * long as answers come fast: on a slow line, or while a cell is being run, there are better uses.
 *
 * Nothing is fetched for a widget that nobody uses: a notebook that is run through may hold many.
 *
 * @param {Model} model
 * @param {Store} store
 * @returns {{ rest: () => void, came: () => void, use: () => void, stop: () => void }} `rest` is to
 *   be called after each picture, `came` whenever something has come that was asked for ahead, `use`
 *   when somebody turns to the widget
 */
export function fetchAhead(model, store) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let pending;
  let used = false, stopped = false, fast = false;
  let askedAt = 0, working = 0, lineTakes = 0;
  const fetch = () => {
    // One at a time, and none before what somebody waits for.
    if (store.waiting) return;
    const far = fast && store.bytes < FAR_BYTES ? otherLayers(model) : [];
    const next = neighbours(model).find((stop) => !store.holds(...stop)) ??
      far.find((stop) => !store.holds(...stop) && !store.keeps(stop[0]));
    if (!next) return;
    askedAt = performance.now();
    const prepared = store.isPrepared(next[0]);
    // Work as long as the line takes, lest a slow one be asked again and again.
    working = prepared ? 0 : Math.min(MOST_WORK, Math.max(LEAST_WORK, lineTakes));
    if (prepared) store.wantAhead(...next);
    else store.prepare(next[0], working / 1000);
  };
  /** @param {number} milliseconds */
  const pause = (milliseconds) => {
    clearTimeout(pending);
    if (used && !stopped) pending = setTimeout(fetch, milliseconds);
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
 * The stops beside the current one, the likeliest first.
 *
 * @param {Model} model
 * @returns {[number, number, number][]} layer, image and slice
 */
export function neighbours(model) {
  const [layer, image, slice] = pictureWanted(model);
  const layers = model.get("layers"), images = model.get("images"), { depth } = layers[layer];
  /** @type {[number, number, number][]} */
  const stops = [layer + 1, layer - 1].filter((number) => layers[number])
    .map((number) => [number, image, shownSlice(layers[number], model.get("slice"))]);
  for (const each of [slice + 1, slice - 1]) {
    if (each >= 0 && each < depth) stops.push([layer, image, each]);
  }
  for (const each of [image + 1, image - 1]) {
    if (each >= 0 && each < images) stops.push([layer, each, slice]);
  }
  return stops;
}

/**
 * All other layers, the nearest first.
 *
 * @param {Model} model
 * @returns {[number, number, number][]} layer, image and slice
 */
export function otherLayers(model) {
  const [layer, image] = pictureWanted(model), layers = model.get("layers");
  /** @type {[number, number, number][]} */
  const stops = [];
  for (let distance = 1; distance < layers.length; distance++) {
    for (const number of [layer + distance, layer - distance]) {
      if (!layers[number]) continue;
      stops.push([number, image, shownSlice(layers[number], model.get("slice"))]);
    }
  }
  return stops;
}
