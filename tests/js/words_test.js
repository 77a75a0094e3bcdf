import * as assert from "./assert.js";

import {
  channelWord,
  colourBarTicks,
  format,
  header,
  label,
  layerType,
  shape,
} from "../../actwidget/js/words.js";
import { layerOf, overviewOf, tableOf } from "./builders.js";

/** @import { Reading } from "../../actwidget/js/types.js" */

const UNITS = layerOf({ kind: "units", type: "Dense", height: 1, width: 1, channels: 4096 });

/**
 * @param {Partial<Reading>} [changes]
 * @returns {Reading}
 */
function readingOf(changes = {}) {
  return { value: 0.53210678, block: 1, exact: true, ...changes };
}

// Numbers

for (
  const [value, digits, text] of /** @type {[number, number, string][]} */ ([
    [0, 3, "0"],
    [-0, 3, "0"],
    [1, 3, "1"],
    [1.5, 3, "1.5"],
    [-2.0004, 3, "−2"],
    [0.53210678, 7, "0.5321068"],
    [0.1, 7, "0.1"],
    [100, 3, "100"],
    [1234.5, 3, "1230"],
    [123456, 3, "123000"],
    [999999, 3, "1000000"],
    [1234567, 7, "1234567"],
    [1e6, 3, "1e6"],
    [12345678, 7, "1.234568e7"],
    [0.0001, 3, "0.0001"],
    [0.00012345, 3, "0.000123"],
    [0.00001, 3, "1e−5"],
    [-1.5e-33, 3, "−1.5e−33"],
    [1e30, 3, "1e30"],
    [1.25e10, 3, "1.25e10"],
    [NaN, 3, "NaN"],
    [Infinity, 3, "∞"],
    [-Infinity, 3, "−∞"],
  ])
) {
  Deno.test(`${value} in ${digits} digits is written ${text}`, () => {
    assert.equal(format(value, digits), text);
  });
}

Deno.test("seven digits tell any float32 to at least six", () => {
  for (const value of [1 / 3, 2 / 3e-5, 65504.123, 7.3e-20, 123456.7, 3.3e37]) {
    const read = Number(format(Math.fround(value), 7).replaceAll("−", "-"));
    assert.ok(Math.abs(read - Math.fround(value)) <= 5e-7 * value);
  }
});

// The header

Deno.test("the header names the layer, its kind and shape, and its numbers", () => {
  const layers = [layerOf(), layerOf({ path: "block3_conv2", height: 30, width: 31 })];
  const overview = overviewOf(layers[1], () => 0, {
    layer: 1,
    minimum: -0.25,
    mean: 0.3141592,
    maximum: 9.4,
  });
  assert.equal(
    header(layers, overview, -1).join(" · "),
    "2/2 · block3_conv2 · Conv2D + relu · 30 × 31 × 6 · min −0.25 · mean 0.314 · max 9.4",
  );
});

Deno.test("with one channel open the header has that channel's numbers", () => {
  const layer = layerOf({ channels: 2 });
  const table = tableOf([0, 0], [1, 1], [[1, 1]], [[0, 0]]);
  const overview = overviewOf(layer, () => 0, { groups: 2, table });
  const words = header([layer], overview, 1);
  assert.deepEqual(words.slice(4), ["channel 1", "min 101", "mean 201", "max 301"]);
});

Deno.test("units that are not finite are counted in the header", () => {
  const overview = overviewOf(layerOf(), () => 0, { nonFinite: 12 });
  assert.equal(header([layerOf()], overview, -1).at(-1), "12 not finite");
});

Deno.test("a dense layer has units", () => {
  assert.equal(shape(UNITS), "4096 units");
  assert.equal(channelWord(UNITS), "unit");
  assert.equal(channelWord(layerOf()), "channel");
});

Deno.test("an activation of its own is not repeated", () => {
  assert.equal(layerType(layerOf({ type: "ReLU", activation: null })), "ReLU");
});

Deno.test("a layer's name that holds HTML stays text", () => {
  const path = '<img src=x onerror="alert(1)">&amp;';
  const layer = layerOf({ path });
  assert.equal(header([layer], overviewOf(layer, () => 0), -1)[1], path);
});

