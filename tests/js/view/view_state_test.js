import * as assert from "../assert.js";

import {
  channelText,
  moved,
  parseChannel,
  sliceText,
  stepped,
  syncDerivedState,
} from "../../../actwidget/js/view/view_state.js";
import { shownSlice } from "../../../actwidget/js/store/picture_key.js";
import { FakeModel, layerOf, overviewOf, RAW } from "../builders.js";
import walks from "../../shared/view_state.json" with { type: "json" };

/** @import { PictureKey } from "../../../actwidget/js/types.js" */
/** @import { Store } from "../../../actwidget/js/store/store.js" */
/** @import { Changes, ViewState } from "../../../actwidget/js/view/view_state.js" */

// The same moves as in Python

for (const [name, walk] of Object.entries(walks)) {
  Deno.test(`a walk through ${name} goes where it goes in Python`, () => {
    let state = /** @type {ViewState} */ ({
      layer: "narrow",
      channel: null,
      normalization: "raw",
      image_index: 0,
      slice: 0,
      sort: "number",
      alive_only: false,
      dead_only: false,
      hold_scale: false,
      limits: [-1, 1],
      alpha_overlay: 1,
      target: null,
      show: "activation",
      overlay: null,
      overlay_opacity: 0.5,
      ablated: null,
      explored: null,
      mode: "side by side",
      panel: 0,
      limitsAreDue: false,
    });
    walk.steps.forEach((step, number) => {
      const layers = walk.layers.map((layer) => ({ ...layer, isImage: layer.is_image }));
      state = moved({ ...walk, layers }, state, /** @type {Changes} */ (step.changes));
      assert.deepEqual({ ...state }, step.state);
      const layer = walk.layers.find(({ path }) => path === state.layer);
      assert.equal(layer && shownSlice(layer, state.slice), step.slice_shown);
      if (number % 3 && state.limitsAreDue) {
        state = { ...state, limits: [-1 - number, 1 + number], limitsAreDue: false };
      }
    });
  });
}

// Steps of a key

const CHOICES = {
  layers: [layerOf({ path: "narrow", channels: 4 }), layerOf({ path: "deep", depth: 16 })],
  images: 2,
  normalizations: ["raw"],
};

for (
  const [name, state, by, changes] of /** @type {const} */ ([
    ["layer", { layer: "narrow" }, 1, { layer: "deep" }],
    ["layer", { layer: "narrow" }, -1, { layer: "narrow" }],
    ["layer", { layer: "deep" }, 1, { layer: "deep" }],
    ["channel", { layer: "narrow", channel: null }, 1, { channel: 0 }],
    ["channel", { layer: "narrow", channel: null }, -1, { channel: null }],
    ["channel", { layer: "narrow", channel: 0 }, -1, { channel: null }],
    ["channel", { layer: "narrow", channel: 3 }, 1, { channel: 3 }],
    ["slice", { layer: "deep", slice: 15 }, 1, { slice: 15 }],
    ["slice", { layer: "deep", slice: 15 }, -1, { slice: 14 }],
  ])
) {
  Deno.test(`a step of the ${name} by ${by} from ${JSON.stringify(state)}`, () => {
    assert.deepEqual(stepped(CHOICES, /** @type {any} */ (state), name, by), changes);
  });
}

// What somebody typed

for (
  const [text, channel] of /** @type {[string, number | null | undefined][]} */ ([
    ["0", 0],
    ["17", 17],
    [" 17 ", 17],
    ["007", 7],
    ["39", 39],
    ["40", undefined],
    ["all", null],
    ["ALL ", null],
    ["", null],
    ["  ", null],
    ["-1", undefined],
    ["1.5", undefined],
    ["1e1", undefined],
    ["seven", undefined],
    ["٣", undefined],
  ])
) {
  Deno.test(`"${text}" is ${channel === undefined ? "not a channel" : `channel ${channel}`}`, () => {
    assert.equal(parseChannel(text, 40), channel);
  });
}

Deno.test("a channel is written as its number, all channels as a word", () => {
  assert.deepEqual([null, 0, 17].map(channelText), ["all", "0", "17"]);
});

Deno.test("a slice is written with the range it is in", () => {
  const layer = layerOf({ depth: 16 });
  assert.deepEqual([4, 99].map((slice) => sliceText(layer, slice)), ["4 of 0–15", "8 of 0–15"]);
  assert.equal(sliceText(layerOf(), 4), "no slices");
});

// A model that is kept consistent

/** What the page holds: it has no picture of the third layer. */
class HeldPictures {
  has = 2;
  /** @type {() => void} */
  tell = () => {};

  /** @param {PictureKey} key */
  overview({ layer }) {
    const own = /** @type {[number, number][]} */ ([[-1 - layer, 1 + layer], [0, 9]]);
    const normalizations = own.map((limits) => ({ ...RAW, limits }));
    return layer < this.has ? overviewOf(layerOf(), () => 0, { normalizations }) : undefined;
  }

