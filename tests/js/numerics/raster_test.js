import * as assert from "../assert.js";

import {
  channelLayout,
  contains,
  fullRange,
  gridLayout,
} from "../../../actwidget/js/numerics/mosaic.js";
import { patchesIn } from "../../../actwidget/js/numerics/level_of_detail.js";
import {
  channelState,
  channelStatistics,
  decode,
  largest,
  shown,
} from "../../../actwidget/js/numerics/channel_table.js";
import { draw, read } from "../../../actwidget/js/numerics/raster.js";
import { tileOrder } from "../../../actwidget/js/numerics/tile_order.js";
import { detailOf, layerOf, overviewOf, tableOf } from "../builders.js";
import vectors from "../../shared/mosaic.json" with { type: "json" };
import pictures from "../../shared/pictures.json" with { type: "json" };

/** @import { Layer, Raster } from "../../../actwidget/js/types.js" */

/**
 * The cell at a point of the picture.
 *
 * @param {Raster} raster
 * @param {number} x
 * @param {number} y
 */
function cellAt(raster, x, y) {
  const row = Math.floor((y - raster.top) / raster.dy);
  return raster.z[row][Math.floor((x - raster.left) / raster.dx)];
}

/**
 * @param {number} channel
 * @param {number} row
 * @param {number} column
 */
function number(channel, row, column) {
  return (channel * 1000 + row) * 1000 % 16_000_000 + column;
}

/** Two channels of 2 × 3 units, with a scale of their own each. */
const LAYER = layerOf({ channels: 2, columns: 2, height: 2, width: 3 });
const TABLE = tableOf([10, -4], [0.5, 2], [[1, 1], [3, 0.25]], [[0, 0], [7, -1]]);

/** @param {Partial<import("../../../actwidget/js/types.js").Overview>} changes */
function encoded(changes) {
  return overviewOf(LAYER, () => 0, { groups: 2, table: TABLE, ...changes });
}

// Where units are drawn

for (const { layer: described, places } of vectors) {
  const layer = layerOf(/** @type {Layer} */ (/** @type {unknown} */ (described)));
  const layout = gridLayout(layer);
  const overview = overviewOf(layer, number);
  const name = `${layer.channels} maps of ${layer.height} × ${layer.width}`;

  Deno.test(`an overview of ${name} is drawn where Python says`, () => {
    const raster = draw(layout, overview, null, 0);
    for (const { x, y, channel, row, column } of places) {
      const { block } = layer;
      const expected = Math.fround(
        number(channel, Math.floor(row / block), Math.floor(column / block)),
      );
      assert.equal(cellAt(raster, x, y), expected);
    }
  });

  Deno.test(`windows of ${name} are drawn where Python says, at every level`, () => {
    for (const { x, y, channel, row, column } of places) {
      for (const units of [30, 4]) {
        const side = units / Math.max(layout.period[0], layout.period[1]);
        const range = { left: x - side, right: x + side, top: y - side, bottom: y + side };
        for (let block = 1; block < layer.block; block++) {
          if (layer.block % block) continue;
          const detail = detailOf(block, patchesIn(layout, range, block), number);
          const raster = draw(layout, overview, detail, 0);
          const expected = Math.fround(
            number(channel, Math.floor(row / block), Math.floor(column / block)),
          );
          assert.equal(cellAt(raster, x, y), expected);
          assert.equal(read(layout, overview, detail, { channel, row, column }).value, expected);
        }
      }
    }
  });
}

Deno.test("gutters and empty places are gaps", () => {
  const layer = layerOf({ channels: 5, columns: 3, height: 2, width: 3 });
  const { z } = draw(gridLayout(layer), overviewOf(layer, () => 1), null, 0);
  const lines = z.map((row) => [...row].map((cell) => Number.isNaN(cell) ? "." : "1").join(""));
  assert.deepEqual(lines, [
    "111.111.111",
    "111.111.111",
    "...........",
    "111.111....",
    "111.111....",
  ]);
});

Deno.test("the cells of small maps are repeated", () => {
  const layer = layerOf({ channels: 1, columns: 1, height: 1, width: 2, repeat: [2, 3] });
  const { z } = draw(gridLayout(layer), overviewOf(layer, (_c, _r, column) => column), null, 0);
  assert.deepEqual(z.map((row) => [...row]), [[0, 0, 0, 1, 1, 1], [0, 0, 0, 1, 1, 1]]);
});

