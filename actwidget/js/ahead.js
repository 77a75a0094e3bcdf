/** Fetching ahead: the pictures of the current layer's neighbours, once nothing else is going on. */

/** @import { Model } from "./types.js" */
/** @import { Store } from "./store.js" */

import { pictureWanted, shownSlice } from "./slices.js";

/** Milliseconds of rest after which the neighbours are fetched. */
const REST = 60;

/**
 * Nothing is fetched for a widget that nobody uses: a notebook that is run through may hold many.
 *
 * @param {Model} model
 * @param {Store} store
 * @returns {{ rest: () => void, use: () => void, stop: () => void }} `rest` is to be called after
 *   each picture and whenever one has come, `use` when somebody turns to the widget
 */
export function fetchAhead(model, store) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let pending;
  let used = false, stopped = false;
  const fetch = () => {
    const wanted = neighbours(model).find((stop) => !store.holds(...stop));
    // One at a time, and none before what somebody waits for.
    if (wanted && !store.waiting) store.wantOverview(...wanted);
  };
  const rest = () => {
    clearTimeout(pending);
    if (used && !stopped) pending = setTimeout(fetch, REST);
  };
  return {
    rest,
    use() {
      if (used) return;
      used = true;
      rest();
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
