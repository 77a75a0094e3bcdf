import * as assert from "./assert.js";

import {
  aspect,
  blockFor,
  blockRange,
  channelLayout,
  contains,
  fullRange,
  GRID_CELLS,
  gridLayout,
  intersection,
  locate,
  patchesIn,
  ticks,
  tileCells,
} from "../../actwidget/js/geometry.js";
import { layerOf } from "./builders.js";
import vectors from "./geometry_vectors.json" with { type: "json" };

/** @import { Layer, Range } from "../../actwidget/js/types.js" */

/** A layer that is reduced by 4, with blocks at the edges that are not whole. */
const REDUCED = layerOf({ height: 110, width: 90, channels: 10, columns: 4, block: 4 });

/**
 * @param {number} found
 * @param {number} expected
 */
function near(found, expected) {
  assert.ok(Math.abs(found - expected) < 1e-9, `${found} is not near ${expected}`);
}

// The same as in Python

for (const { layer: described, rows, aspect: ratio, tileCells: levels, places } of vectors) {
  const layer = layerOf(/** @type {Layer} */ (/** @type {unknown} */ (described)));
  const layout = gridLayout(layer);
  const name = `${layer.channels} maps of ${layer.height} × ${layer.width}`;

  Deno.test(`${name} have as many cells a tile as in Python at every level`, () => {
    for (const { block, cells } of levels) assert.deepEqual(tileCells(layout, block), cells);
  });

  Deno.test(`${name} have as many rows and as high tiles as in Python`, () => {
    assert.equal(layout.rows, rows);
    near(aspect(layout), ratio);
  });

  Deno.test(`${name} are found where Python draws their units`, () => {
    for (const { x, y, ...place } of places) assert.deepEqual(locate(layout, x, y), place);
  });

  Deno.test(`${name} have their units' centres where Python has them`, () => {
    for (const { x, y, ...place } of places) {
      const { left, right, top, bottom } = blockRange(layout, place, 1);
      near((left + right) / 2, x);
      near((top + bottom) / 2, y);
    }
  });
}

// Points and units

Deno.test("every point of a unit is that unit", () => {
  const layout = gridLayout(layerOf());
  const place = { channel: 4, row: 13, column: 19 };
  const { left, right, top, bottom } = blockRange(layout, place, 1);
  const hair = 1e-6;
  for (const x of [left + hair, right - hair]) {
    for (const y of [top + hair, bottom - hair]) assert.deepEqual(locate(layout, x, y), place);
  }
});

Deno.test("a gutter is no unit", () => {
  const layout = gridLayout(layerOf());
  const { right, bottom } = blockRange(layout, { channel: 0, row: 13, column: 19 }, 1);
  assert.equal(locate(layout, (right + 1) / 2, 0.5), null);
  assert.equal(locate(layout, 0.5, (bottom + 1) / 2), null);
});

Deno.test("an empty place is no unit", () => {
  const layout = gridLayout(layerOf({ channels: 5 }));
  assert.notEqual(locate(layout, 1.5, 1.5), null);
  assert.equal(locate(layout, 2.5, 1.5), null);
});

Deno.test("what lies outside the picture is no unit", () => {
  const layout = gridLayout(layerOf());
  for (const [x, y] of [[-0.1, 0.5], [0.5, -0.1], [3, 0.5], [0.5, 2], [NaN, 0.5]]) {
    assert.equal(locate(layout, x, y), null);
  }
});

Deno.test("what a block lacks at the edge of its map is no unit", () => {
  const layout = gridLayout(REDUCED);
  const { bottom } = blockRange(layout, { channel: 0, row: 109, column: 0 }, 1);
  assert.equal(locate(layout, 0.5, bottom + 0.5 / layout.period[0]), null);
});

Deno.test("single units fill their tiles", () => {
  const layout = gridLayout(layerOf({ height: 1, width: 1, channels: 6, gutter: 0 }));
  assert.deepEqual(locate(layout, 0.999, 1.999), { channel: 3, row: 0, column: 0 });
  assert.deepEqual(fullRange(layout), { left: 0, top: 0, right: 3, bottom: 2 });
});