/** @param {Raster} raster */
function covers(raster) {
  return {
    left: raster.left,
    top: raster.top,
    right: raster.left + raster.columns * raster.dx,
    bottom: raster.top + raster.rows * raster.dy,
  };
}

Deno.test("a raster covers the whole picture", () => {
  for (const changes of [{}, { block: 4 }, { height: 3, width: 5, repeat: [4, 3] }]) {
    const layer = layerOf(/** @type {Partial<Layer>} */ (changes));
    for (const layout of [gridLayout(layer), channelLayout(layer, 2)]) {
      const raster = draw(layout, overviewOf(layer, () => 0), null, 0);
      // But for the gutter under the last row.
      const bottom = layout.rows - 1 + layout.height / layout.period[0];
      assert.ok(contains(covers(raster), { ...fullRange(layout), bottom }));
    }
  }
});

Deno.test("a detail's raster covers just its windows", () => {
  const layer = layerOf({ height: 40, width: 40, block: 4 });
  const layout = channelLayout(layer, 2);
  const detail = detailOf(2, [[2, 5, 10, 5, 4]], number);
  const raster = draw(layout, overviewOf(layer, number), detail, 0);
  assert.deepEqual([raster.rows, raster.columns], [5, 4]);
  const { left, right, top, bottom } = covers(raster);
  [left, right, top, bottom].forEach((edge, i) =>
    assert.ok(Math.abs(edge - [0.5, 0.7, 0.25, 0.5][i]) < 1e-12)
  );
});

Deno.test("one channel alone is drawn from the overview of all", () => {
  const layer = layerOf();
  const { z } = draw(channelLayout(layer, 4), overviewOf(layer, number), null, 0);
  assert.deepEqual([z.length, z[0].length], [14, 20]);
  assert.equal(z[3][7], number(4, 3, 7));
});

// What is shown

Deno.test("a code is decoded and normalized by its channel's numbers", () => {
  const units = Uint16Array.from([0, 1, 2, 3, 4, 65532, 0, 1, 2, 3, 4, 5]);
  const overview = encoded({ encoding: "codes", units });
  const raw = draw(gridLayout(LAYER), overview, null, 0);
  assert.deepEqual([...raw.z[0]], [10, 10.5, 11, NaN, -4, -2, 0]);
  assert.equal(raw.z[1][2], 10 + 65532 / 2);
  const second = draw(gridLayout(LAYER), overview, null, 1);
  assert.deepEqual([...second.z[0]], [37, 38.5, 40, NaN, -2, -1.5, -1]);
});

Deno.test("what is drawn is what is shown of the value that is read", () => {
  const units = Uint16Array.from({ length: 12 }, (_, i) => i * 1234);
  const overview = encoded({ encoding: "codes", units });
  const layout = gridLayout(LAYER);
  const { z } = draw(layout, overview, null, 1);
  for (const channel of [0, 1]) {
    for (const row of [0, 1]) {
      for (const column of [0, 1, 2]) {
        const { value } = read(layout, overview, null, { channel, row, column });
        const cell = z[row][channel * 4 + column];
        assert.equal(cell, Math.fround(shown(overview, 1, channel, value)));
      }
    }
  }
});

Deno.test("special codes are NaN and the infinities", () => {
  const units = Uint16Array.from([65532, 65533, 65534, 65535]);
  const overview = encoded({ encoding: "codes", units });
  const found = [0, 1, 2, 3].map((index) => decode(overview, 0, units, index));
  assert.deepEqual(found, [10 + 65532 / 2, NaN, Infinity, -Infinity]);
});

Deno.test("float units that are not finite stay what they are", () => {
  const units = Float32Array.from([NaN, Infinity, -Infinity, 2]);
  const found = [0, 1, 2, 3].map((index) => decode(encoded({}), 1, units, index));
  assert.deepEqual(found, [NaN, Infinity, -Infinity, 0]);
});

Deno.test("what is not finite is drawn as a gap", () => {
  const layout = gridLayout(LAYER);
  const floats = Float32Array.from([NaN, Infinity, -Infinity, ...Array(9).fill(0)]);
  const codes = Uint16Array.from([65533, 65534, 65535, ...Array(9).fill(0)]);
  for (
    const changes of [{ units: floats }, { encoding: /** @type {const} */ ("codes"), units: codes }]
  ) {
    const { z } = draw(layout, encoded(changes), null, 0);
    assert.deepEqual([...z[0].subarray(0, 3)], [NaN, NaN, NaN]);
    assert.equal(z[1][0], 10);
  }
});

