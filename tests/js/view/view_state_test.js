import * as assert from "../assert.js";

import {
  channelText,
  keepConsistent,
  parseChannel,
} from "../../../actwidget/js/view/view_state.js";
import { FakeModel, layerOf, overviewOf, RAW } from "../builders.js";

/** @import { Store } from "../../../actwidget/js/store/store.js" */

/** What the page holds: of layer 2 it has no picture. */
const STORE = /** @type {Store} */ (/** @type {unknown} */ ({
  overview: (/** @type {{ layer: number }} */ { layer }) => {
    const own = /** @type {[number, number][]} */ ([[-1 - layer, 1 + layer], [0, 9]]);
    const normalizations = own.map((limits) => ({ ...RAW, limits }));
    return layer < 2 ? overviewOf(layerOf(), () => 0, { normalizations }) : undefined;
  },
}));

function modelOf() {
  const model = new FakeModel({
    layers: [
      layerOf({ path: "narrow", channels: 4 }),
      layerOf({ path: "wide", channels: 40 }),
      layerOf({ path: "<b>bold</b>", channels: 8 }),
      layerOf({ path: "deep", depth: 16 }),
      layerOf({ path: "pooled", depth: 6 }),
    ],
    layer: 0,
    channel: -1,
    channel_max: 3,
    channel_text: "all",
    layer_text: "narrow",
    slice: 8,
    slice_max: 15,
    no_slices: true,
    slice_text: "no slices",
    normalizations: ["raw", "symmetric"],
    normalization: 0,
    normalization_text: "raw",
    images: 2,
    image: 0,
    image_text: "0",
    hold: false,
    limits: [],
  });
  keepConsistent(model, STORE);
  return model;
}

// What somebody typed

for (
  const [text, channel] of /** @type {[string, number | null][]} */ ([
    ["0", 0],
    ["17", 17],
    [" 17 ", 17],
    ["007", 7],
    ["39", 39],
    ["40", null],
    ["all", -1],
    ["ALL ", -1],
    ["", -1],
    ["  ", -1],
    ["-1", null],
    ["1.5", null],
    ["1e1", null],
    ["seven", null],
    ["٣", null],
  ])
) {
  Deno.test(`"${text}" is ${channel === null ? "no channel" : `channel ${channel}`}`, () => {
    assert.equal(parseChannel(text, 39), channel);
  });
}

Deno.test("a channel is written as its number, all channels as a word", () => {
  assert.deepEqual([channelText(-1), channelText(0), channelText(17)], ["all", "0", "17"]);
});

// What follows from what

Deno.test("a new layer brings its name and its range", () => {
  const model = modelOf();
  model.set("layer", 1);
  assert.deepEqual([model.get("layer_text"), model.get("channel_max")], ["wide", 39]);
});

Deno.test("the channel is kept where the new layer has it", () => {
  const model = modelOf();
  model.set("channel", 3);
  model.set("layer", 1);
  model.set("layer", 0);
  assert.deepEqual([model.get("channel"), model.get("channel_text")], [3, "3"]);
});

Deno.test("all channels are shown where the new layer has no such channel", () => {
  const model = modelOf();
  model.set("layer", 1);
  model.set("channel", 4);
  model.set("layer", 0);
  assert.deepEqual([model.get("channel"), model.get("channel_text")], [-1, "all"]);
});

Deno.test("the channel moves before its range shrinks, lest a slider clamps it", () => {
  const model = modelOf();
  model.set("layer", 1);
  model.set("channel", 30);
  /** @type {number[]} */
  const channels = [];
  model.on("change:channel_max", () => channels.push(model.get("channel")));
  model.set("layer", 0);
  assert.deepEqual(channels, [-1]);
});

Deno.test("a typed channel is shown", async () => {
  const model = modelOf();
  model.set("channel_text", "2");
  assert.equal(model.get("channel"), 2);
  await Promise.resolve();
  model.set("channel_text", " ALL");
  await Promise.resolve();
  assert.deepEqual([model.get("channel"), model.get("channel_text")], [-1, "all"]);
});

Deno.test("what is typed and is no channel is taken back", async () => {
  const model = modelOf();
  model.set("channel", 2);
  for (const text of ["4", "x", "-1"]) {
    model.set("channel_text", text);
    await Promise.resolve();
    assert.deepEqual([model.get("channel"), model.get("channel_text")], [2, "2"]);
  }
});

Deno.test("normalization and image have their words", () => {
  const model = modelOf();
  model.set("normalization", 1);
  model.set("image", 1);
  assert.deepEqual([model.get("normalization_text"), model.get("image_text")], ["symmetric", "1"]);
});

Deno.test("a layer's name that holds HTML stays text", () => {
  const model = modelOf();
  model.set("layer", 2);
  assert.equal(model.get("layer_text"), "<b>bold</b>");
});

Deno.test("every change is saved for Python", () => {
  const model = modelOf();
  for (
    const [name, value] of Object.entries({ layer: 1, channel: 2, normalization: 1, image: 1 })
  ) {
    const before = model.saved;
    model.set(name, value);
    assert.ok(model.saved > before);
  }
});

