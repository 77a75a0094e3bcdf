import * as assert from "../assert.js";

import { gridLayout } from "../../../actwidget/js/numerics/mosaic.js";
import { clipped, sceneOf } from "../../../actwidget/js/view/scene.js";
import { FakeModel, layerOf, overviewOf, RAW, tableOf } from "../builders.js";

/** @import { Store } from "../../../actwidget/js/store/store.js" */

/** A phone's. */
const SCREEN = { width: 390, height: 390 };

const ROOM = { width: 725, height: 432 };

/** Two channels: of 100 to 300 and of 101 to 301. */
const LAYER = layerOf({ channels: 2, columns: 2 });

/**
 * @param {[number, number]} limits
 * @param {number} [scale]
 * @param {number} [offset]
 */
function ends(limits, scale = 1, offset = 0) {
  const table = tableOf([0, 0], [1, 1], [[scale, scale]], [[offset, offset]]);
  const overview = overviewOf(LAYER, () => 0, { groups: 2, table });
  return clipped(overview, gridLayout(LAYER).order, 0, { ...RAW, limits });
}

// Beyond the ends

Deno.test("each end says whether some channel lies beyond it", () => {
  assert.deepEqual(ends([100, 301]), { below: false, above: false });
  assert.deepEqual(ends([100, 300]), { below: false, above: true });
  assert.deepEqual(ends([100.5, 301]), { below: true, above: false });
  assert.deepEqual(ends([150, 200]), { below: true, above: true });
});

Deno.test("what is shown counts and not the value", () => {
  assert.deepEqual(ends([0, 1], 0.004, -0.4), { below: false, above: false });
  assert.deepEqual(ends([0, 0.5], 0.004, -0.4), { below: false, above: true });
});

Deno.test("a negative scale turns the ends round", () => {
  assert.deepEqual(ends([-301, -100], -1), { below: false, above: false });
  assert.deepEqual(ends([-301, -200], -1), { below: false, above: true });
  assert.deepEqual(ends([-200, -100], -1), { below: true, above: false });
});

Deno.test("a channel that is drawn flat may lie beyond", () => {
  assert.deepEqual(ends([0, 1], 0, 2), { below: false, above: true });
  assert.deepEqual(ends([0, 1], 0, 0.5), { below: false, above: false });
});

Deno.test("a rounding error beyond is not beyond", () => {
  assert.deepEqual(ends([100.00001, 300.99999]), { below: false, above: false });
});

// The order of the tiles

/** What no survey and no archive came with. */
const STORE = {
  finest: () => 1,
  clippedShare: () => null,
  survey: { header: null },
  compare: { isOn: false },
};

/**
 * @param {Record<string, unknown>} [state]
 * @param {import("../../../actwidget/js/view/scene.js").Scene | null} [before]
 * @param {number[]} [silence] of each channel: 1 where it is flat, 2 where dead
 */
function scene(state = {}, before = null, silence = [0, 0]) {
  const layers = [LAYER, layerOf({ channels: 2, columns: 2, path: "conv2" })];
  const model = new FakeModel({
    layers,
    channel: null,
    normalizations: ["raw"],
    normalization: "raw",
    hold_scale: false,
    limits: null,
    sort: "number",
    ...state,
  });
  const table = tableOf([0, 0], [1, 1], [[1, 1]], [[0, 0]]);
  table.set(silence, 5 * 2);
  const overview = overviewOf(LAYER, () => 0, { groups: 2, table });
  const store = /** @type {Store} */ (/** @type {unknown} */ (STORE));
  return sceneOf(model, store, overview, before, ROOM);
}

Deno.test("the strongest channel has the first place when tiles are sorted", () => {
  assert.deepEqual(scene().layout.order, [0, 1]);
  assert.deepEqual(scene({ sort: "strongest" }).layout.order, [1, 0]);
});

Deno.test("tiles without the dead ones have the room for themselves", () => {
  const dead = scene({ alive_only: true }, null, [2, 0]);
  assert.deepEqual([dead.layout.order, dead.alive], [[1], 1]);
  const all = scene({ alive_only: true }, null, [2, 2]);
  assert.deepEqual([all.layout.order, all.alive], [[0, 1], 0]);
  assert.equal(scene({}, null, [2, 0]).alive, null);
});

