import * as assert from "../assert.js";
import vectors from "../../shared/columns.json" with { type: "json" };

import { arrange, columnsFor } from "../../../actwidget/js/numerics/arrangement.js";
import { aspect, fullRange, gridLayout } from "../../../actwidget/js/numerics/mosaic.js";
import { layerOf } from "../builders.js";

/** @import { Layer } from "../../../actwidget/js/types.js" */

/** The room at the width of a cell on a laptop, in a narrow one and on a phone. */
const LAPTOP = { width: 725, height: 432 };
const NARROW = { width: 568, height: 294 };
const PHONE = { width: 390, height: 390 };

/**
 * How a layer of square maps is laid out, and in pixels.
 *
 * @param {number} channels
 * @param {number} side of a map
 * @param {{ width: number, height: number }} room
 * @param {Partial<Layer>} [changes]
 */
function laidOut(channels, side, room, changes = {}) {
  const layer = layerOf({ columns: null, height: side, width: side, channels, ...changes });
  const layout = gridLayout(layer, undefined, arrange(layer, channels, room));
  const full = fullRange(layout), ratio = aspect(layout);
  const period = Math.min(room.width / full.right, room.height / full.bottom / ratio);
  const tile = period * side / layout.period[1];
  return {
    layout,
    tile,
    width: period * full.right,
    height: period * ratio * full.bottom,
    gaps: [period * ratio - tile, period - tile],
    share: channels * tile ** 2 / (room.width * room.height),
  };
}

// Columns

Deno.test("columns make tiles as large as the room allows", () => {
  assert.equal(columnsFor(512, 1, { width: 720, height: 660 }), 24);
  assert.equal(columnsFor(8, 1, LAPTOP), 4);
  assert.equal(columnsFor(64, 1, LAPTOP), 11);
  assert.equal(columnsFor(1, 1, LAPTOP), 1);
  assert.equal(columnsFor(7, 1, { width: 700, height: 100 }), 7);
  assert.equal(columnsFor(7, 1, { width: 100, height: 700 }), 1);
});

Deno.test("no other number of columns makes them larger", () => {
  for (const room of [LAPTOP, NARROW, PHONE]) {
    for (const ratio of [1 / 8, 0.5, 1, 1.7, 8]) {
      for (let count = 1; count < 120; count++) {
        const size = (/** @type {number} */ columns) =>
          Math.min(room.width / columns, room.height / Math.ceil(count / columns) / ratio);
        const most = Math.max(...Array.from({ length: count }, (_, n) => size(n + 1)));
        const found = size(columnsFor(count, ratio, room));
        assert.ok(found >= most / 1.002, `${count} of ${ratio}: ${found} < ${most}`);
      }
    }
  }
});

Deno.test("a number of columns that somebody gave rules", () => {
  assert.equal(laidOut(64, 12, LAPTOP, { columns: 5 }).layout.columns, 5);
});

Deno.test("a hundred thousand tiles are arranged at once", () => {
  const start = performance.now();
  columnsFor(100_000, 1, LAPTOP);
  assert.ok(performance.now() - start < 50);
});

// Gutters

for (const [room, name] of /** @type {const} */ ([[LAPTOP, "laptop"], [PHONE, "phone"]])) {
  for (
    const [channels, side] of [[8, 62], [16, 30], [64, 15], [128, 30], [256, 28], [512, 14], [
      64,
      5,
    ]]
  ) {
    Deno.test(`on a ${name} ${channels} maps of ${side} × ${side} have thin gutters`, () => {
      const { gaps: [down, across], tile, layout } = laidOut(channels, side, room);
      const [least, most] = layout.captions ? [16, 24] : [0.7, 2.4];
      assert.ok(down >= least && down <= most, `${down} pixels down`);
      assert.ok(
        across >= 0.7 && across <= 2.5 + Math.max(6, 0.1 * tile),
        `${across} pixels across`,
      );
    });
  }
}

for (const width of [725, 782, 891]) {
  Deno.test(`in a room of ${width} pixels rows end near its end: the colour bar hardly moves`, () => {
    const maps = [[8, 62], [16, 30], [24, 30], [64, 15], [128, 30], [256, 28], [512, 14]];
    for (const [channels, side] of maps) {
      const { width: taken } = laidOut(channels, side, { width, height: 432 });
      assert.ok(width - taken < 40, `${channels}: ${taken}`);
    }
  });
}

