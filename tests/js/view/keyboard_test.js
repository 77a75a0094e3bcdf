import * as assert from "../assert.js";

import { channelLayout, fullRange, gridLayout } from "../../../actwidget/js/numerics/mosaic.js";
import { followKeys, neighbour, zoomed } from "../../../actwidget/js/view/keyboard.js";
import { detailOf, layerOf, overviewOf } from "../builders.js";

/** @import { Layer, UnitPosition, Range } from "../../../actwidget/js/types.js" */

const LEFT = /** @type {[number, number]} */ ([0, -1]);
const RIGHT = /** @type {[number, number]} */ ([0, 1]);
const UP = /** @type {[number, number]} */ ([-1, 0]);
const DOWN = /** @type {[number, number]} */ ([1, 0]);

/**
 * Five maps of 14 × 20 units, three to a row; one of them alone with a channel.
 *
 * @param {Partial<Layer>} [changes]
 * @param {number} [channel]
 */
function sceneOf(changes = {}, channel) {
  const layer = layerOf({ channels: 5, ...changes });
  const layout = channel === undefined ? gridLayout(layer) : channelLayout(layer, channel);
  const full = fullRange(layout);
  return { layer, layout, full, range: full, overview: overviewOf(layer, () => 0), detail: null };
}

/**
 * @param {number} channel
 * @param {number} row
 * @param {number} column
 * @returns {UnitPosition}
 */
function at(channel, row, column) {
  return { channel, row, column };
}

// From unit to unit

Deno.test("the first key points at the first unit", () => {
  assert.deepEqual(neighbour(sceneOf(), null, DOWN), at(0, 0, 0));
  assert.deepEqual(neighbour(sceneOf({}, 3), null, DOWN), at(3, 0, 0));
});

Deno.test("within a map it is the next unit", () => {
  const scene = sceneOf();
  assert.deepEqual(neighbour(scene, at(1, 5, 7), LEFT), at(1, 5, 6));
  assert.deepEqual(neighbour(scene, at(1, 5, 7), RIGHT), at(1, 5, 8));
  assert.deepEqual(neighbour(scene, at(1, 5, 7), UP), at(1, 4, 7));
  assert.deepEqual(neighbour(scene, at(1, 5, 7), DOWN), at(1, 6, 7));
});

Deno.test("over a gutter it is the next map's unit at that edge", () => {
  const scene = sceneOf();
  assert.deepEqual(neighbour(scene, at(0, 5, 19), RIGHT), at(1, 5, 0));
  assert.deepEqual(neighbour(scene, at(1, 5, 0), LEFT), at(0, 5, 19));
  assert.deepEqual(neighbour(scene, at(1, 13, 7), DOWN), at(4, 0, 7));
  assert.deepEqual(neighbour(scene, at(4, 0, 7), UP), at(1, 13, 7));
});

Deno.test("at the edge of the picture it stays", () => {
  const scene = sceneOf();
  for (
    const [place, arrow] of /** @type {[UnitPosition, [number, number]][]} */ ([
      [at(0, 5, 0), LEFT],
      [at(0, 0, 5), UP],
      [at(2, 5, 19), RIGHT],
      [at(4, 13, 5), DOWN],
      [at(4, 5, 19), RIGHT],
      [at(2, 13, 5), DOWN],
    ])
  ) {
    assert.deepEqual(neighbour(scene, place, arrow), place);
  }
});

Deno.test("with one channel open it does not leave that channel", () => {
  const scene = sceneOf({}, 3);
  assert.deepEqual(neighbour(scene, at(3, 5, 7), RIGHT), at(3, 5, 8));
  assert.deepEqual(neighbour(scene, at(3, 5, 19), RIGHT), at(3, 5, 19));
});