Deno.test("tiles are paged in the order that is shown, and a page goes with its channel", () => {
  const model = new FakeModel({
    layers: [layerOf({ channels: 64, tiles: 64, height: 9, width: 9, columns: null })],
    channel: null,
    normalizations: ["raw"],
    normalization: "raw",
    sort: "number",
  });
  const store = /** @type {Store} */ (/** @type {unknown} */ (STORE));
  const overview = overviewOf(model.get("layers")[0], () => 0);
  /** @type {[string, number, number][]} */
  const asked = [];
  const turned = (/** @type {[string, number, number]} */ ...request) => {
    asked.push(request);
    return 1;
  };
  const { page, layout, order } = sceneOf(model, store, overview, null, SCREEN, turned);
  assert.equal(order.length, 64);
  assert.deepEqual(layout.order, order.slice(16, 32));
  assert.equal(page?.pages, 4);
  model.set("channel", 40);
  sceneOf(model, store, overview, null, SCREEN, turned);
  assert.deepEqual(asked.map(([, place, per]) => [place, per]), [[-1, 16], [40, 16]]);
});

Deno.test("one channel alone is itself in any order", () => {
  assert.deepEqual(scene({ sort: "strongest", channel: 0 }).layout.order, [0]);
});

Deno.test("the place in sight stays in another order and goes with a channel opened", () => {
  const before = scene();
  before.range = { left: 0.5, right: 1, top: 0, bottom: 0.5 };
  assert.deepEqual(scene({ sort: "strongest" }, before).range, before.range);
  const opened = scene({ channel: 1 }, before);
  assert.deepEqual(opened.range, opened.full);
});

Deno.test("held limits are those of the scene", () => {
  assert.deepEqual(scene({ hold_scale: true, limits: [-7, 7] }).colouring.limits, [-7, 7]);
});

// Sequences

Deno.test("a channel of a sequence is one of its columns, among the others", () => {
  const layer = layerOf({
    kind: "sequence",
    height: 9,
    width: 5,
    channels: 5,
    tiles: 1,
    columns: 1,
  });
  const model = new FakeModel({
    layers: [layer],
    channel: 3,
    normalizations: ["raw"],
    normalization: "raw",
    hold_scale: false,
    limits: null,
    sort: "strongest",
  });
  const store = /** @type {Store} */ (/** @type {unknown} */ (STORE));
  const framed = sceneOf(model, store, overviewOf(layer, () => 0), null, ROOM);
  assert.deepEqual([framed.channel, framed.alone], [3, false]);
  assert.deepEqual(framed.layout, gridLayout(layer));
  framed.range = { left: 0, right: 0.5, top: 0, bottom: 0.5 };
  model.set("channel", null);
  const all = sceneOf(model, store, overviewOf(layer, () => 0), framed, ROOM);
  assert.deepEqual(all.range, framed.range);
});

Deno.test("the columns of a sequence have effects, and a single unit that is alone has none", () => {
  /** @param {import("../../../actwidget/js/types.js").Layer} layer */
  const effectsOf = (layer) => {
    const model = new FakeModel({
      ...{ layers: [layer], channel: null, sort: "number", target: 0 },
      ...{ normalizations: ["raw"], normalization: "raw", hold_scale: false, limits: null },
    });
    const overview = overviewOf(layer, () => 0, { table: tableOf([0], [1], [[1]], [[0]]) });
    const importance = Array.from({ length: layer.channels }, (_, channel) => channel - 1);
    const store = /** @type {Store} */ (/** @type {unknown} */ ({
      survey: STORE.survey,
      compare: STORE.compare,
      finest: () => 1,
      clippedShare: () => null,
      why: () => ({ importance }),
    }));
    return sceneOf(model, store, overview, null, ROOM).effects;
  };
  const sequence = { kind: /** @type {const} */ ("sequence"), height: 8, width: 3, tiles: 1 };
  assert.deepEqual(effectsOf(layerOf({ ...sequence, channels: 3, columns: 1 })), [-1, 0, 1]);
  const unit = { kind: /** @type {const} */ ("units"), height: 1, width: 1, tiles: 1 };
  assert.equal(effectsOf(layerOf({ ...unit, channels: 1, columns: 1 })), null);
});