Deno.test("very small and very large numbers are normalized without overflow", () => {
  const layer = layerOf({ channels: 1, columns: 1, height: 1, width: 2, gutter: 0 });
  for (const size of [1e-33, 1e30]) {
    const table = tableOf([0], [size / 65532], [[1 / size]], [[0]]);
    const units = Uint16Array.from([65532, 16383]);
    const overview = overviewOf(layer, () => 0, { encoding: "codes", table, units });
    const { z } = draw(gridLayout(layer), overview, null, 0);
    assert.deepEqual([...z[0]], [1, 0.25]);
  }
});

Deno.test("one group serves all channels", () => {
  const layer = layerOf({ channels: 3, columns: 3, height: 1, width: 1, gutter: 0 });
  const table = tableOf([5], [2], [[10]], [[1]]);
  const overview = overviewOf(layer, (channel) => channel, { table });
  const { z } = draw(gridLayout(layer), overview, null, 0);
  assert.deepEqual([...z[0]], [51, 71, 91]);
});

// What is read

Deno.test("a float32 unit is exact, an encoded one is not", () => {
  const place = { channel: 1, row: 1, column: 2 };
  const layout = gridLayout(LAYER);
  const floats = overviewOf(LAYER, number);
  assert.deepEqual(read(layout, floats, null, place), {
    value: number(1, 1, 2),
    block: 1,
    exact: true,
    step: 0,
  });
  const codes = encoded({ encoding: "codes", units: new Uint16Array(12) });
  const { value, exact, step } = read(layout, codes, null, place);
  assert.deepEqual([value, exact, step > 0], [-4, false, true]);
});

Deno.test("eight-bit codes end earlier: 252 is a value, then come NaN and the infinities", () => {
  const units = new Uint8Array(12).fill(252);
  units.set([253, 254, 255]);
  const overview = encoded({ encoding: "codes", units });
  const values = [0, 1, 2, 3].map((index) => decode(overview, 0, units, index));
  const [low, step] = [overview.table[0], overview.table[overview.groups]];
  assert.deepEqual(values, [NaN, Infinity, -Infinity, low + 252 * step]);
});

Deno.test("the code of a channel that is the same throughout is exact", () => {
  const overview = encoded({ encoding: "codes", units: new Uint8Array(12) });
  overview.table.set(new Float64Array(overview.groups), overview.groups);
  assert.ok(read(gridLayout(LAYER), overview, null, { channel: 0, row: 0, column: 0 }).exact);
});

Deno.test("what is no number is exact in any encoding", () => {
  const units = new Uint16Array(12).fill(65533);
  const overview = encoded({ encoding: "codes", units });
  assert.ok(read(gridLayout(LAYER), overview, null, { channel: 0, row: 0, column: 0 }).exact);
});

Deno.test("a place outside a detail's windows is read from the overview", () => {
  const layer = layerOf({ height: 40, width: 40, block: 4 });
  const layout = gridLayout(layer);
  const overview = overviewOf(layer, () => 1);
  const detail = detailOf(2, [[2, 5, 10, 5, 4]], () => 2);
  const inside = read(layout, overview, detail, { channel: 2, row: 19, column: 27 });
  assert.deepEqual([inside.value, inside.block], [2, 2]);
  const places = [
    { channel: 2, row: 20, column: 27 },
    { channel: 2, row: 9, column: 27 },
    { channel: 2, row: 19, column: 28 },
    { channel: 2, row: 19, column: 19 },
    { channel: 3, row: 19, column: 27 },
  ];
  for (const place of places) {
    const { value, block } = read(layout, overview, detail, place);
    assert.deepEqual([value, block], [1, 4]);
  }
});

Deno.test("a channel's statistics are those of its column in the table", () => {
  assert.deepEqual(channelStatistics(encoded({}), 1), { minimum: 101, mean: 201, maximum: 301 });
});

// What channels say

