import * as assert from "../assert.js";

import { barRange, histogram, shareBeyond } from "../../../actwidget/js/numerics/histogram.js";
import { layerOf, overviewOf, tableOf } from "../builders.js";

/** Two channels of four units: 0, 1, 2, 3 and 10, 11, 12, 13. */
const LAYER = layerOf({ channels: 2, height: 2, width: 2 });
const OVERVIEW = overviewOf(LAYER, (channel, row, column) => 10 * channel + 2 * row + column, {
  groups: 2,
  table: tableOf([0, 0], [1, 1], [[1, 0.5]], [[0, -5]]),
});

Deno.test("shown values are counted in equal parts", () => {
  // The second channel is shown as 0, 0.5, 1 and 1.5.
  assert.deepEqual([...histogram(OVERVIEW, 0, [0, 1], [0, 4], 4, 2)], [3, 3, 1, 1]);
  assert.deepEqual([...histogram(OVERVIEW, 0, [1], [0, 4], 4, 2)], [2, 2, 0, 0]);
});

Deno.test("what lies beyond the range counts in its ends", () => {
  assert.deepEqual([...histogram(OVERVIEW, 0, [0], [1, 2], 2, 2)], [2, 2]);
});

Deno.test("what is not finite is not counted", () => {
  const units = Float32Array.from([NaN, 1, Infinity, 2, -Infinity, 11, 12, 13]);
  const counts = histogram({ ...OVERVIEW, units }, 0, [0, 1], [0, 4], 4, 2);
  assert.equal(counts.reduce((a, b) => a + b), 5);
  const codes = Uint16Array.from([65533, 1, 65534, 2, 65535, 11, 12, 13]);
  const coded = histogram({ ...OVERVIEW, units: codes }, 0, [0, 1], [0, 4], 4, 2);
  assert.deepEqual([...coded], [...counts]);
});

Deno.test("a bar spans all values", () => {
  const table = tableOf([0, 0], [1, 1], [[0.01, 0.01]], [[0, 0]]);
  const overview = { ...OVERVIEW, table };
  // Minima and maxima of 100 to 301.
  assert.deepEqual(barRange(overview, 0, [0, 1], [1.5, 3.5]), [1, 3.5]);
  assert.deepEqual(barRange(overview, 0, [0, 1], [0, 4]), [0, 4]);
});

Deno.test("a channel of which nothing is finite leaves the bar as it is without it", () => {
  const table = OVERVIEW.table.slice();
  for (const row of [2, 3, 4]) table[2 * row + 1] = NaN;
  const range = barRange({ ...OVERVIEW, table }, 0, [0, 1], [100, 400]);
  assert.deepEqual(range, [100, 400]);
});

Deno.test("the limits are two fifths of it at least", () => {
  const [low, high] = barRange(OVERVIEW, 0, [0], [100, 101]);
  assert.equal(low, 100);
  assert.ok(Math.abs(1 / (high - low) - 0.4) < 1e-9);
});

Deno.test("the share beyond limits is one of the finite units", () => {
  assert.equal(shareBeyond(OVERVIEW, 0, [0, 1], [0.25, 1.75], 2), 4 / 8);
  assert.equal(shareBeyond(OVERVIEW, 0, [1], [0.25, 1.75], 2), 1 / 4);
  const units = Float32Array.from([NaN, 1, Infinity, 2, -Infinity, 11, 12, 13]);
  assert.equal(shareBeyond({ ...OVERVIEW, units }, 0, [0], [0, 1.5], 2), 1 / 2);
  for (let high = 0.01; high < 5; high += 0.01) {
    const zeros = Float32Array.from([0, 0, 0, high, 0, 0, 0, 0]);
    assert.equal(shareBeyond({ ...OVERVIEW, units: zeros }, 0, [0], [0, Math.fround(high)], 2), 0);
    assert.equal(shareBeyond({ ...OVERVIEW, units: zeros }, 0, [0], [0, high / 2], 2), 1 / 4);
  }
  const none = units.fill(NaN);
  assert.equal(shareBeyond({ ...OVERVIEW, units: none }, 0, [0, 1], [0, 1], 2), 0);
});