  /** @param {() => void} listener */
  listen(listener) {
    this.tell = listener;
    return () => {};
  }
}

function consistent() {
  const model = new FakeModel({
    layers: [
      layerOf({ path: "narrow", channels: 4 }),
      layerOf({ path: "wide", channels: 40 }),
      layerOf({ path: "late", channels: 8 }),
    ],
    normalizations: ["raw", "symmetric"],
    images: 2,
    layer: "narrow",
    channel: null,
    normalization: "raw",
    image_index: 0,
    slice: 0,
    sort: "number",
    alive_only: false,
    hold_scale: false,
    limits: [-1, 1],
  });
  const pictures = new HeldPictures();
  const stop = syncDerivedState(model, /** @type {Store} */ (/** @type {unknown} */ (pictures)));
  return { model, pictures, stop };
}

/** @param {FakeModel} model */
function scale(model) {
  return [model.get("hold_scale"), ...model.get("limits")];
}

Deno.test("what follows from a change is saved with it", () => {
  const { model } = consistent();
  model.receive({ layer: "wide", channel: 30 });
  const before = model.saved;
  model.set("layer", "narrow");
  assert.equal(model.get("channel"), null);
  assert.ok(model.saved > before);
});

Deno.test("several traits that follow from a change hold no scale", () => {
  const { model } = consistent();
  model.receive({ layer: "wide", channel: 30 });
  assert.deepEqual(scale(model), [false, -2, 2]);
  model.set("layer", "narrow");
  assert.deepEqual([model.get("channel"), ...scale(model)], [null, false, -1, 1]);
});

Deno.test("a change that the store hears of first is not taken back", () => {
  const { model, pictures } = consistent();
  // As the store does when it asks a kernel that is gone for the picture.
  model.prepend("change:layer", () => pictures.tell());
  model.set("layer", "late");
  assert.equal(model.get("layer"), "late");
});

Deno.test("a consistent change from Python is not sent back", () => {
  const { model } = consistent();
  model.receive({ layer: "late", channel: 7, image_index: 1 });
  assert.equal(model.saved, 0);
});

Deno.test("limits follow the picture until they are held", () => {
  const { model, pictures } = consistent();
  model.set("layer", "wide");
  assert.deepEqual(scale(model), [false, -2, 2]);
  model.set("layer", "late");
  assert.deepEqual(scale(model), [false, -2, 2]);
  pictures.has = 3;
  pictures.tell();
  assert.deepEqual(scale(model), [false, -3, 3]);
  model.set("hold_scale", true);
  model.set("layer", "narrow");
  assert.deepEqual(scale(model), [true, -3, 3]);
  model.set("hold_scale", false);
  assert.deepEqual(scale(model), [false, -1, 1]);
});

Deno.test("limits that a linked widget assigns are held", () => {
  const { model } = consistent();
  model.set("limits", [-5, 7]);
  assert.deepEqual(scale(model), [true, -5, 7]);
});

Deno.test("another normalization holds its own limits", () => {
  const { model } = consistent();
  model.set("limits", [-5, 7]);
  model.set("normalization", "symmetric");
  assert.deepEqual(scale(model), [true, 0, 9]);
});

Deno.test("limits that Python sends with another normalization are kept, in any order", () => {
  for (
    const changes of [
      { normalization: "symmetric", limits: [-5, 7], hold_scale: true },
      { limits: [-5, 7], hold_scale: true, layer: "wide", normalization: "symmetric" },
    ]
  ) {
    const { model } = consistent();
    model.receive(changes);
    assert.deepEqual(scale(model), [true, -5, 7]);
  }
});

Deno.test("what does not exist is taken back, for a linked widget too", () => {
  const { model } = consistent();
  model.set("layer", "missing");
  model.set("image_index", 9);
  model.set("channel", 4);
  assert.deepEqual(
    ["layer", "image_index", "channel"].map((name) => model.get(name)),
    ["narrow", 1, null],
  );
});

Deno.test("a step to the next channel follows the order that is shown", () => {
  const choices = {
    layers: [{ path: "a", channels: 4, depth: 1, isImage: false }],
    images: 1,
    normalizations: ["raw"],
  };
  const step = (/** @type {number | null} */ channel, /** @type {number} */ by) =>
    stepped(choices, /** @type {any} */ ({ layer: "a", channel }), "channel", by, [2, 0, 3, 1]);
  assert.deepEqual(step(null, 1), { channel: 2 });
  assert.deepEqual(step(2, 1), { channel: 0 });
  assert.deepEqual(step(1, 1), { channel: 1 });
  assert.deepEqual(step(0, -1), { channel: 2 });
  assert.deepEqual(step(2, -1), { channel: null });
});
