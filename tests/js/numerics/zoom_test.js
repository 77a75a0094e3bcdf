import * as assert from "../assert.js";

import {
  channelLayout,
  contains,
  fullRange,
  gridLayout,
} from "../../../actwidget/js/numerics/mosaic.js";
import { pinched, proportional, zoomedAbout } from "../../../actwidget/js/numerics/zoom.js";
import { layerOf } from "../builders.js";

/** @import { Range } from "../../../actwidget/js/types.js" */

function sceneOf() {
  const layout = gridLayout(layerOf({ channels: 5 })), full = fullRange(layout);
  return { layout, full, range: full };
}

/** @type {(range: Range, x: number, y: number) => [number, number]} a point as shares of a range */
function shareOf({ left, right, top, bottom }, x, y) {
  return [(x - left) / (right - left), (y - top) / (bottom - top)];
}

/** @type {(found: number[], expected: number[]) => void} */
function near(found, expected) {
  found.forEach((value, i) => assert.ok(Math.abs(value - expected[i]) < 1e-9, `${found}`));
}

Deno.test("the point that is zoomed about keeps its place", () => {
  const scene = sceneOf(), about = { x: 1.3, y: 0.7 };
  let { range } = scene;
  const place = shareOf(range, about.x, about.y);
  for (const factor of [0.5, 0.9, 0.3, 1.2]) {
    range = zoomedAbout({ ...scene, range }, about, factor);
    near(shareOf(range, about.x, about.y), place);
  }
  near([range.right - range.left], [(scene.full.right - scene.full.left) * 0.5 * 0.9 * 0.3 * 1.2]);
});

Deno.test("zooming out about any point ends with the whole picture", () => {
  const scene = sceneOf();
  const range = { left: 0.1, right: 0.4, top: 0.6, bottom: 0.8 };
  const found = zoomedAbout({ ...scene, range }, { x: 0.11, y: 0.79 }, 100);
  assert.ok(contains(found, scene.full), JSON.stringify(found));
});

Deno.test("a unit is the least that can be seen", () => {
  const layout = channelLayout(layerOf({}), 0), full = fullRange(layout);
  let range = full;
  for (let i = 0; i < 50; i++) {
    range = zoomedAbout({ layout, full, range }, { x: 0.5, y: 0.5 }, 0.5);
  }
  assert.ok((range.right - range.left) * layout.width > 0.999);
  assert.ok((range.bottom - range.top) * layout.height > 0.999);
});

Deno.test("what was between two fingers stays between them", () => {
  const scene = { ...sceneOf(), range: { left: 0.5, right: 1.5, top: 0.5, bottom: 1 } };
  const from = { x: 0.25, y: 0.5 }, to = { x: 0.5, y: 0.4 };
  const found = pinched(scene, from, to, 0.5);
  near(shareOf(found, 0.75, 0.75), [to.x, to.y]);
  near([found.right - found.left, found.bottom - found.top], [0.5, 0.25]);
});

Deno.test("two fingers do not leave the picture", () => {
  const scene = sceneOf();
  for (const to of [{ x: 0, y: 0 }, { x: 1, y: 1 }, { x: 3, y: -2 }]) {
    const found = pinched(scene, { x: 0.5, y: 0.5 }, to, 0.7);
    assert.ok(contains(scene.full, found), JSON.stringify(found));
  }
});

Deno.test("a box of other proportions is held by one of the picture's", () => {
  const { full } = sceneOf(), across = full.right - full.left, down = full.bottom - full.top;
  const boxes = [
    { left: 0.2, right: 0.7, top: 0.1, bottom: 0.1 + down / 10 },
    { left: full.right - 0.1, right: full.right, top: full.top, bottom: full.top + 0.9 * down },
    { left: full.left, right: full.right, top: full.top, bottom: full.top + 0.01 },
  ];
  for (const box of boxes) {
    const found = proportional(box, full);
    near([(found.right - found.left) / across], [(found.bottom - found.top) / down]);
    assert.ok(contains(found, box) && contains(full, found), JSON.stringify(found));
    near(Object.values(proportional(found, full)), Object.values(found));
  }
});
