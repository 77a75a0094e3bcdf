import * as assert from "../assert.js";

import {
  channelLayout,
  fullRange,
  gridLayout,
  locate,
  tileCells,
} from "../../../actwidget/js/numerics/mosaic.js";
import { blockFor, GRID_CELLS, patchesIn } from "../../../actwidget/js/numerics/level_of_detail.js";
import { layerOf } from "../builders.js";

/** @import { Range } from "../../../actwidget/js/types.js" */

/** A layer that is reduced by 4, with blocks at the edges that are not whole. */
const REDUCED = layerOf({ height: 110, width: 90, channels: 10, columns: 4, block: 4 });

// Level of detail

Deno.test("the whole of a large layer is shown at its overview's level", () => {
  const layout = gridLayout(
    layerOf({ height: 896, width: 896, channels: 64, columns: 8, block: 16 }),
  );
  assert.equal(blockFor(layout, fullRange(layout)), 16);
});

Deno.test("zooming in refines in levels that divide, down to single units", () => {
  const layout = gridLayout(
    layerOf({ height: 896, width: 896, channels: 64, columns: 8, block: 16 }),
  );
  const found = [];
  for (let side = 8; side > 0.01; side /= 1.3) {
    found.push(blockFor(layout, { left: 0, top: 0, right: side, bottom: side }));
  }
  assert.deepEqual(found, found.toSorted((a, b) => b - a));
  assert.deepEqual([...new Set(found)], [16, 8, 4, 2, 1]);
});

Deno.test("a refined picture has few enough cells", () => {
  const layout = gridLayout(
    layerOf({ height: 896, width: 896, channels: 64, columns: 8, block: 16 }),
  );
  for (let side = 4; side > 0.01; side /= 1.3) {
    const block = blockFor(layout, { left: 0, top: 0, right: side, bottom: side });
    const [down, across] = tileCells(layout, block);
    assert.ok(side * down * side * across <= GRID_CELLS);
  }
});

Deno.test("one channel alone is shown unit by unit", () => {
  const layout = channelLayout(layerOf({ height: 896, width: 896, block: 16 }), 3);
  assert.equal(blockFor(layout, fullRange(layout)), 1);
});

// Windows

Deno.test("the whole picture's windows are all maps, whole", () => {
  const layout = gridLayout(REDUCED);
  const patches = patchesIn(layout, fullRange(layout), 2);
  assert.deepEqual(patches, Array.from({ length: 10 }, (_, channel) => [channel, 0, 0, 55, 45]));
});

Deno.test("windows hold every unit in sight", () => {
  const layout = gridLayout(REDUCED);
  /** @type {Range[]} */
  const ranges = [
    { left: 0.2, right: 0.4, top: 0.3, bottom: 0.6 },
    { left: 0.7, right: 2.3, top: 0.9, bottom: 2.2 },
    { left: 3.5, right: 4, top: 2.5, bottom: 3 },
    { left: 1.01, right: 1.02, top: 1.01, bottom: 1.02 },
  ];
  for (const range of ranges) {
    for (const block of [1, 2, 4]) {
      const patches = patchesIn(layout, range, block);
      for (let i = 0; i <= 40; i++) {
        for (let j = 0; j <= 40; j++) {
          const x = range.left + (range.right - range.left) * i / 40;
          const y = range.top + (range.bottom - range.top) * j / 40;
          const place = locate(layout, x, y);
          if (!place) continue;
          const row = Math.floor(place.row / block), column = Math.floor(place.column / block);
          const held = patches.some(([channel, r, c, rows, columns]) =>
            channel === place.channel && row >= r && row < r + rows && column >= c &&
            column < c + columns
          );
          assert.ok(held, `${JSON.stringify(place)} of ${JSON.stringify(range)} at ${block}`);
        }
      }
    }
  }
});

Deno.test("windows stay within their maps", () => {
  const layout = gridLayout(REDUCED);
  for (const block of [1, 2, 4]) {
    const rowsOfMap = Math.ceil(110 / block), columnsOfMap = Math.ceil(90 / block);
    for (const range of [fullRange(layout), { left: -3, right: 9, top: -2, bottom: 9 }]) {
      for (const [channel, row, column, rows, columns] of patchesIn(layout, range, block)) {
        assert.ok(channel >= 0 && channel < 10);
        assert.ok(row >= 0 && rows > 0 && row + rows <= rowsOfMap);
        assert.ok(column >= 0 && columns > 0 && column + columns <= columnsOfMap);
      }
    }
  }
});

Deno.test("a little more than what is in sight is held, for small moves", () => {
  const layout = channelLayout(layerOf({ height: 1000, width: 1000 }), 0);
  const [patch] = patchesIn(layout, { left: 0.5, right: 0.6, top: 0.5, bottom: 0.6 }, 1);
  assert.deepEqual(patch, [0, 495, 495, 110, 110]);
});

Deno.test("an empty place has no window", () => {
  const layout = gridLayout(REDUCED);
  const patches = patchesIn(layout, { left: 1.2, right: 3.8, top: 2.2, bottom: 2.8 }, 1);
  assert.deepEqual(patches.map(([channel]) => channel), [9]);
});

Deno.test("a gutter has no window", () => {
  const layout = gridLayout(layerOf({ height: 8, width: 8, block: 2, repeat: [3, 3] }));
  const edge = 8 / layout.period[1];
  const range = { left: edge + 0.02, right: 0.98, top: 0.1, bottom: 0.9 };
  assert.deepEqual(patchesIn(layout, range, 1), []);
});
