import * as assert from "./assert.js";

import { fetchAhead, neighbours } from "../../actwidget/js/ahead.js";
import { FakeModel } from "./builders.js";

/** @param {object} state */
function modelWith(state) {
  const layers = Array.from({ length: 5 }, (_, number) => ({ path: `layer ${number}`, depth: 1 }));
  return /** @type {any} */ (new FakeModel({
    layers,
    images: 1,
    image: 0,
    layer: 2,
    slice: 0,
    ...state,
  }));
}

/** A store that holds what it is told and notes what it is asked for. */
class Held {
  waiting = false;
  /** @type {string[]} */
  asked = [];
  /** @type {() => void} */
  told = () => {};

  /** @param {string[]} keys */
  constructor(...keys) {
    this.keys = new Set(keys);
  }

  /**
   * @param {number} layer
   * @param {number} image
   * @param {number} slice
   */
  holds(layer, image, slice) {
    return this.keys.has(`${layer}/${image}/${slice}`);
  }

  /**
   * @param {number} layer
   * @param {number} image
   * @param {number} slice
   */
  wantOverview(layer, image, slice) {
    this.asked.push(`${layer}/${image}/${slice}`);
    this.told();
  }

  next() {
    return new Promise((resolve) => this.told = () => resolve(null));
  }
}

Deno.test("a stop's neighbours are the layers and the images beside it", () => {
  const found = neighbours(modelWith({ images: 3, image: 1 }));
  assert.deepEqual(found, [[3, 1, 0], [1, 1, 0], [2, 2, 0], [2, 0, 0]]);
});

Deno.test("at the ends there is one neighbour less", () => {
  assert.deepEqual(neighbours(modelWith({ layer: 0 })), [[1, 0, 0]]);
  assert.deepEqual(neighbours(modelWith({ layer: 4 })), [[3, 0, 0]]);
});

Deno.test("the slices beside it are a volume's neighbours, and the slice in sight of the next", () => {
  const model = modelWith({ slice: 5 });
  model.get("layers")[2].depth = 7;
  model.get("layers")[3].depth = 4;
  assert.deepEqual(neighbours(model), [[3, 0, 2], [1, 0, 0], [2, 0, 6], [2, 0, 4]]);
});

Deno.test("once a widget is used, its neighbours are fetched one after the other", async () => {
  const store = new Held("2/0/0");
  const ahead = fetchAhead(modelWith({}), /** @type {any} */ (store));
  ahead.use();
  await store.next();
  assert.deepEqual(store.asked, ["3/0/0"]);
  store.keys.add("3/0/0");
  ahead.rest();
  await store.next();
  assert.deepEqual(store.asked, ["3/0/0", "1/0/0"]);
  ahead.stop();
});