// Slices of a volume

/** @param {FakeModel} model */
function slices(model) {
  return ["slice", "slice_max", "no_slices", "slice_text"].map((name) => model.get(name));
}

Deno.test("a volume has its slices, and what is none leaves them alone", () => {
  const model = modelOf();
  model.set("layer", 3);
  assert.deepEqual(slices(model), [8, 15, false, "8 of 0–15"]);
  model.set("slice", 12);
  assert.deepEqual(slices(model), [12, 15, false, "12 of 0–15"]);
  model.set("layer", 1);
  assert.deepEqual(slices(model), [12, 15, true, "no slices"]);
});

Deno.test("the slice is kept where the new volume has it, else its middle is shown", () => {
  const model = modelOf();
  model.set("layer", 3);
  model.set("slice", 5);
  model.set("layer", 4);
  assert.deepEqual(slices(model), [5, 5, false, "5 of 0–5"]);
  model.set("layer", 3);
  model.set("slice", 6);
  model.set("layer", 4);
  assert.deepEqual(slices(model), [3, 5, false, "3 of 0–5"]);
});

Deno.test("the slice moves before its range shrinks, lest a slider clamps it", () => {
  const model = modelOf();
  model.set("layer", 3);
  model.set("slice", 14);
  /** @type {number[]} */
  const seen = [];
  model.on("change:slice_max", () => seen.push(model.get("slice")));
  model.set("layer", 4);
  assert.deepEqual(seen, [3]);
});

Deno.test("a slice that Python sends with its layer is kept", () => {
  const model = modelOf();
  model.receive({ layer: 4, slice: 0 });
  assert.equal(model.get("slice"), 0);
});

// Limits that are held

/** @param {FakeModel} model */
function scale(model) {
  return [model.get("hold"), ...model.get("limits")];
}

Deno.test("ticking hold takes the limits in force, for Python too", () => {
  const model = modelOf();
  const before = model.saved;
  model.set("hold", true);
  assert.deepEqual(scale(model), [true, -1, 1]);
  assert.ok(model.saved > before);
});

Deno.test("held limits stay when layer and image change", () => {
  const model = modelOf();
  model.set("hold", true);
  for (const [name, value] of [["layer", 1], ["image", 1], ["layer", 2], ["channel", 3]]) {
    model.set(String(name), value);
    assert.deepEqual(scale(model), [true, -1, 1]);
  }
});

Deno.test("unticking it lets go of them, and ticking it again takes those of that moment", () => {
  const model = modelOf();
  model.set("hold", true);
  model.set("hold", false);
  assert.deepEqual(scale(model), [false]);
  model.set("layer", 1);
  model.set("hold", true);
  assert.deepEqual(scale(model), [true, -2, 2]);
});

Deno.test("another normalization takes its own limits while they are held", async () => {
  const model = modelOf();
  model.set("hold", true);
  await Promise.resolve();
  model.set("normalization", 1);
  assert.deepEqual(scale(model), [true, 0, 9]);
  await Promise.resolve();
  model.set("normalization", 0);
  assert.deepEqual(scale(model), [true, -1, 1]);
});

Deno.test("another normalization takes no limits while none are held", () => {
  const model = modelOf();
  model.set("normalization", 1);
  assert.deepEqual(scale(model), [false]);
});

Deno.test("limits that come from Python with hold are kept", () => {
  for (const changes of [{ hold: true, limits: [-5, 7] }, { limits: [-5, 7], hold: true }]) {
    const model = modelOf();
    model.receive(changes);
    assert.deepEqual(scale(model), [true, -5, 7]);
  }
});

Deno.test("Python lets go of them", () => {
  for (const changes of [{ hold: false, limits: [] }, { limits: [], hold: false }]) {
    const model = modelOf();
    model.receive({ hold: true, limits: [-5, 7] });
    model.receive(changes);
    assert.deepEqual(scale(model), [false]);
  }
});

for (
  const order of [
    ["limits", "normalization"],
    ["normalization", "limits"],
    ["layer", "normalization", "limits"],
    ["layer", "limits", "normalization"],
  ]
) {
  Deno.test(`limits that come from Python as ${order.join(", ")} are kept`, async () => {
    /** @type {Record<string, unknown>} */
    const values = { limits: [-5, 7], normalization: 1, layer: 2 };
    const model = modelOf();
    model.set("hold", true);
    await Promise.resolve();
    model.receive(Object.fromEntries(order.map((name) => [name, values[name]])));
    assert.deepEqual(scale(model), [true, -5, 7]);
  });
}

Deno.test("after limits came from Python another normalization takes its own again", async () => {
  const model = modelOf();
  model.receive({ hold: true, limits: [-5, 7], normalization: 1 });
  await Promise.resolve();
  model.set("normalization", 0);
  assert.deepEqual(scale(model), [true, -1, 1]);
});
