import * as assert from "../assert.js";

import {
  aspect,
  blockRange,
  channelLayout,
  contains,
  fullRange,
  gridLayout,
  hasUnit,
  intersection,
  locate,
  mapRange,
  sequenceRatio,
  tileCells,
  tilesIn,
} from "../../../actwidget/js/numerics/mosaic.js";
import { layerOf } from "../builders.js";
import sequences from "../../shared/sequences.json" with { type: "json" };
import vectors from "../../shared/mosaic.json" with { type: "json" };

/** @import { Layer } from "../../../actwidget/js/types.js" */

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

for (const { steps, channels, room: [width, height], size } of sequences) {
  Deno.test(`a sequence of ${steps} × ${channels} is as high and wide as in Python`, () => {
    near(sequenceRatio(steps, channels, { width, height }), size[1] / size[0]);
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

Deno.test("a single map ends with its units, and is no longer than eight to one", () => {
  const layout = gridLayout(layerOf({
    height: 1,
    width: 5000,
    channels: 1,
    tiles: 1,
    columns: 1,
    block: 3,
    gutter: 0,
  }));
  const { right, bottom } = fullRange(layout);
  near(right, 5000 / 5001);
  near(bottom, 1 / 3);
  near(bottom * aspect(layout) / right, 1 / 8);
});

Deno.test("one channel alone fills the picture", () => {
  const layout = channelLayout(REDUCED, 7);
  assert.deepEqual(fullRange(layout), { left: 0, top: 0, right: 1, bottom: 1 });
  assert.deepEqual(locate(layout, 0, 0), { channel: 7, row: 0, column: 0 });
  assert.deepEqual(locate(layout, 0.9999, 0.9999), { channel: 7, row: 109, column: 89 });
  near(aspect(layout), 110 / 90);
});

Deno.test("the picture ends with the last column's units and the last row's gutter", () => {
  const layout = gridLayout(layerOf());
  const last = blockRange(layout, { channel: 5, row: 13, column: 19 }, 1);
  const full = fullRange(layout);
  near(full.right, last.right);
  assert.equal(full.bottom, layout.rows);
});

Deno.test("a channel is found at its place in any order", () => {
  const layout = gridLayout(layerOf(), [3, 5, 0, 1, 4, 2]);
  assert.deepEqual(locate(layout, 0.01, 0.01), { channel: 3, row: 0, column: 0 });
  assert.deepEqual(locate(layout, 2.01, 1.01), { channel: 2, row: 0, column: 0 });
  const { left, top } = blockRange(layout, { channel: 4, row: 0, column: 0 }, 1);
  assert.deepEqual([left, top], [1, 1]);
});

Deno.test("no map is drawn longer than eight to one", () => {
  const ratio = (/** @type {number} */ height, /** @type {number} */ width) => {
    const layer = layerOf({ height, width });
    return [aspect(gridLayout(layer)), aspect(channelLayout(layer, 0))];
  };
  assert.deepEqual(ratio(2, 300), [1 / 8, 1 / 8]);
  assert.deepEqual(ratio(300, 2), [8, 8]);
  assert.deepEqual(ratio(30, 90), [31 / 91, 30 / 90]);
});

// Tiles in sight

Deno.test("a map's rectangle holds its units and not its gutter", () => {
  const layout = gridLayout(REDUCED);
  const first = blockRange(layout, { channel: 6, row: 0, column: 0 }, 1);
  const last = blockRange(layout, { channel: 6, row: 109, column: 89 }, 1);
  const range = mapRange(layout, 6);
  near(range.left, first.left);
  near(range.top, first.top);
  near(range.right, last.right);
  near(range.bottom, last.bottom);
});

Deno.test("tiles in sight are counted by their places, empty ones left out", () => {
  const layout = gridLayout(REDUCED);
  const places = Array.from({ length: 10 }, (_, place) => place);
  assert.deepEqual(tilesIn(layout, fullRange(layout)), places);
  assert.deepEqual(tilesIn(layout, { left: -3, right: 9, top: -2, bottom: 9 }), places);
  assert.deepEqual(tilesIn(layout, { left: 1.5, right: 2.5, top: 0.5, bottom: 1.5 }), [1, 2, 5, 6]);
  assert.deepEqual(tilesIn(layout, { left: 1, right: 2, top: 0, bottom: 1 }), [1]);
  assert.deepEqual(tilesIn(layout, { left: 2.5, right: 4, top: 2.5, bottom: 3 }), []);
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

Deno.test("a picture has the units of its layer and channel, and no others", () => {
  const layer = layerOf({ height: 5, width: 7, channels: 3 });
  const all = gridLayout(layer, [2, 0, 1]), one = channelLayout(layer, 1);
  assert.ok(hasUnit(all, { channel: 2, row: 4, column: 6 }));
  assert.ok(hasUnit(one, { channel: 1, row: 0, column: 0 }));
  assert.ok(!hasUnit(all, { channel: 3, row: 0, column: 0 }));
  assert.ok(!hasUnit(all, { channel: 0, row: 5, column: 0 }));
  assert.ok(!hasUnit(all, { channel: 0, row: 0, column: 7 }));
  assert.ok(!hasUnit(all, { channel: 0, row: -1, column: 0 }));
  assert.ok(!hasUnit(one, { channel: 2, row: 0, column: 0 }));
});
