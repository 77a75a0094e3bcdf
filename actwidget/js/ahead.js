/** Fetching ahead: the pictures of the current layer's neighbours, once nothing else is going on. */

/** @import { Model } from "./types.js" */
/** @import { Store } from "./store.js" */

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
    const wanted = neighbours(model).find(([layer, image]) => !store.holds(layer, image));
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
 * @returns {[number, number][]} layer and image
 */
export function neighbours(model) {
  const layer = model.get("layer"), image = model.get("image");
  const last = model.get("layers").length - 1, images = model.get("images");
  /** @type {[number, number][]} */
  const beside = [[layer + 1, image], [layer - 1, image], [layer, image + 1], [layer, image - 1]];
  return beside.filter(([l, i]) => l >= 0 && l <= last && i >= 0 && i < images);
}