for (const { layer: described, ...sent } of pictures.overviews) {
  const layer = layerOf(/** @type {Layer} */ (/** @type {unknown} */ (described)));
  const numbers = sent.units.map((unit) => Number(String(unit).replace("inf", "Infinity")));
  const overview = overviewOf(layer, () => 0, {
    block: sent.block,
    groups: sent.groups,
    table: Float64Array.from(sent.table, Number),
    units: Float32Array.from(numbers),
  });
  const channels = Array.from({ length: layer.channels }, (_, channel) => channel);
  const name = `${layer.path}, image beginning with ${sent.units.slice(0, 2)}`;

  Deno.test(`${name}: channels are flat and dead as in Python`, () => {
    assert.deepEqual(channels.map((channel) => channelState(overview, channel)), sent.silence);
  });

  Deno.test(`${name}: channels are as strong as in Python`, () => {
    assert.deepEqual(channels.map((channel) => largest(overview, channel)), sent.largest);
  });

  for (const [sort, order] of Object.entries(sent.alive)) {
    Deno.test(`${name}: of tiles in the order "${sort}" those are alive that are in Python`, () => {
      const found = { surveyed: sent.surveyed, aliveOnly: true };
      assert.deepEqual(tileOrder(sort, overview, layer.channels, sent.measures, found), order);
    });
  }
  for (const [sort, order] of Object.entries(sent.silent)) {
    Deno.test(`${name}: of tiles in the order "${sort}" those are dead that are in Python`, () => {
      const found = { surveyed: sent.surveyed, deadOnly: true };
      assert.deepEqual(tileOrder(sort, overview, layer.channels, sent.measures, found), order);
    });
  }
  for (const [sort, order] of Object.entries(sent.orders)) {
    Deno.test(`${name}: tiles in the order "${sort}" are in that of Python's`, () => {
      const found = { surveyed: sent.surveyed };
      assert.deepEqual(tileOrder(sort, overview, layer.channels, sent.measures, found), order);
    });
  }
}

Deno.test("a layout in another order is drawn and read by the true numbers", () => {
  const layer = layerOf({ channels: 3, columns: 2, height: 2, width: 2 });
  const overview = overviewOf(layer, number);
  const layout = gridLayout(layer, [2, 0, 1]);
  const { z } = draw(layout, overview, null, 0);
  assert.deepEqual([z[0][0], z[0][3], z[3][0]], [2, 0, 1].map((channel) => number(channel, 0, 0)));
  assert.equal(
    read(layout, overview, null, { channel: 2, row: 1, column: 1 }).value,
    number(2, 1, 1),
  );
});

// Where units are not finite

/**
 * The cells that a raster marks as not finite.
 *
 * @param {Raster} raster
 */
function badCells({ bad }) {
  return bad.flatMap(([row, first, columns]) =>
    Array.from({ length: columns }, (_, k) => `${row}/${first + k}`)
  ).toSorted();
}

Deno.test("just the cells of units that are not finite are marked, not the gutters", () => {
  const floats = Float32Array.from([0, NaN, 0, 0, 0, Infinity, -Infinity, ...Array(5).fill(0)]);
  const codes = Uint16Array.from([0, 65533, 0, 0, 0, 65534, 65535, ...Array(5).fill(65532)]);
  for (
    const changes of [{ units: floats }, { encoding: /** @type {const} */ ("codes"), units: codes }]
  ) {
    const raster = draw(gridLayout(LAYER), encoded(changes), null, 0);
    assert.deepEqual(badCells(raster), ["0/1", "0/4", "1/2"]);
  }
  assert.deepEqual(draw(gridLayout(LAYER), encoded({}), null, 0).bad, []);
});

Deno.test("of small maps all cells of such a unit are marked", () => {
  const layer = layerOf({ channels: 1, columns: 1, height: 1, width: 2, repeat: [2, 3] });
  const overview = overviewOf(layer, (_c, _r, column) => column ? NaN : 1);
  const raster = draw(gridLayout(layer), overview, null, 0);
  assert.deepEqual(badCells(raster), ["0/3", "0/4", "0/5", "1/3", "1/4", "1/5"]);
});

Deno.test("a detail marks its own", () => {
  const layer = layerOf({ height: 40, width: 40, block: 4 });
  const layout = channelLayout(layer, 2);
  const detail = detailOf(
    2,
    [[2, 5, 10, 2, 3]],
    (_c, row, column) => row === 6 && column > 10 ? NaN : 1,
  );
  const raster = draw(layout, overviewOf(layer, number), detail, 0);
  assert.deepEqual(badCells(raster), ["1/1", "1/2"]);
});
