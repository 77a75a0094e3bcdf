import * as assert from "../assert.js";

import { blockExtremes } from "../../../actwidget/js/numerics/block_reduce.js";
import { Archive } from "../../../actwidget/js/protocol/archive.js";
import { gzip, layerOf, overviewOf, RAW, tableOf } from "../builders.js";

/** @import { Index } from "../../../actwidget/js/protocol/archive.js" */
/** @import { Units } from "../../../actwidget/js/types.js" */

/** Two channels of 4 × 6 units, at an overview of 2 × 3 blocks. */
const FIRST = { layer: 0, image: 0, slice: 0 };
const LAYER = layerOf({ channels: 2, height: 4, width: 6, block: 2 });

/**
 * Numbers of the channel, the row and the column.
 *
 * @param {number} channel
 * @param {number} row
 * @param {number} column
 */
const number = (channel, row, column) => 100 * channel + 10 * row + column;

/** @param {Float64Array | Units} array */
function bytesOf({ buffer }) {
  return new Uint8Array(/** @type {ArrayBuffer} */ (buffer));
}

/**
 * An archive of that layer at one level of detail.
 *
 * @param {number} block
 */
async function archiveAt(block) {
  const { units } = overviewOf({ ...LAYER, block }, number);
  const table = await gzip(bytesOf(tableOf([0], [1], [[1]], [[0]])));
  const maps = await gzip(bytesOf(units));
  const bytes = new Uint8Array(table.byteLength + maps.byteLength);
  bytes.set(new Uint8Array(table.buffer, table.byteOffset, table.byteLength));
  bytes.set(new Uint8Array(maps.buffer, maps.byteOffset, maps.byteLength), table.byteLength);
  /** @type {Index} */
  const index = {
    layers: [{
      block,
      groups: 1,
      minimum: 0,
      mean: 0,
      maximum: 0,
      nonFinite: 0,
      blank: [[[]]],
      normalizations: [RAW],
      table: [[["table", "float64", 8]], 0, table.byteLength],
      maps: [[[[["units", "float32", units.length]], table.byteLength, maps.byteLength]]],
    }],
    inputs: [],
  };
  return new Archive(index, bytes);
}

Deno.test("of recordings that are compared each has what explains its own classes", async () => {
  const parts = [new Float32Array([1, 2, 3, 4]), new Float32Array([5, 6, 7, 8])];
  const packed = await Promise.all(parts.map((each) => gzip(bytesOf(each))));
  const bytes = new Uint8Array(packed.reduce((sum, each) => sum + each.byteLength, 0));
  let start = 0;
  const kept = packed.map((part, k) => {
    bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), start);
    /** @type {any} */
    const layer = {
      part: [[["importance", "float32", 4]], start, part.byteLength],
      cam: null,
      reason: "",
      field: null,
    };
    start += part.byteLength;
    const classes = [[3 - k, k]], names = [["logit of a", "logit of b"]], values = [[0.5, 0.25]];
    return { classes, names, values, layers: [null, layer], saliency: null, input: null };
  });
  const others = { '["other",1]': { layers: [], attributions: kept[1] } };
  const archive = new Archive({ layers: [], inputs: [], attributions: kept[0], others }, bytes);
  const request = { kind: /** @type {const} */ ("attribution"), layer: 1, image: 0 };
  const importance = async (/** @type {any} */ more) =>
    archive.explains({ ...request, ...more }) &&
    (await archive.why({ ...request, ...more })).importance;
  assert.deepEqual(await importance({ target: '"top"' }), [1, 2]);
  assert.deepEqual(await importance({ target: '"top"', recording: 1 }), [5, 6]);
  assert.deepEqual(await importance({ target: "1", recording: 1 }), [7, 8]);
  assert.deepEqual(await importance({ target: "0" }), [3, 4]);
  assert.equal(await importance({ target: "0", recording: 1 }), false);
  assert.equal(await importance({ target: "0", recording: 2 }), false);
  // A layer that is not kept.
  assert.equal(await importance({ target: "0", layer: 0 }), false);
});

Deno.test("an overview is reduced from finer units to the layer's own level of detail", async () => {
  const archive = await archiveAt(1);
  const { block, units } = await archive.overview(FIRST, LAYER);
  assert.equal(block, 2);
  // The largest of each block, which is its last.
  assert.deepEqual([...units], [11, 13, 15, 31, 33, 35, 111, 113, 115, 131, 133, 135]);
});

Deno.test("an overview that is kept at its own level is handed on as it is", async () => {
  const archive = await archiveAt(2);
  assert.deepEqual([...(await archive.overview(FIRST, LAYER)).units.subarray(0, 3)], [0, 1, 2]);
});

Deno.test("a detail is cut out of the units that are kept", async () => {
  const archive = await archiveAt(1);
  const detail = await archive.detail(FIRST, LAYER, 1, [[1, 1, 4, 2, 2], [0, 3, 0, 1, 3]]);
  assert.deepEqual([...detail.units], [114, 115, 124, 125, 30, 31, 32]);
});

Deno.test("layers that are not kept are not there", async () => {
  const archive = await archiveAt(1);
  assert.deepEqual([archive.has(0), archive.has(1)], [true, false]);
  assert.equal(archive.input(0), null);
});

/** @param {number[]} values of one channel of 2 × 2 units */
function strongestOf(values) {
  const layer = layerOf({ channels: 1, height: 2, width: 2 });
  const overview = overviewOf(layer, (_, row, column) => values[2 * row + column]);
  return blockExtremes(overview, 1, 2, 2, 2)[0];
}

Deno.test("of a block the largest |x| is taken, with its sign", () => {
  assert.equal(strongestOf([1, -3, 2, 0]), -3);
  assert.equal(strongestOf([-3, 1, 3, 0]), 3);
});

Deno.test("NaN wins over infinity, and that over all numbers", () => {
  assert.ok(Number.isNaN(strongestOf([Infinity, NaN, 1, Infinity])));
  assert.equal(strongestOf([1, -Infinity, 1e30, 0]), -Infinity);
});

Deno.test("codes are compared by what they stand for", () => {
  const layer = layerOf({ channels: 1, height: 1, width: 2 });
  const overview = overviewOf(layer, () => 0, { encoding: "codes", units: Uint8Array.of(0, 252) });
  overview.table.set([-3, 4 / 252]);
  /** @type {Units} */
  const units = blockExtremes(overview, 1, 1, 2, 2);
  assert.deepEqual([...units], [0]);
});
