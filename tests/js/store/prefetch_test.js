import * as assert from "../assert.js";

import { neighbours, otherLayers, prefetch } from "../../../actwidget/js/store/prefetch.js";
import { CACHE_BYTES } from "../../../actwidget/js/store/picture_cache.js";
import { keyText } from "../../../actwidget/js/store/picture_key.js";
import { FakeModel } from "../builders.js";

/** @import { PictureKey } from "../../../actwidget/js/types.js" */

/** @param {object} state */
function modelWith(state) {
  const layers = Array.from({ length: 5 }, (_, number) => ({ path: `layer ${number}`, depth: 1 }));
  return /** @type {any} */ (new FakeModel({
    layers,
    images: 1,
    image_index: 0,
    layer: "layer 2",
    slice: 0,
    ...state,
  }));
}

/**
 * @param {number} layer
 * @param {number} image
 * @param {number} slice
 */
function at(layer, image, slice) {
  return { layer, image, slice };
}

/** A store that holds what it is told and notes what is requested. */
class FakeStore {
  waiting = false;
  bytes = 0;
  /** @type {Set<number>} */
  unprepared = new Set();
  /** @type {Set<number>} the layers that came with the page */
  kept = new Set();
  /** @type {string[]} */
  requested = [];
  /** @type {() => void} */
  told = () => {};

  /** @param {string[]} keys */
  constructor(...keys) {
    this.keys = new Set(keys);
  }

  /** @param {PictureKey} key */
  holds(key) {
    return this.keys.has(keyText(key));
  }

  /** @param {PictureKey} key */
  requestAhead(key) {
    this.requested.push(keyText(key));
    this.told();
  }

  /** @param {PictureKey} key */
  isPrepared({ layer }) {
    return !this.unprepared.has(layer);
  }

  /** @param {number} layer */
  isArchived(layer) {
    return this.kept.has(layer);
  }

  /**
   * @param {PictureKey} key
   * @param {number} seconds
   */
  prepare({ layer }, seconds) {
    this.requested.push(`prepare ${layer} for ${seconds} s`);
    this.told();
  }

  /** @returns {Promise<string>} */
  next() {
    return new Promise((resolve) => this.told = () => resolve(""));
  }
}

Deno.test("a stop's neighbours are the layers and the images beside it", () => {
  const found = neighbours(modelWith({ images: 3, image_index: 1 }));
  assert.deepEqual(found, [at(3, 1, 0), at(1, 1, 0), at(2, 2, 0), at(2, 0, 0)]);
});

Deno.test("at the ends there is one neighbour less", () => {
  assert.deepEqual(neighbours(modelWith({ layer: "layer 0" })), [at(1, 0, 0)]);
  assert.deepEqual(neighbours(modelWith({ layer: "layer 4" })), [at(3, 0, 0)]);
});

Deno.test("the slices beside it are a volume's neighbours, and the slice in sight of the next", () => {
  const model = modelWith({ slice: 5 });
  model.get("layers")[2].depth = 7;
  model.get("layers")[3].depth = 4;
  assert.deepEqual(neighbours(model), [at(3, 0, 2), at(1, 0, 0), at(2, 0, 6), at(2, 0, 4)]);
});

Deno.test("once a widget is used, its neighbours are fetched one after the other", async () => {
  const store = new FakeStore("2/0/0");
  const ahead = prefetch(modelWith({}), /** @type {any} */ (store));
  ahead.use();
  await store.next();
  assert.deepEqual(store.requested, ["3/0/0"]);
  store.keys.add("3/0/0");
  ahead.rest();
  await store.next();
  assert.deepEqual(store.requested, ["3/0/0", "1/0/0"]);
  ahead.stop();
});

Deno.test("all other layers, the nearest first", () => {
  const found = otherLayers(modelWith({ layer: "layer 3", images: 3, image_index: 2 }));
  assert.deepEqual(found, [at(4, 2, 0), at(2, 2, 0), at(1, 2, 0), at(0, 2, 0)]);
});

/**
 * Fetch ahead until nothing more is requested for; each answer takes no time.
 *
 * @param {FakeStore} store
 * @param {number} [answers] how many there are at most
 */
async function fetchAll(store, answers = Infinity) {
  const ahead = prefetch(modelWith({}), /** @type {any} */ (store));
  ahead.use();
  while (store.requested.length < answers) {
    const next = store.next();
    const rest = new Promise((resolve) => setTimeout(() => resolve("rest"), 200));
    if (await Promise.race([next, rest])) break;
    store.keys.add(store.requested.at(-1) ?? "");
    ahead.came();
  }
  ahead.stop();
  return store.requested;
}

Deno.test("while answers come fast, all layers are fetched", async () => {
  assert.deepEqual(await fetchAll(new FakeStore("2/0/0")), ["3/0/0", "1/0/0", "4/0/0", "0/0/0"]);
});

Deno.test("when much of what may be kept is there, the neighbours alone are fetched", async () => {
  const store = new FakeStore("2/0/0");
  store.bytes = CACHE_BYTES * 3 / 4;
  assert.deepEqual(await fetchAll(store), ["3/0/0", "1/0/0"]);
});

Deno.test("of the layers that came with the page the neighbours alone are looked up", async () => {
  const store = new FakeStore("2/0/0");
  for (const layer of [0, 1, 2, 3, 4]) store.kept.add(layer);
  assert.deepEqual(await fetchAll(store), ["3/0/0", "1/0/0"]);
});

Deno.test("a layer's statistics are worked out before its picture is requested for", async () => {
  const store = new FakeStore("2/0/0", "1/0/0");
  store.unprepared.add(3);
  const ahead = prefetch(modelWith({}), /** @type {any} */ (store));
  ahead.use();
  await store.next();
  ahead.came();
  await store.next();
  store.unprepared.clear();
  ahead.came();
  await store.next();
  ahead.stop();
  assert.deepEqual(store.requested, ["prepare 3 for 0.02 s", "prepare 3 for 0.02 s", "3/0/0"]);
});

Deno.test("beside live frames nothing is fetched", async () => {
  const store = new FakeStore(), model = modelWith({ live_state: "live" });
  const ahead = prefetch(model, /** @type {any} */ (store));
  ahead.use();
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.deepEqual(store.requested, []);
  // What stands still is fetched ahead as anything else.
  model.set("live_frame", 3);
  model.set("live_state", "paused");
  ahead.rest();
  await store.next();
  assert.deepEqual(store.requested, ['3/0/0/["frame",3]']);
  ahead.stop();
});

Deno.test("where answers come slowly, no more than the neighbours are fetched", async () => {
  const store = new FakeStore("2/0/0", "1/0/0");
  const ahead = prefetch(modelWith({}), /** @type {any} */ (store));
  ahead.use();
  await store.next();
  await new Promise((resolve) => setTimeout(resolve, 150));
  store.keys.add("3/0/0");
  ahead.came();
  await new Promise((resolve) => setTimeout(resolve, 150));
  ahead.stop();
  assert.deepEqual(store.requested, ["3/0/0"]);
});

Deno.test("of a widget in sight that nobody uses the neighbours' statistics are worked out", async () => {
  const store = new FakeStore("2/0/0");
  store.unprepared.add(3).add(4);
  const ahead = prefetch(modelWith({}), /** @type {any} */ (store));
  ahead.see();
  await store.next();
  store.unprepared.delete(3);
  ahead.came();
  await new Promise((resolve) => setTimeout(resolve, 150));
  ahead.stop();
  assert.deepEqual(store.requested, ["prepare 3 for 0.02 s"]);
});
