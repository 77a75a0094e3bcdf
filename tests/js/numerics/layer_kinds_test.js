import * as assert from "../assert.js";

import {
  found,
  heights,
  layerKind,
  nextOfKind,
} from "../../../actwidget/js/numerics/layer_kinds.js";

/** @type {[string, string][]} */
const TYPES = [
  ["Conv2D", "conv"],
  ["SeparableConv2D", "conv"],
  ["DepthwiseConv2D", "conv"],
  ["MaxPooling2D", "pool"],
  ["GlobalAveragePooling2D", "pool"],
  ["BatchNormalization", "norm"],
  ["LayerNormalization", "norm"],
  ["Normalization", "norm"],
  ["ReLU", "act"],
  ["LeakyReLU", "act"],
  ["ELU", "act"],
  ["Activation", "act"],
  ["Softmax", "act"],
  ["Dense", "dense"],
  ["LSTM", "dense"],
  ["InputLayer", "other"],
  ["Add", "other"],
  ["Flatten", "other"],
];

for (const [type, kind] of TYPES) {
  Deno.test(`a ${type} is of the kind ${kind}`, () => assert.equal(layerKind({ type }), kind));
}

const LAYERS = ["Input", "Conv2D", "ReLU", "Conv2D", "MaxPooling2D", "Dense"].map((type, n) => ({
  type,
  path: `block${n < 3 ? 1 : 2}/layer_${n}`,
}));

Deno.test("the next of a kind is found in both directions, as far as there is one", () => {
  assert.equal(nextOfKind(LAYERS, 1, 1), 3);
  assert.equal(nextOfKind(LAYERS, 3, -1), 1);
  assert.equal(nextOfKind(LAYERS, 3, 1), 3);
  assert.equal(nextOfKind(LAYERS, 5, -1), 5);
});

Deno.test("all words of a search are in the name or the type, whatever their case", () => {
  assert.deepEqual(found(LAYERS, "", null), [0, 1, 2, 3, 4, 5]);
  assert.deepEqual(found(LAYERS, "CONV", null), [1, 3]);
  assert.deepEqual(found(LAYERS, " block2  conv ", null), [3]);
  assert.deepEqual(found(LAYERS, "block1", "act"), [2]);
  assert.deepEqual(found(LAYERS, "no such", null), []);
});

Deno.test("a tick is as high as the logarithm of its layer's strength", () => {
  const [weak, middle, strong] = heights([0.01, 0.1, 1]);
  assert.equal(strong, 1);
  assert.ok(Math.abs(strong - middle - (middle - weak)) < 1e-9);
});

Deno.test("nothing has no height, and what is next to nothing a little", () => {
  const [none, unknown, tiny, strong] = heights([0, undefined, 1e-30, 2]);
  assert.deepEqual([none, unknown, strong], [0, 0, 1]);
  assert.ok(tiny > 0 && tiny < 0.2);
});

Deno.test("layers that are as strong as each other are as high", () => {
  assert.deepEqual(heights([3, 3, 3]), [1, 1, 1]);
  assert.deepEqual(heights([undefined, undefined]), [0, 0]);
});