Deno.test("with a bar below each tile rows end near the room's end, too", () => {
  for (const [count, width] of [[128, 977], [128, 640], [64, 725], [512, 977]]) {
    const layer = layerOf({ columns: null, height: 30, width: 30, channels: count });
    const room = { width, height: 432 }, arrangement = arrange(layer, count, room, true);
    const full = fullRange(gridLayout(layer, undefined, arrangement));
    const layout = gridLayout(layer, undefined, arrangement);
    const period = Math.min(width / full.right, room.height / full.bottom / aspect(layout));
    assert.ok(width - period * full.right < 30, `${count} in ${width}`);
  }
});

Deno.test("a row has no more places than there are tiles, nor are there more rows for it", () => {
  for (let width = 400; width < 1400; width += 50) {
    for (let channels = 1; channels < 70; channels++) {
      const { layout } = laidOut(channels, 30, { width, height: 432 });
      assert.ok(layout.columns <= channels);
      const rows = Math.ceil(channels / columnsFor(channels, 1, { width, height: 432 }));
      assert.equal(layout.rows, rows);
    }
  }
});

// Captions

Deno.test("captions take only what tiles as large as they can be leave of the height", () => {
  for (const width of [568, 725, 782, 891, 1000, 1157]) {
    for (let channels = 2; channels < 40; channels++) {
      const room = { width, height: 432 }, side = 30, layer = layerOf({ columns: null });
      const { layout, tile, height, gaps } = laidOut(channels, side, room);
      assert.ok(height <= room.height + 1e-6, `${channels} in ${width}: ${height}`);
      if (!layout.captions) continue;
      assert.ok(tile >= 100);
      assert.ok(gaps[0] >= 16, `${channels} in ${width}: ${gaps}`);
      // As many columns without: only the gaps below the tiles differ.
      const { gutter, repeat } = arrange({ ...layer, height: side, width: side }, channels, room);
      const alone = (layout.columns * (side * repeat[1] + gutter[1]) - gutter[1]) / repeat[1] /
        side;
      assert.ok(Math.abs(tile - width / alone) < 0.01, `${channels} in ${width}: ${tile}`);
    }
  }
});

Deno.test("eight maps have captions on a laptop, twenty-four have not, nor has a phone", () => {
  assert.equal(laidOut(8, 62, LAPTOP).layout.captions, true);
  assert.equal(laidOut(24, 30, LAPTOP).layout.captions, false);
  assert.equal(laidOut(8, 62, PHONE).layout.captions, false);
});

Deno.test("tiles are most of the room", () => {
  for (const [channels, side] of [[64, 56], [128, 28], [256, 28], [512, 14]]) {
    for (const room of [LAPTOP, NARROW]) {
      const { share } = laidOut(channels, side, room);
      assert.ok(share > 0.78, `${channels} in ${room.width}: ${share}`);
    }
  }
});

Deno.test("repeated cells stay few enough to paint", () => {
  for (
    const [channels, height, width] of [[512, 16, 16], [100, 51, 51], [3, 224, 224], [6, 2, 300]]
  ) {
    const layer = layerOf({ columns: null, channels, height, width });
    const { repeat } = arrange(layer, channels, LAPTOP);
    assert.ok(channels * height * repeat[0] * width * repeat[1] <= 600_000);
  }
});

Deno.test("single units touch each other", () => {
  const layer = layerOf({ columns: null, channels: 40, height: 1, width: 1, gutter: 0 });
  assert.deepEqual(arrange(layer, 40, LAPTOP).gutter, [0, 0]);
});

for (const { count, ratio, room: [width, height], columns } of vectors) {
  Deno.test(`${count} tiles of ratio ${ratio} have as many columns as in a figure`, () => {
    assert.equal(columnsFor(count, ratio, { width, height }), columns);
  });
}

Deno.test("gaps of maps that are longer than are drawn do not grow", () => {
  const layer = layerOf({
    channels: 12,
    tiles: 12,
    height: 1,
    width: 5000,
    block: 64,
    columns: null,
  });
  const { columns, gutter } = arrange(layer, 12, { width: 730, height: 432 });
  assert.ok(columns > 1);
  assert.ok(gutter[1] <= 2, String(gutter));
});
