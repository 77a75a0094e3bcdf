import * as assert from "../assert.js";

import { surveyAnswer, SurveyStore } from "../../../actwidget/js/store/survey_store.js";
import { FakeModel } from "../builders.js";

/** @import { SurveyRequest } from "../../../actwidget/js/protocol/requests.js" */

const TOP = {
  images: [4, 2],
  names: ["a.png", "b.png"],
  labels: ["cat", "dog"],
  values: [2.5, 1],
  boxes: [[0, 0, 5, 5], null],
  width: 5,
  means: null,
};

const FACTS = { active: [3, 0], dead: [1], selectivity: null };

/** @param {Record<string, unknown>} [state] */
function opened(state = {}) {
  const header = { images: 10, own: false, classes: false, layers: [1, 2] };
  const model = new FakeModel({ surveyed: header, top_images: {}, ...state });
  /** @type {SurveyRequest[]} */
  const asked = [];
  return { store: new SurveyStore(model, (request) => asked.push(request)), asked, model };
}

Deno.test("what a survey found is asked for once it is wanted, and kept by what it is of", () => {
  const { store, asked } = opened();
  assert.equal(store.top(1, 0), undefined);
  store.put({ kind: "survey", request: asked[0], value: { ...TOP, pixels: null } });
  assert.deepEqual(store.top(1, 0)?.images, [4, 2]);
  assert.equal(store.top(1, 1), undefined);
  assert.deepEqual(asked, [
    { kind: "top-images", layer: 1, channel: 0 },
    { kind: "top-images", layer: 1, channel: 1 },
  ]);
});

Deno.test("an answer that comes late is that of its own channel", () => {
  const { store, asked } = opened();
  store.top(1, 0);
  store.top(1, 1);
  store.put({ kind: "survey", request: asked[1], value: { ...TOP, images: [7], pixels: null } });
  store.put({ kind: "survey", request: asked[0], value: { ...TOP, pixels: null } });
  assert.deepEqual([store.top(1, 0)?.images, store.top(1, 1)?.images], [[4, 2], [7]]);
});

Deno.test("of layers that were not surveyed nothing is asked", () => {
  const { store, asked } = opened();
  assert.ok(!store.has(0));
  assert.equal(store.facts(0), null);
  assert.deepEqual(asked, []);
});

Deno.test("a notebook of an older version has no survey", () => {
  const { store } = opened({ surveyed: undefined, top_images: undefined });
  assert.equal(store.header, null);
  assert.ok(!store.has(1));
  assert.equal(opened({ surveyed: {} }).store.header, null);
});

Deno.test("what failed is not asked for again until there may be an answer", () => {
  const { store, asked } = opened();
  store.top(1, 0);
  store.put({ kind: "survey", request: asked[0], value: { error: "the file is gone" } });
  assert.equal(store.top(1, 0)?.error, "the file is gone");
  assert.equal(asked.length, 1);
  store.forgetFailures();
  assert.equal(store.top(1, 0), undefined);
  assert.equal(asked.length, 2);
});

Deno.test("the last strips are kept", () => {
  const { store } = opened();
  for (let channel = 0; channel < 70; channel++) {
    const request = /** @type {const} */ ({ kind: "top-images", layer: 1, channel });
    store.put({ kind: "survey", request, value: { ...TOP, pixels: null } });
    // In use.
    store.top(1, 0);
  }
  assert.ok(store.top(1, 0) && store.top(1, 69));
  assert.equal(store.top(1, 5), undefined);
});

Deno.test("a saved notebook shows the channel that was open, and is told which is now", async () => {
  const saved = { layer: 1, channel: 3, facts: FACTS, top: TOP, data: new Uint8Array() };
  const { store, asked, model } = opened({ top_images: saved });
  assert.ok(await store.takeState());
  assert.deepEqual(store.top(1, 3)?.names, ["a.png", "b.png"]);
  assert.deepEqual(store.facts(1)?.dead, [1]);
  assert.deepEqual(asked, []);
  const request = /** @type {const} */ ({ kind: "top-images", layer: 1, channel: 0 });
  const value = { ...TOP, images: [9], pixels: null, data: new Uint8Array([1]) };
  store.put({ kind: "survey", request, value });
  store.save(1, 0);
  const { channel, top, data } = model.get("top_images");
  assert.deepEqual([channel, top.images, data.length, top.pixels], [0, [9], 1, undefined]);
  assert.equal(model.saved, 0);
});

Deno.test("a file that is no picture is none", async () => {
  const data = new TextEncoder().encode("<svg onload='alert(1)'>");
  const answer = await surveyAnswer({ id: 1, kind: "top-images", ...TOP }, data);
  assert.equal(answer.pixels, null);
  assert.deepEqual(answer.names, TOP.names);
  const failed = await surveyAnswer({ id: 1, kind: "error", message: "gone" }, undefined);
  assert.deepEqual(failed, { error: "gone" });
});