Deno.test("in an overview it goes from block to block", () => {
  const scene = sceneOf({ height: 41, width: 40, block: 4 });
  assert.deepEqual(neighbour(scene, at(0, 5, 6), RIGHT), at(0, 4, 8));
  assert.deepEqual(neighbour(scene, at(0, 5, 6), DOWN), at(0, 8, 4));
  assert.deepEqual(neighbour(scene, at(0, 37, 6), DOWN), at(0, 40, 4));
  assert.deepEqual(neighbour(scene, at(0, 40, 6), DOWN), at(3, 0, 4));
});

Deno.test("in a refined view it goes by that view's blocks", () => {
  const scene = sceneOf({ height: 40, width: 40, block: 4 });
  const detail = detailOf(2, [[0, 0, 0, 20, 20]], () => 0);
  assert.deepEqual(neighbour({ ...scene, detail }, at(0, 5, 6), RIGHT), at(0, 4, 8));
  assert.deepEqual(neighbour({ ...scene, detail }, at(0, 5, 6), UP), at(0, 2, 6));
});

Deno.test("from a channel that is not shown it begins anew", () => {
  assert.deepEqual(neighbour(sceneOf({}, 3), at(1, 5, 7), RIGHT), at(3, 0, 0));
});

Deno.test("every unit can be reached", () => {
  const scene = sceneOf({ height: 3, width: 4 });
  const found = new Set();
  /** @type {UnitPosition[]} */
  const next = [neighbour(scene, null, RIGHT)];
  for (let place = next.pop(); place; place = next.pop()) {
    const key = JSON.stringify(place);
    if (found.has(key)) continue;
    found.add(key);
    for (const arrow of [LEFT, RIGHT, UP, DOWN]) next.push(neighbour(scene, place, arrow));
  }
  assert.equal(found.size, 5 * 3 * 4);
});

// Zoom

/**
 * @param {Range} range
 */
function size({ left, right, top, bottom }) {
  return [right - left, bottom - top];
}

/**
 * @param {number[]} found
 * @param {number[]} expected
 */
function near(found, expected) {
  found.forEach((value, i) => assert.ok(Math.abs(value - expected[i]) < 1e-9, `${found}`));
}

Deno.test("zooming in halves what is in sight, about its middle", () => {
  const scene = sceneOf({}, 3);
  const range = zoomed(scene, null, 0.5);
  near([range.left, range.right, range.top, range.bottom], [0.25, 0.75, 0.25, 0.75]);
});

Deno.test("zooming in goes to the pointed unit", () => {
  const scene = sceneOf();
  const place = at(4, 10, 12);
  let { range } = scene;
  for (let i = 0; i < 8; i++) range = zoomed({ ...scene, range }, place, 0.5);
  const x = 1 + 12.5 / scene.layout.period[1], y = 1 + 10.5 / scene.layout.period[0];
  near([(range.left + range.right) / 2, (range.top + range.bottom) / 2], [x, y]);
});

Deno.test("a zoomed view stays within the picture", () => {
  const scene = sceneOf();
  for (const place of [at(0, 0, 0), at(2, 0, 19), at(4, 13, 19)]) {
    const range = zoomed(scene, place, 0.5);
    near(size(range), size(scene.full).map((side) => side / 2));
    assert.ok(range.left >= scene.full.left && range.right <= scene.full.right + 1e-12);
    assert.ok(range.top >= scene.full.top && range.bottom <= scene.full.bottom + 1e-12);
  }
});

Deno.test("zooming out ends with the whole picture", () => {
  const scene = sceneOf();
  const range = { left: 0.1, right: 0.4, top: 0.6, bottom: 0.8 };
  let found = range;
  for (let i = 0; i < 8; i++) found = zoomed({ ...scene, range: found }, null, 2);
  near(Object.values(found).toSorted(), Object.values(scene.full).toSorted());
});

Deno.test("a pointed unit that is not shown does not steer the zoom", () => {
  const scene = sceneOf({}, 3);
  assert.deepEqual(zoomed(scene, at(1, 0, 0), 0.5), zoomed(scene, null, 0.5));
});

// Keys

/**
 * Press a key on a stage and say what was done.
 *
 * @param {string} key
 * @param {object} [modifiers]
 * @param {UnitPosition | null} [pointed]
 * @param {Partial<Layer>} [changes] of the layer
 */
