import * as assert from "../assert.js";

import {
  description,
  header as lineOf,
  silenceText,
} from "../../../actwidget/js/view/description.js";
import { ordinal } from "../../../actwidget/js/view/labels.js";
import { layerOf, overviewOf, tableOf } from "../builders.js";

/** @import { Layer, Overview } from "../../../actwidget/js/types.js" */

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
  const said = description([bad], { ...overview, nonFinite: 12345 }, -1);
  assert.deepEqual(said.plain, ["Conv2D + relu", "14 × 20 × 2"]);
  assert.deepEqual(said.numbers, ["min −1", "mean 0", "max 1"]);
  assert.deepEqual(said.warnings, [
    { text: "1 dead", short: "1", note: "", about: "dead" },
    { text: "12345 NaN or ∞", short: "12K", note: " (first in a)", about: "non-finite" },
  ]);
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

Deno.test("a layer's name that holds HTML stays text", () => {
  const path = '<img src=x onerror="alert(1)">&amp;';
  const layer = layerOf({ path });
  assert.equal(header([layer], overviewOf(layer, () => 0), -1)[1], path);
});

Deno.test("a volume has its slice in the header, and numbers of all slices", () => {
  const layer = layerOf({ depth: 12 });
  const overview = overviewOf(layer, () => 0, { slice: 7 });
  assert.deepEqual(header([layer], overview, -1).slice(4), [
    "slice 7",
    "min −1",
    "mean 0",
    "max 1 (all slices)",
  ]);
});

Deno.test("a sequence's channel is framed", () => {
  const layer = layerOf({ kind: "sequence", height: 20, width: 64, channels: 64, tiles: 1 });
  assert.ok(header([layer], overviewOf(layer, () => 0), 12).includes("channel 12 framed"));
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
