import * as assert from "../assert.js";
import numbers from "../../shared/numbers.json" with { type: "json" };

import {
  channelWord,
  colourBarTicks,
  description,
  format,
  header as lineOf,
  helpEntries,
  keptText,
  label,
  layerType,
  ordinal,
  percent,
  shape,
  silenceText,
} from "../../../actwidget/js/view/labels.js";
import { layerOf, overviewOf, tableOf } from "../builders.js";

/** @import { Layer, Overview, Reading } from "../../../actwidget/js/types.js" */

const UNITS = layerOf({ kind: "units", type: "Dense", height: 1, width: 1, channels: 4096 });

/**
 * The parts of the line that says what is shown.
 *
 * @param {Layer[]} layers
 * @param {Overview} overview
 * @param {number} channel
 * @param {Parameters<typeof description>[3]} [more]
 */
function header(layers, overview, channel, more) {
  return lineOf(layers, overview, description(layers, overview, channel, more));
}

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

Deno.test("units that are not finite are counted in the header, with the first layer of such", () => {
  const overview = overviewOf(layerOf(), () => 0, { nonFinite: 12 });
  assert.equal(header([layerOf()], overview, -1).at(-1), "12 NaN or ∞");
  const layer = layerOf({ firstNonFinite: "conv0" });
  assert.equal(header([layer], overview, -1).at(-1), "12 NaN or ∞ (first in conv0)");
  const fine = overviewOf(layerOf(), () => 0);
  assert.equal(header([layer], fine, -1).length, 7);
});

Deno.test("where nothing is finite the header has no range", () => {
  const layer = layerOf({ channels: 2 });
  const nothing = { minimum: null, mean: null, maximum: null, nonFinite: 9 };
  const all = overviewOf(layer, () => NaN, { ...nothing, blank: [0, 1] });
  assert.deepEqual(header([layer], all, -1).slice(4), ["no finite value", "9 NaN or ∞"]);
  // Only a channel.
  const table = tableOf([0, 0], [1, 1], [[1, 1]], [[0, 0]]);
  for (const row of [2, 3, 4]) table[row * 2 + 1] = NaN;
  const one = overviewOf(layer, () => 0, { groups: 2, table, nonFinite: 9, blank: [1] });
  assert.deepEqual(header([layer], one, 1).slice(4), [
    "channel 1",
    "no finite value",
    "9 NaN or ∞",
  ]);
  assert.deepEqual(header([layer], one, 0).slice(4, 6), ["channel 0", "min 100"]);
  assert.deepEqual(header([layer], one, -1).slice(4, 7), ["min −1", "mean 0", "max 1"]);
});

Deno.test("where nothing is finite in the picture the header says so beside the others' range", () => {
  const blank = [0, 1];
  const layer = layerOf({ channels: 2 });
  const image = overviewOf(layer, () => NaN, { nonFinite: 9, blank });
  assert.equal(header([layer], image, -1)[7], "no finite value in this image");
  const volume = layerOf({ channels: 2, depth: 3 });
  assert.equal(header([volume], image, -1)[8], "no finite value in this slice");
  const some = overviewOf(layer, () => NaN, { nonFinite: 9, blank: [1] });
  assert.equal(header([layer], some, -1)[7], "9 NaN or ∞");
  assert.equal(header([layer], some, 1)[8], "no finite value in this image");
});

/**
 * An overview of channels with these minima, means and maxima, and 1 for flat, 2 for dead.
 *
 * @param {[number, number, number, number][]} channels
 */
function channelsOf(channels) {
  const layer = layerOf({ channels: channels.length });
  const row = (/** @type {number} */ i) => channels.map((channel) => channel[i]);
  const zeros = channels.map(() => 0);
  const table = [zeros, zeros, row(0), row(1), row(2), row(3), zeros, zeros].flat();
  const groups = channels.length;
  return {
    layer,
    overview: overviewOf(layer, () => 0, { groups, table: Float64Array.from(table) }),
  };
}

Deno.test("the header counts channels that are dead and those that are flat", () => {
  const { layer, overview } = channelsOf([
    [0, 0, 0, 2],
    [-1, 0, 1, 0],
    [0, 0, 1e-33, 2],
    [-0.771, -0.771, -0.771, 1],
  ]);
  assert.deepEqual(header([layer], overview, -1).slice(7), ["2 dead", "1 flat"]);
  const fine = channelsOf([[-1, 0, 1, 0]]);
  assert.equal(header([fine.layer], fine.overview, -1).length, 7);
});

Deno.test("of an open channel the header says what it is instead", () => {
  const { layer, overview } = channelsOf([[0, 0, 0, 2], [-1, 0, 1, 0], [
    -0.771,
    -0.771,
    -0.771,
    1,
  ]]);
  assert.equal(header([layer], overview, 0).at(-1), "dead: all 0");
  assert.equal(header([layer], overview, 1).at(-1), "max 1");
  assert.equal(header([layer], overview, 2).at(-1), "flat: all −0.771");
});

