import * as assert from "./assert.js";

import { fetchAhead, neighbours } from "../../actwidget/js/ahead.js";
import { FakeModel } from "./builders.js";

/** @param {object} state */
function modelWith(state) {
  const layers = Array.from({ length: 5 }, (_, number) => ({ path: `layer ${number}` }));
  return /** @type {any} */ (new FakeModel({ layers, images: 1, image: 0, layer: 2, ...state }));
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
   */
  holds(layer, image) {
    return this.keys.has(`${layer}/${image}`);
  }

  /**
   * @param {number} layer
   * @param {number} image
   */
  wantOverview(layer, image) {
    this.asked.push(`${layer}/${image}`);
    this.told();
  }

  next() {
    return new Promise((resolve) => this.told = () => resolve(null));
  }
}

Deno.test("a stop's neighbours are the layers and the images beside it", () => {
  assert.deepEqual(neighbours(modelWith({ images: 3, image: 1 })), [[3, 1], [1, 1], [2, 2], [
    2,
    0,
  ]]);
});

Deno.test("at the ends there is one neighbour less", () => {
  assert.deepEqual(neighbours(modelWith({ layer: 0 })), [[1, 0]]);
  assert.deepEqual(neighbours(modelWith({ layer: 4 })), [[3, 0]]);
});

Deno.test("once a widget is used, its neighbours are fetched one after the other", async () => {
  const store = new Held("2/0");
  const ahead = fetchAhead(modelWith({}), /** @type {any} */ (store));
  ahead.use();
  await store.next();
  assert.deepEqual(store.asked, ["3/0"]);
  store.keys.add("3/0");
  ahead.rest();
  await store.next();
  assert.deepEqual(store.asked, ["3/0", "1/0"]);
  ahead.stop();
});
