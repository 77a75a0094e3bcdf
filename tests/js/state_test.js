import * as assert from "./assert.js";

import { channelText, keepConsistent, parseChannel } from "../../actwidget/js/state.js";
import { FakeModel, layerOf } from "./builders.js";

function modelOf() {
  const model = new FakeModel({
    layers: [
      layerOf({ path: "narrow", channels: 4 }),
      layerOf({ path: "wide", channels: 40 }),
      layerOf({ path: "<b>bold</b>", channels: 8 }),
    ],
    layer: 0,
    channel: -1,
    channel_max: 3,
    channel_text: "all",
    layer_text: "narrow",
    normalizations: ["raw", "symmetric"],
    normalization: 0,
    normalization_text: "raw",
    images: 2,
    image: 0,
    image_text: "0",
  });
  keepConsistent(model);
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

Deno.test("a typed channel is shown", () => {
  const model = modelOf();
  model.set("channel_text", "2");
  assert.equal(model.get("channel"), 2);
  model.set("channel_text", " ALL");
  assert.deepEqual([model.get("channel"), model.get("channel_text")], [-1, "all"]);
});

Deno.test("what is typed and is no channel is taken back", () => {
  const model = modelOf();
  model.set("channel", 2);
  for (const text of ["4", "x", "-1"]) {
    model.set("channel_text", text);
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
