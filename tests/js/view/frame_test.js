import * as assert from "../assert.js";

import {
  isSmall,
  roomKind,
  stageHeight,
  STRIP_HEIGHT,
  stripPlace,
} from "../../../actwidget/js/view/frame.js";
import { layerOf } from "../builders.js";

/** @import { Layer } from "../../../actwidget/js/types.js" */

/** Rows above and below the picture, with the gaps between all. */
const ROWS = 32 + 24 + 24 + 20 + 4 * 4;

/** The strip of the input above the picture, with its gap. */
const STRIP = 92 + 4;

Deno.test("the widget is at most 560 pixels high at any width from 568", () => {
  for (let width = 568; width < 3000; width += 7) {
    const kind = roomKind(width), strip = kind === "wide" ? 0 : STRIP;
    assert.ok(stageHeight(kind, width, false) + ROWS + strip <= 560, `${width}`);
  }
});

Deno.test("a phone's picture is as high as wide, and all fits its screen", () => {
  assert.equal(roomKind(390), "phone");
  const others = 48 + 44 * 3 + 100 + 4;
  assert.ok(stageHeight("phone", 390, false) + others <= 720);
});

Deno.test("a box that is not displayed yet is taken for a wide one", () => {
  assert.equal(roomKind(0), "wide");
});

Deno.test("what is small takes a small frame, whatever is done with it", () => {
  const small = (/** @type {Partial<Layer>} */ changes) => isSmall([layerOf(changes)], 0);
  const units = { height: 1, width: 1, kind: /** @type {const} */ ("units"), type: "Dense" };
  assert.equal(small({ ...units, channels: 7, activation: "softmax" }), true);
  assert.equal(small({ ...units, channels: 60, activation: "softmax" }), false);
  assert.equal(small({ ...units, channels: 512 }), true);
  assert.equal(small({ height: 1, width: 5000, channels: 1 }), true);
  assert.equal(small({}), false);
  assert.equal(small({ channels: 1 }), false);
  assert.equal(small({ kind: "sequence", tiles: 1, height: 2, width: 64 }), false);
});

Deno.test("the strongest images stand beside a map that leaves them room, else below it", () => {
  const square = layerOf({ height: 8, width: 8 }), wide = layerOf({ height: 8, width: 40 });
  const sequence = layerOf({ kind: "sequence" });
  const place = (/** @type {typeof square} */ layer, /** @type {number} */ width) =>
    stripPlace(roomKind(width), [layer, layerOf()], 0, width);
  assert.equal(place(square, 1186), "beside");
  assert.equal(place(square, 934), "beside");
  assert.equal(place(square, 720), "below");
  assert.equal(place(wide, 934), "below");
  assert.equal(place(sequence, 934), "below");
  assert.equal(place(square, 390), "below");
});

Deno.test("what stands below the picture is taken from its height", () => {
  for (const kind of /** @type {const} */ (["wide", "narrow", "phone"])) {
    const width = { wide: 934, narrow: 568, phone: 390 }[kind];
    const whole = stageHeight(kind, width, false);
    assert.equal(stageHeight(kind, width, false, 0, STRIP_HEIGHT), whole - STRIP_HEIGHT);
  }
});
