import * as assert from "../assert.js";

import {
  attributionOf,
  classExplained,
  overlayOf,
  targetWords,
  valuesWithout,
} from "../../../actwidget/js/view/attribution.js";

/** @import { Model, PictureKey } from "../../../actwidget/js/types.js" */
/** @import { Store } from "../../../actwidget/js/store/store.js" */

const CLASSES = [[[2, "cat", 0.9], [0, "dog", 0.1]], [[0, "dog", 1], [2, "cat", 0]]];

/** @type {PictureKey} */
const KEY = { layer: 4, image: 1, slice: 0 };

/** @type {(state: Record<string, unknown>) => Model} */
function modelOf(state) {
  const names = ["dog", "cow", "cat"];
  const all = { classes: CLASSES, class_names: names, image_index: 0, class_output: 0, ...state };
  return /** @type {any} */ ({
    get: (/** @type {string} */ name) => /** @type {any} */ (all)[name],
  });
}

/** @param {any} answer */
function storeOf(answer) {
  /** @type {unknown[]} */
  const asked = [];
  const why = (/** @type {unknown} */ request) => {
    asked.push(request);
    return answer;
  };
  return { store: /** @type {Store} */ (/** @type {unknown} */ ({ why })), asked };
}

Deno.test("the class that is explained has one number, however it was chosen", () => {
  for (const [target, number] of [["top", 2], ["cat", 2], [2, 2], ["dog", 0], [1, 1]]) {
    assert.equal(classExplained(modelOf({ target })), number);
  }
  assert.equal(classExplained(modelOf({ target: "top", image_index: 1 })), 0);
  for (const target of [null, undefined, ["conv", 3], "zebra"]) {
    assert.equal(classExplained(modelOf({ target })), null);
  }
});

Deno.test("a class may be called top", () => {
  const model = modelOf({ target: "top", class_names: ["a", "top"] });
  assert.equal(classExplained(model), 1);
});

Deno.test("a target has a short name", () => {
  const model = modelOf({});
  assert.equal(targetWords(model, "top"), "cat");
  assert.equal(targetWords(model, 1), "cow");
  assert.equal(targetWords(model, 7), "class 7");
  assert.equal(targetWords(model, ["conv", 17]), "conv · 17");
  assert.equal(targetWords(model, ["conv", 17, [3, 4]]), "conv · 17 · row 3, column 4");
});

Deno.test("without a target nothing is asked for", () => {
  const { store, asked } = storeOf(undefined);
  const model = modelOf({ target: null, overlay: null, ablated: null });
  assert.equal(attributionOf(model, store, KEY), null);
  assert.equal(overlayOf(model, store, KEY), null);
  assert.equal(valuesWithout(model, store), null);
  assert.deepEqual(asked, []);
});

Deno.test("the layer and the image that are shown are asked for", () => {
  const { store, asked } = storeOf(undefined);
  const model = modelOf({ target: ["conv", 3], overlay: "gradient", ablated: ["conv", 7] });
  attributionOf(model, store, KEY);
  overlayOf(model, store, KEY);
  valuesWithout(model, store);
  const target = '["conv",3]';
  assert.deepEqual(asked, [
    { kind: "attribution", target, layer: 4, image: 1 },
    { kind: "saliency", target, image: 1 },
    { kind: "ablation", layer: "conv", channel: 7, image: 0, output: 0, classes: [2, 0] },
  ]);
});

Deno.test("of recordings that are compared each one's own model is asked", () => {
  const { store, asked } = storeOf(undefined);
  const compared = { names: ["one", "other"], holders: Array.from({ length: 5 }, () => [0, 1]) };
  const model = modelOf({ target: 2, overlay: "gradient", compared });
  const key = { ...KEY, variant: '["other",1]' };
  attributionOf(model, store, key);
  overlayOf(model, store, key);
  assert.deepEqual(asked, [
    { kind: "attribution", layer: 4, target: "2", image: 1, recording: 1 },
    { kind: "saliency", target: "2", image: 1, recording: 1 },
  ]);
});

Deno.test("a heatmap says how large it is, and where there is none, why", () => {
  const codes = new Uint8Array(4), cam = { height: 2, width: 2, maximum: 0.5163, codes };
  const model = modelOf({ target: 2, overlay: "grad-cam" });
  const words = (/** @type {any} */ answer) => overlayOf(model, storeOf(answer).store, KEY)?.words;
  assert.equal(words({ cam, reason: "" }), "Grad-CAM ≤ 0.52 · 2 × 2");
  assert.equal(words({ cam: { ...cam, maximum: 0 } }), "Grad-CAM 2 × 2: 0 throughout");
  assert.equal(words({ cam: null, reason: "" }), "no Grad-CAM: this layer has no maps");
  assert.equal(words({ cam: null, reason: "it is late" }), "no Grad-CAM: it is late");
  assert.equal(words({ error: "no memory" }), "no Grad-CAM: no memory");
});
