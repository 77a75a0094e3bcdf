import * as assert from "../assert.js";

import { channelFacts, neighbours } from "../../../actwidget/js/view/facts.js";
import { toggled, whyNotOver } from "../../../actwidget/js/view/underlay.js";
import { layerOf, overviewOf, tableOf } from "../builders.js";

Deno.test("a map lies over the input where it shares its grid, and else says why not", () => {
  const input = layerOf({ type: "Input" });
  const sequence = layerOf({ kind: "sequence" });
  const units = layerOf({ height: 1, width: 1 });
  const elsewhere = layerOf({ sharesInputGrid: false });
  assert.equal(whyNotOver(true, layerOf(), true), "");
  const reasons = [
    whyNotOver(false, layerOf(), true),
    whyNotOver(true, input, true),
    whyNotOver(true, sequence, true),
    whyNotOver(true, units, true),
    whyNotOver(true, elsewhere, true),
    whyNotOver(true, layerOf(), false),
  ];
  assert.ok(reasons.every(Boolean));
  assert.equal(new Set(reasons).size, 5);
});

Deno.test("the key shows the map alone, and then as much of the input as before", () => {
  assert.equal(toggled(1, 1), 0.5);
  assert.equal(toggled(0.3, 1), 1);
  assert.equal(toggled(1, 0.3), 0.3);
});

Deno.test("neighbours are those of the order that is shown", () => {
  assert.deepEqual(neighbours([3, 1, 2], 1), [3, 1, 2]);
  assert.deepEqual(neighbours([3, 1, 2], 3), [3, 1]);
  assert.deepEqual(neighbours([3, 1, 2], 2), [1, 2]);
  assert.deepEqual(neighbours([3, 1, 2], 0), []);
});

Deno.test("a channel's facts are its rank, mean, range and shares", () => {
  const layer = layerOf({ channels: 3, height: 2, width: 2 });
  const values = [1, -4, 2];
  const overview = overviewOf(layer, (channel, row) => row ? NaN : values[channel], {
    groups: 3,
    table: tableOf([0, 0, 0], [1, 1, 1], [[1, 1, 1]], [[0, 0, 0]]),
  });
  const scene = /** @type {any} */ (
    { overview, layer, channel: 2, order: [1, 2, 0], sort: "strongest" }
  );
  assert.deepEqual(channelFacts(scene, { zeros: [0, 0, 0.25] }), [
    ["place", "2nd of 3"],
    ["strength", "1st of 3"],
    ["mean", "202"],
    ["range", "102 to 302"],
    ["zeros", "25 %"],
    ["not finite", "50 %"],
  ]);
});