Deno.test("single units are dead or flat all together", () => {
  const { overview } = channelsOf([[0, 0, 0, 2]]);
  assert.equal(header([UNITS], overview, -1).at(-1), "all dead");
});

Deno.test("what a page keeps in blocks is one of its numbers", () => {
  const overview = overviewOf(layerOf(), () => 0);
  const words = (/** @type {number} */ kept) => header([layerOf()], overview, -1, { kept });
  assert.equal(words(4).at(-1), "kept in blocks of 4 × 4 units");
  for (const kept of [1, Infinity]) assert.equal(words(kept).length, 7);
});

Deno.test("what is said, soft and warned of is told apart", () => {
  const { layer, overview } = channelsOf([[0, 0, 0, 2], [-1, 0, 1, 0]]);
  const bad = { ...layer, firstNonFinite: "a" };
  const said = description([bad], { ...overview, nonFinite: 3 }, -1);
  assert.deepEqual(said.plain, ["Conv2D + relu", "14 × 20 × 2"]);
  assert.deepEqual(said.numbers, ["min −1", "mean 0", "max 1"]);
  assert.deepEqual(said.warnings, [
    { text: "1 dead", note: "", about: "dead" },
    { text: "3 NaN or ∞", note: " (first in a)", about: "non-finite" },
  ]);
});

// Silence

for (
  const [channel, text] of /** @type {[[number, number, number, number], string][]} */ ([
    [[0, 0, 0, 2], "dead: all 0"],
    [[-1e-33, 0, 1e-34, 2], "dead: all within 1e−33 of 0"],
    [[0, 1e-9, 2.5e-7, 2], "dead: all within 2.5e−7 of 0"],
    [[-0.771, -0.771, -0.771, 1], "flat: all −0.771"],
    [[4.999999, 5, 5.000001, 1], "flat: all 5"],
    [[0, 0, 0, 0], ""],
    [[-1, 0, 1, 0], ""],
  ])
) {
  Deno.test(`a channel of ${channel.slice(0, 3)} is said to be "${text}"`, () => {
    assert.equal(silenceText(channelsOf([channel]).overview, 0), text);
  });
}

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

Deno.test("a volume is worded with its depth, its slice, and numbers of all slices", () => {
  const layer = layerOf({ depth: 12 });
  assert.equal(shape(layer), "12 × 14 × 20 × 6");
  const overview = overviewOf(layer, () => 0, { slice: 7 });
  assert.deepEqual(header([layer], overview, -1).slice(4), [
    "slice 7",
    "min −1",
    "mean 0",
    "max 1 (all slices)",
  ]);
  const place = { channel: 2, row: 3, column: 4 };
  const [where] = label(layer, place, readingOf(), 0, [0, 1], 7);
  assert.equal(where, "slice 7 · channel 2 · row 3 · column 4");
});

Deno.test("a sequence is worded by time and channels", () => {
  const layer = layerOf({ kind: "sequence", height: 20, width: 64, channels: 64, tiles: 1 });
  assert.equal(shape(layer), "20 × 64 (time × channels)");
  assert.ok(header([layer], overviewOf(layer, () => 0), 12).includes("channel 12 framed"));
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

Deno.test("rounding does not spoil the middle of a scale", () => {
  assert.equal(colourBarTicks([-0.3, 0.3], false, false).text[2], "0");
  assert.equal(colourBarTicks([-1e-33, 1e-33], false, false).text[4], "1e−33");
});

Deno.test("a channel has its place in the order that is shown", () => {
  const layer = layerOf({ channels: 256 });
  const said = description([layer], overviewOf(layer, () => 0), 175, { rank: [1, 256] });
  assert.deepEqual(said.plain.slice(2), ["channel 175", "2nd of 256"]);
  const alive = description([layer], overviewOf(layer, () => 0), -1, { alive: 250 });
  assert.deepEqual(alive.plain.slice(2), ["250 of 256 alive"]);
  const none = description([layer], overviewOf(layer, () => 0), -1, { alive: 0 });
  assert.deepEqual(none.plain.slice(2), ["none of 256 alive: all are shown"]);
  const words = [1, 2, 3, 4, 11, 12, 13, 21, 22, 101, 111, 113].map(ordinal).join(" ");
  assert.equal(words, "1st 2nd 3rd 4th 11th 12th 13th 21st 22nd 101st 111th 113th");
});

// The help

Deno.test("the help names the keys of what the model has", () => {
  const keys = (/** @type {Partial<Layer>} */ changes) =>
    helpEntries([layerOf(changes)]).map(([key]) => key);
  assert.ok(!keys({}).includes("Page ↑ ↓"));
  assert.ok(keys({ depth: 3 }).includes("Page ↑ ↓"));
  assert.ok(keys({ kind: "sequence" }).includes("click a column"));
});