// The hover label

Deno.test("a unit's label says where it is, its value and what is shown", () => {
  const place = { channel: 17, row: 13, column: 12 };
  assert.deepEqual(label(layerOf(), place, readingOf(), 0.81, [0, 1]), [
    "channel 17 · row 13 · column 12",
    "value 0.5321068",
    "shown 0.81",
  ]);
});

Deno.test("a value that is not exact is marked and given to four digits", () => {
  const place = { channel: 0, row: 0, column: 0 };
  const [, value] = label(layerOf(), place, readingOf({ exact: false }), 0.81, [0, 1]);
  assert.equal(value, "value ≈ 0.5321");
});

Deno.test("a block's label says which units it stands for and that the strongest is shown", () => {
  const layer = layerOf({ height: 30, width: 30, block: 3 });
  const lines = label(layer, { channel: 2, row: 7, column: 4 }, readingOf({ block: 3 }), 0, [0, 1]);
  assert.equal(lines[0], "channel 2 · rows 6–8 · columns 3–5");
  assert.equal(lines.at(-1), "strongest of 3 × 3 units");
});

Deno.test("a block at the edge counts the units that it has", () => {
  const layer = layerOf({ height: 31, width: 30, block: 3 });
  const place = { channel: 2, row: 30, column: 29 };
  const lines = label(layer, place, readingOf({ block: 3 }), 0, [0, 1]);
  assert.equal(lines[0], "channel 2 · rows 30–30 · columns 27–29");
  assert.equal(lines.at(-1), "strongest of 1 × 3 units");
});

Deno.test("a block of one unit is that unit", () => {
  const layer = layerOf({ height: 31, width: 31, block: 3 });
  const place = { channel: 2, row: 30, column: 30 };
  const lines = label(layer, place, readingOf({ block: 3 }), 0, [0, 1]);
  assert.equal(lines[0], "channel 2 · row 30 · column 30");
  assert.equal(lines.length, 3);
});

Deno.test("a dense layer's label names the unit", () => {
  const lines = label(UNITS, { channel: 99, row: 0, column: 0 }, readingOf(), 0.5, [0, 1]);
  assert.equal(lines[0], "unit 99");
});

Deno.test("a value beyond the colours' end says so, at either end", () => {
  const place = { channel: 0, row: 0, column: 0 };
  for (
    const [shown, beyond] of /** @type {[number, boolean][]} */ ([
      [1.2, true],
      [-1.2, true],
      [1, false],
      [-1, false],
    ])
  ) {
    const line = label(layerOf(), place, readingOf(), shown, [-1, 1])[2];
    assert.equal(line.endsWith("beyond the colours’ end"), beyond);
  }
});

Deno.test("what is no number is not shown as a number", () => {
  const place = { channel: 0, row: 0, column: 0 };
  for (const [value, word] of /** @type {[number, string][]} */ ([[NaN, "NaN"], [Infinity, "∞"]])) {
    const lines = label(layerOf(), place, readingOf({ value }), NaN, [0, 1]);
    assert.deepEqual(lines.slice(1), [`value ${word}`]);
  }
});

// The colour bar

Deno.test("the colour bar has five labels from end to end", () => {
  const { at, text } = colourBarTicks([-2, 2], false, false);
  assert.deepEqual(at, [-2, -1, 0, 1, 2]);
  assert.deepEqual(text, ["−2", "−1", "0", "1", "2"]);
});

Deno.test("its ends say where values lie beyond", () => {
  const text = (/** @type {boolean} */ below, /** @type {boolean} */ above) =>
    colourBarTicks([0, 1], below, above).text;
  assert.deepEqual([text(true, false)[0], text(true, false)[4]], ["≤ 0", "1"]);
  assert.deepEqual([text(false, true)[0], text(false, true)[4]], ["0", "≥ 1"]);
});

Deno.test("rounding does not spoil the middle of a scale", () => {
  assert.equal(colourBarTicks([-0.3, 0.3], false, false).text[2], "0");
  assert.equal(colourBarTicks([-1e-33, 1e-33], false, false).text[4], "1e−33");
});
