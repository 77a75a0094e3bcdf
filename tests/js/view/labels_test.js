import * as assert from "../assert.js";
import numbers from "../../shared/numbers.json" with { type: "json" };

import {
  channelWord,
  colourBarTicks,
  format,
  helpEntries,
  keptText,
  label,
  layerType,
  percent,
  shape,
} from "../../../actwidget/js/view/labels.js";
import { layerOf } from "../builders.js";

/** @import { Layer, Reading } from "../../../actwidget/js/types.js" */

const UNITS = layerOf({ kind: "units", type: "Dense", height: 1, width: 1, channels: 4096 });

/**
 * @param {Partial<Reading>} [changes]
 * @returns {Reading}
 */
function readingOf(changes = {}) {
  return { value: 0.53210678, block: 1, exact: true, step: 0, ...changes };
}

// Numbers

for (const [number, digits, text] of /** @type {[number | string, number, string][]} */ (numbers)) {
  const value = Number(number);
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

// Shares

for (
  const [share, text] of /** @type {[number, string][]} */ ([
    [0, "0 %"],
    [1, "100 %"],
    [0.5, "50 %"],
    [0.0152, "1.5 %"],
    [0.25, "25 %"],
    [0.001, "0.1 %"],
    [0.0001, "0.01 %"],
    [0.00009, "< 0.01 %"],
    [1e-9, "< 0.01 %"],
    [0.99999, "> 99.99 %"],
  ])
) {
  Deno.test(`a share of ${share} is ${text}`, () => {
    assert.equal(percent(share), text);
  });
}

Deno.test("no share of some is 0 %, nor one of less than all 100 %", () => {
  for (let parts = 2; parts < 1e9; parts = Math.ceil(parts * 1.1)) {
    assert.notEqual(percent(1 / parts), "0 %");
    assert.notEqual(percent(1 - 1 / parts), "100 %");
  }
});

Deno.test("a dense layer has units", () => {
  assert.equal(shape(UNITS), "4096 units");
  assert.equal(channelWord(UNITS), "unit");
  assert.equal(channelWord(layerOf()), "channel");
});

Deno.test("an activation of its own is not repeated", () => {
  assert.equal(layerType(layerOf({ type: "ReLU", activation: null })), "ReLU");
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

Deno.test("a number that is shown as it is, is said once", () => {
  const place = { channel: 17, row: 13, column: 12 }, reading = readingOf();
  assert.deepEqual(label(layerOf(), place, reading, reading.value, [0, 1]).slice(1), [
    "value 0.5321068",
  ]);
  assert.deepEqual(label(layerOf(), place, reading, reading.value, [0, 0.5]).slice(2), [
    "beyond the colours’ end",
  ]);
});

Deno.test("a value that is not exact is marked and given to four digits", () => {
  const place = { channel: 0, row: 0, column: 0 };
  const [, value] = label(layerOf(), place, readingOf({ exact: false, step: 0.01 }), 0.81, [0, 1]);
  assert.equal(value, "value ≈ 0.5321");
});

Deno.test("a value far from zero is given to as many digits as its code tells", () => {
  const place = { channel: 0, row: 0, column: 0 };
  const reading = readingOf({ value: 1000.12345, exact: false, step: 0.004 });
  const [, value] = label(layerOf(), place, reading, 0.81, [0, 1]);
  assert.equal(value, "value ≈ 1000.123");
});

// What a page keeps

Deno.test("a page says which layers are kept in blocks", () => {
  const layers = [layerOf({ path: "conv1" }), layerOf({ path: "conv2" }), layerOf()];
  const coarse = keptText(layers, [2, 1, Infinity], true);
  assert.ok(coarse.endsWith("strongest unit: conv1 (2 × 2)."));
  assert.ok(coarse.includes("≈"));
  assert.equal(keptText(layers, [1, 1, Infinity], false), "This page needs no kernel.");
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
  assert.equal(lines[0], "channel 2 · row 30 · columns 27–29");
  assert.equal(lines.at(-1), "strongest of 1 × 3 units");
});

Deno.test("a block of one unit is that unit", () => {
  const layer = layerOf({ height: 31, width: 31, block: 3 });
  const place = { channel: 2, row: 30, column: 30 };
  const lines = label(layer, place, readingOf({ block: 3 }), 0, [0, 1]);
  assert.equal(lines[0], "channel 2 · row 30 · column 30");
  assert.equal(lines.length, 3);
});

Deno.test("a volume is worded with its depth and its slice", () => {
  const layer = layerOf({ depth: 12 });
  assert.equal(shape(layer), "12 × 14 × 20 × 6");
  const place = { channel: 2, row: 3, column: 4 };
  const [where] = label(layer, place, readingOf(), 0, [0, 1], 7);
  assert.equal(where, "slice 7 · channel 2 · row 3 · column 4");
});

Deno.test("a sequence is worded by time and channels", () => {
  const layer = layerOf({ kind: "sequence", height: 20, width: 64, channels: 64, tiles: 1 });
  assert.equal(shape(layer), "20 × 64 (time × channels)");
  const place = { channel: 0, row: 12, column: 40 };
  assert.equal(label(layer, place, readingOf(), 0, [0, 1])[0], "time 12 · channel 40");
  const [block] = label({ ...layer, block: 3 }, place, readingOf({ block: 3 }), 0, [0, 1]);
  assert.equal(block, "times 12–14 · channels 39–41");
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

Deno.test("limits that are close to each other have labels that differ", () => {
  const { text } = colourBarTicks([0.5, 0.5001], true, true);
  assert.deepEqual(text, ["≤ 0.5", "0.50002", "0.50005", "0.50008", "≥ 0.5001"]);
});

Deno.test("rounding does not spoil the middle of a scale", () => {
  assert.equal(colourBarTicks([-0.3, 0.3], false, false).text[2], "0");
  assert.equal(colourBarTicks([-1e-33, 1e-33], false, false).text[4], "1e−33");
});

// The help

Deno.test("the help names the keys of what the model has", () => {
  const keys = (/** @type {Partial<Layer>} */ changes) =>
    helpEntries([layerOf(changes)]).map(([key]) => key);
  assert.ok(!keys({}).includes("Page ↑ ↓"));
  assert.ok(keys({ depth: 3 }).includes("Page ↑ ↓"));
  assert.ok(keys({ kind: "sequence" }).includes("click a column"));
});