Deno.test("a block at the edge ends with its map", () => {
  const layout = gridLayout(REDUCED);
  const range = blockRange(layout, { channel: 5, row: 109, column: 89 }, 4);
  const last = blockRange(layout, { channel: 5, row: 109, column: 89 }, 1);
  near(range.bottom, last.bottom);
  near(range.right, last.right);
  near((range.bottom - range.top) * layout.period[0], 2);
});

Deno.test("one channel alone fills the picture", () => {
  const layout = channelLayout(REDUCED, 7);
  assert.deepEqual(fullRange(layout), { left: 0, top: 0, right: 1, bottom: 1 });
  assert.deepEqual(locate(layout, 0, 0), { channel: 7, row: 0, column: 0 });
  assert.deepEqual(locate(layout, 0.9999, 0.9999), { channel: 7, row: 109, column: 89 });
  near(aspect(layout), 110 / 90);
});

Deno.test("the gutter after the last tile is no part of the picture", () => {
  const layout = gridLayout(layerOf());
  const last = blockRange(layout, { channel: 5, row: 13, column: 19 }, 1);
  const full = fullRange(layout);
  near(full.right, last.right);
  near(full.bottom, last.bottom);
});

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

// Ranges

Deno.test("a range contains what lies within it", () => {
  const outer = { left: 0, right: 2, top: 0, bottom: 2 };
  assert.ok(contains(outer, outer));
  assert.ok(contains(outer, { left: 1e-9, right: 2 + 1e-9, top: -1e-9, bottom: 2 }));
  for (const side of ["left", "top"]) assert.ok(!contains(outer, { ...outer, [side]: -0.1 }));
  for (const side of ["right", "bottom"]) assert.ok(!contains(outer, { ...outer, [side]: 2.1 }));
});

Deno.test("an intersection is what two ranges share", () => {
  assert.deepEqual(
    intersection({ left: 0, right: 2, top: 1, bottom: 4 }, {
      left: -1,
      right: 1,
      top: 2,
      bottom: 9,
    }),
    { left: 0, right: 1, top: 2, bottom: 4 },
  );
});

// Ticks

Deno.test("tiles are labelled at their maps' middle", () => {
  const found = ticks(0, 4, 800, 40, 4, (tile) => `+${tile}`, 20, 16);
  assert.deepEqual(found.text, ["+0", "+1", "+2", "+3"]);
  found.at.forEach((at, tile) => near(at, tile + 0.4));
});

Deno.test("labels leave each other room, in steps of 1, 2, 5, 10", () => {
  const label = (/** @type {number} */ tile) => String(tile);
  const text = (/** @type {number} */ pixels) => ticks(0, 30, pixels, 40, 30, label, 10, 9).text;
  assert.equal(text(1200).length, 30);
  assert.deepEqual(
    text(600),
    ["0", "2", "4", "6", "8"].concat(
      ["10", "12", "14", "16", "18", "20", "22", "24", "26", "28"],
    ),
  );
  assert.deepEqual(text(300), ["0", "5", "10", "15", "20", "25"]);
  assert.deepEqual(text(120), ["0", "10", "20"]);
});

Deno.test("only tiles whose middle is in sight are labelled", () => {
  const found = ticks(1.6, 3.1, 800, 40, 8, String, 10, 10);
  assert.deepEqual(found.text, ["2"]);
});

Deno.test("one map alone is labelled by its units", () => {
  const found = ticks(0, 1, 500, 50, 1, String, 40, 40);
  assert.deepEqual(found.text, ["0", "5", "10", "15", "20", "25", "30", "35"]);
  near(found.at[1], 5.5 / 40);
});

Deno.test("zooming in labels single units", () => {
  const found = ticks(0.5, 0.6, 500, 50, 1, String, 40, 40);
  assert.deepEqual(found.text.slice(0, 4), ["20", "21", "22", "23"]);
});