function press(key, modifiers = {}, pointed = null, changes = {}) {
  /** @type {unknown[][]} */
  const done = [];
  const stage = new EventTarget();
  const note = (/** @type {string} */ name) => (/** @type {unknown[]} */ ...args) => {
    done.push([name, ...args]);
  };
  followKeys(/** @type {any} */ (stage), {
    scene: () => sceneOf(changes),
    pointed: () => pointed,
    point: note("point"),
    open: note("open"),
    goBack: note("goBack"),
    onRange: note("onRange"),
    step: note("step"),
    stepOfKind: note("stepOfKind"),
    find: note("find"),
    overlay: note("overlay"),
    explain: note("explain"),
    switchOff: note("switchOff"),
    pause: () => false,
  });
  const event = Object.assign(new Event("keydown", { cancelable: true }), { key }, modifiers);
  stage.dispatchEvent(event);
  return { done, taken: event.defaultPrevented };
}

Deno.test("left and right step through channels, up and down through layers", () => {
  assert.deepEqual(press("ArrowRight").done, [["step", "channel", 1]]);
  assert.deepEqual(press("ArrowLeft").done, [["step", "channel", -1]]);
  assert.deepEqual(press("ArrowDown").done, [["step", "layer", 1]]);
  assert.deepEqual(press("ArrowUp").done, [["step", "layer", -1]]);
});

Deno.test("Page up and down step through the slices of a volume, and else scroll the page", () => {
  const volume = { depth: 5 };
  assert.deepEqual(press("PageDown", {}, null, volume).done, [["step", "slice", 1]]);
  assert.deepEqual(press("PageUp", {}, null, volume).done, [["step", "slice", -1]]);
  assert.ok(!press("PageDown").taken);
});

Deno.test("with shift the arrows point at units", () => {
  const { done } = press("ArrowRight", { shiftKey: true }, at(0, 0, 0));
  assert.deepEqual(done, [["point", at(0, 0, 1)]]);
});

Deno.test("Enter opens the pointed channel", () => {
  assert.deepEqual(press("Enter", {}, at(4, 2, 1)).done, [["open", at(4, 2, 1)]]);
  assert.deepEqual(press("Enter").done, []);
});

Deno.test("Escape leads back", () => {
  assert.deepEqual(press("Escape").done, [["point", null], ["goBack"]]);
});

Deno.test("0 shows the whole picture", () => {
  assert.deepEqual(press("0").done, [["onRange", null]]);
});

Deno.test("plus and minus zoom", () => {
  const scene = sceneOf();
  assert.deepEqual(press("+").done, [["onRange", zoomed(scene, null, 0.5)]]);
  assert.deepEqual(press("=").done, [["onRange", zoomed(scene, null, 0.5)]]);
  assert.deepEqual(press("-").done, [["onRange", zoomed(scene, null, 2)]]);
});

Deno.test("a key that means something here is kept from the notebook", () => {
  assert.ok(press("ArrowDown").taken);
  assert.ok(press("Escape").taken);
});

Deno.test("any other key, and one with a modifier, is the notebook's", () => {
  for (
    const { done, taken } of [
      press("a"),
      press("Tab"),
      press("ArrowDown", { ctrlKey: true }),
      press("0", { metaKey: true }),
      press("Enter", { altKey: true }, at(0, 0, 0)),
    ]
  ) {
    assert.deepEqual(done, []);
    assert.ok(!taken);
  }
});

Deno.test("with Alt up and down go to the next layer of the same kind", () => {
  assert.deepEqual(press("ArrowDown", { altKey: true }).done, [["stepOfKind", 1]]);
  assert.deepEqual(press("ArrowUp", { altKey: true }).done, [["stepOfKind", -1]]);
  assert.ok(!press("ArrowLeft", { altKey: true }).taken);
  assert.ok(!press("+", { altKey: true }).taken);
});

Deno.test("a slash finds a layer", () => {
  assert.deepEqual(press("/").done, [["find"]]);
});
