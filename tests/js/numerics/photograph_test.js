import * as assert from "../assert.js";

import {
  drawPhotograph,
  isInColours,
  patchesOfAll,
} from "../../../actwidget/js/numerics/photograph.js";
import { channelLayout } from "../../../actwidget/js/numerics/mosaic.js";
import { colour } from "../../../actwidget/js/numerics/colormaps.js";
import { layerOf, overviewOf, RAW } from "../builders.js";

/** @import { Detail } from "../../../actwidget/js/types.js" */

const IMAGE = layerOf({ isImage: true, channels: 3, height: 2, width: 4, columns: null });

/** @type {(channel: number, row: number, column: number) => number} */
const value = (channel, row, column) => channel + row / 10 + column / 100;

Deno.test("an image of three channels is in colours until one is opened", () => {
  assert.ok(isInColours(IMAGE, null));
  assert.ok(!isInColours(IMAGE, 0));
  assert.ok(!isInColours(layerOf({ isImage: true, channels: 1 }), null));
  assert.ok(!isInColours(layerOf({ channels: 3 }), null));
});

Deno.test("each channel is a plane, and a gap in one is a gap in all", () => {
  const overview = overviewOf(
    IMAGE,
    (channel, row, column) =>
      channel === 1 && row === 1 && column === 2 ? NaN : value(channel, row, column),
  );
  const raster = drawPhotograph(IMAGE, overview, null, 0);
  assert.deepEqual([raster.rows, raster.columns], [2, 4]);
  assert.deepEqual(raster.planes?.map((plane) => Math.round(plane[1][3] * 100)), [13, 113, 213]);
  assert.deepEqual(raster.bad, [[1, 2, 1]]);
});

Deno.test("windows of a detail are those of all channels", () => {
  const layout = channelLayout(IMAGE, 0), patches = patchesOfAll(layout, [[0, 0, 1, 2, 2]]);
  assert.deepEqual(patches.map(([channel]) => channel), [0, 1, 2]);
  const units = Float32Array.from({ length: 12 }, (_, k) => k);
  const detail = /** @type {Detail} */ (
    { ...overviewOf(IMAGE, value), patches, units, layer: 0, image: 0, slice: 0 }
  );
  const { planes, left } = drawPhotograph(IMAGE, overviewOf(IMAGE, value), detail, 0);
  assert.equal(left, 0.25);
  assert.deepEqual(planes?.map((plane) => [...plane[0]]), [[0, 1], [4, 5], [8, 9]]);
});

Deno.test("black is the lower limit, white the upper, and what lies beyond takes their colours", () => {
  const overview = overviewOf(IMAGE, (_channel, _row, column) => [-1, 0, 1, 9][column]);
  const raster = drawPhotograph(IMAGE, overview, null, 0);
  const { data } = withImageData(() => colour(raster, { ...RAW, limits: [-1, 1] }));
  const reds = [0, 1, 2, 3].map((column) => data[4 * column]);
  assert.deepEqual(reds, [0, 128, 255, 255]);
});

/** What Deno has no pictures for. */
class Pixels {
  /**
   * @param {Uint8ClampedArray} data
   * @param {number} width
   * @param {number} height
   */
  constructor(data, width, height) {
    this.data = data;
    this.width = width;
    this.height = height;
  }
}

/** @type {<T>(act: () => T) => T} */
function withImageData(act) {
  const global = /** @type {any} */ (globalThis), before = global.ImageData;
  global.ImageData ??= Pixels;
  try {
    return act();
  } finally {
    global.ImageData = before;
  }
}
