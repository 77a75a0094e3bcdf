import * as assert from "../assert.js";

import { comparedWith, CompareStore } from "../../../actwidget/js/store/compare_store.js";
import { picturesBeside, pictureWanted } from "../../../actwidget/js/store/picture_key.js";
import { FakeModel, layerOf } from "../builders.js";

const STATE = {
  layers: [layerOf({ path: "a" }), layerOf({ path: "b" }), layerOf({ path: "c" })],
  compared: { names: ["one", "two", "three"], holders: [[0, 1, 2], [1, 2], [0]] },
  ...{ layer: "a", image_index: 1, slice: 0, mode: "side by side", panel: 0, images: 2 },
};

/** @param {Record<string, unknown>} [changes] */
function storeOf(changes = {}) {
  const model = new FakeModel({ ...STATE, ...changes });
  /** @type {any[]} */
  const sent = [];
  const store = new CompareStore(model, (request) => sent.push(request));
  return { model, sent, store };
}

Deno.test("the last recording is compared with the first, unless another was chosen", () => {
  assert.equal(comparedWith(storeOf().model), 2);
  assert.equal(comparedWith(storeOf({ panel: 1 }).model), 1);
});

Deno.test("distances are asked for until all are known, and belong to the recording", () => {
  const { model, sent, store } = storeOf();
  store.requestDistances();
  store.put({ kind: "compare", request: sent[0], value: { distances: [0.5, null] } });
  assert.deepEqual(sent.map(({ first }) => first), [0, 2]);
  assert.equal(store.distance(0), 0.5);
  assert.equal(store.distance(1), null);
  assert.equal(store.distance(2), undefined);
  assert.equal(store.known, 2);
  model.set("panel", 1);
  assert.equal(store.distance(0), undefined);
});

Deno.test("how much channels differ is asked for once it is wanted", () => {
  const { sent, store } = storeOf();
  assert.equal(store.changes(0), null);
  assert.deepEqual(sent, [{ kind: "changes", layer: 0, recording: 2 }]);
  const value = { difference: [1, 2], distance: [0, 1] };
  store.put({ kind: "compare", request: sent[0], value });
  assert.deepEqual(store.changes(0), value);
});

Deno.test("a page without a kernel has what came along", () => {
  const kept = { distances: { 2: [0.1, null, null] }, changes: { 2: [{ difference: [3] }] } };
  const { sent, store } = storeOf({ compared: { ...STATE.compared, kept } });
  store.requestDistances();
  assert.equal(store.distance(0), 0.1);
  assert.deepEqual(store.changes(0)?.difference, [3]);
  assert.deepEqual(sent, []);
});

Deno.test("nothing is asked where nothing is compared", () => {
  const { sent, store } = storeOf({ compared: {} });
  store.requestDistances();
  assert.equal(store.changes(0), null);
  assert.deepEqual(sent, []);
});

for (
  const [changes, wanted, beside] of /** @type {const} */ ([
    [{}, undefined, ['["other",1]', '["other",2]']],
    [{ panel: 2 }, '["other",2]', [undefined, '["other",1]']],
    [{ layer: "b" }, undefined, ['["other",2]']],
    [{ layer: "c", panel: 1 }, '["other",1]', []],
    [{ mode: "difference", panel: 1 }, '["difference",1]', []],
    [
      { show: "gradient", target: "top" },
      '["gradient","top"]',
      ['["other",1,"gradient","top"]', '["other",2,"gradient","top"]'],
    ],
    [{ ablated: ["a", 0] }, '["without","a",0]', []],
  ])
) {
  Deno.test(`what is wanted, and what beside it, with ${JSON.stringify(changes)}`, () => {
    const { model } = storeOf(changes), key = pictureWanted(model);
    assert.equal(key.variant, wanted);
    assert.deepEqual(picturesBeside(model, key).map(({ variant }) => variant), [...beside]);
  });
}
