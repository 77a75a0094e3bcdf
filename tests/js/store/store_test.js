import * as assert from "../assert.js";

import { CACHE_BYTES } from "../../../actwidget/js/store/picture_cache.js";
import { Store } from "../../../actwidget/js/store/store.js";
import { FakeModel, gzip, layerOf, RAW } from "../builders.js";

/** @import { Patch } from "../../../actwidget/js/types.js" */

/**
 * An overview as Python sends it: the message and its buffers.
 *
 * @param {number} layer
 * @param {number} [image]
 * @param {number} [units] how many; their bytes are what the cache counts
 */
async function overviewMessage(layer, image = 0, units = 8) {
  const message = {
    kind: "overview",
    layer,
    image,
    slice: 0,
    block: 1,
    encoding: "float32",
    groups: 1,
    minimum: 0,
    mean: 0,
    maximum: 0,
    nonFinite: 0,
    blank: [],
    normalizations: [RAW],
    arrays: [["table", "float64", 8], ["units", "float32", units]],
  };
  return { message, buffers: [await zeros(64 + units * 4)] };
}

/**
 * Which picture.
 *
 * @param {number} layer
 * @param {number} image
 * @param {number} [slice]
 */
function at(layer, image, slice = 0) {
  return { layer, image, slice };
}

/** @type {Map<number, Promise<DataView>>} */
const zipped = new Map();

/** @param {number} bytes */
function zeros(bytes) {
  const found = zipped.get(bytes) ?? gzip(new Uint8Array(bytes));
  zipped.set(bytes, found);
  return found;
}

/**
 * A store and its model; the state holds no picture.
 *
 * @param {object} [state]
 * @param {boolean} [live] whether there is a kernel
 */
function storeWith(state = {}, live = true) {
  const layers = Array.from({ length: 100 }, (_, number) => ({ path: `${number}`, depth: 1 }));
  const shown = { picture: {}, layers, layer: "3", image_index: 1, slice: 0 };
  const model = new FakeModel({ view_id: "view", has_input_image: true, ...shown, ...state });
  model.live = live;
  return { model, store: new Store(model) };
}

/**
 * @param {FakeModel} model
 * @param {number} layer
 * @param {number} [image]
 * @param {number} [units]
 */
async function answerOverview(model, layer, image, units) {
  const { message, buffers } = await overviewMessage(layer, image, units);
  const request = model.sent.findLast((each) =>
    each.kind === "overview" && each.layer === layer && each.image === message.image &&
    each.slice === 0
  );
  await model.emit("msg:custom", { ...message, id: request?.id }, buffers);
}

/**
 * @param {FakeModel} model
 * @param {{ id: number }} request
 */
function answerError(model, { id }) {
  return model.emit("msg:custom", { kind: "error", id, message: "it is gone" }, []);
}

/**
 * What was sent, without the ids.
 *
 * @param {FakeModel} model
 */
function requests(model) {
  return model.sent.map(({ id: _id, ...request }) => request);
}

/** @param {FakeModel} model */
function layersAsked(model) {
  return model.sent.map(({ layer }) => layer);
}

// Questions

Deno.test("a picture that is wanted is asked for with its input image", () => {
  const { model, store } = storeWith();
  store.requestOverview(at(3, 1));
  assert.deepEqual(requests(model), [{
    kind: "overview",
    layer: 3,
    image: 1,
    slice: 0,
    input: true,
  }]);
  assert.ok(store.waiting);
});

Deno.test("the picture of a step is asked for as soon as the state says so", () => {
  const { model, store } = storeWith();
  store.listen(() => {});
  model.set("layer", "5");
  assert.deepEqual(layersAsked(model), [5]);
});

Deno.test("where nobody looks, a step asks for nothing", () => {
  const { model } = storeWith();
  model.set("layer", "5");
  assert.deepEqual(model.sent, []);
});

Deno.test("an input image that is held is not asked for again", async () => {
  const { model, store } = storeWith();
  const { message, buffers } = await overviewMessage(0, 1);
  const input = { mime: "image/png", height: 4, width: 5 };
  const pixels = new DataView(new ArrayBuffer(3));
  await model.emit("msg:custom", { ...message, input }, [...buffers, pixels]);
  assert.deepEqual([store.input({ image: 1 })?.height, store.input({ image: 1 })?.width], [4, 5]);
  store.requestOverview(at(3, 1));
  store.requestOverview(at(3, 2));
  assert.equal(model.sent[0].input, false);
  store.close();
});

Deno.test("one question is asked at a time", () => {
  const { model, store } = storeWith();
  for (const layer of [1, 2, 3]) store.requestOverview(at(layer, 0));
  assert.deepEqual(layersAsked(model), [1]);
});

Deno.test("of those that were wanted meanwhile only the last is asked", async () => {
  const { model, store } = storeWith();
  for (const layer of [1, 2, 3]) store.requestOverview(at(layer, 0));
  await answerOverview(model, 1);
  assert.deepEqual(layersAsked(model), [1, 3]);
  await answerOverview(model, 3);
  assert.deepEqual(layersAsked(model), [1, 3]);
  assert.ok(!store.waiting);
});

Deno.test("while answers come fast, one is asked for as another comes", async () => {
  const { model, store } = storeWith();
  store.requestOverview(at(1, 0));
  await answerOverview(model, 1);
  for (const layer of [2, 3, 4, 5]) store.requestOverview(at(layer, 0));
  assert.deepEqual(layersAsked(model), [1, 2, 3]);
  await answerOverview(model, 2);
  assert.deepEqual(layersAsked(model), [1, 2, 3, 5]);
});

Deno.test("after an answer that came slowly, one is asked at a time", async () => {
  const { model, store } = storeWith();
  store.requestOverview(at(1, 0));
  await new Promise((resolve) => setTimeout(resolve, 120));
  await answerOverview(model, 1);
  for (const layer of [2, 3, 4, 5]) store.requestOverview(at(layer, 0));
  assert.deepEqual(layersAsked(model), [1, 2]);
});

Deno.test("the question under way is not asked twice, nor one that it replaced", async () => {
  const { model, store } = storeWith();
  for (const layer of [1, 1, 2, 1]) store.requestOverview(at(layer, 0));
  await answerOverview(model, 1);
  assert.deepEqual(layersAsked(model), [1]);
});

Deno.test("the next is asked while what has come is being unpacked", async () => {
  const { model, store } = storeWith();
  store.requestOverview(at(1, 0));
  store.requestOverview(at(2, 0));
  const { message, buffers } = await overviewMessage(1);
  const unpacked = model.emit("msg:custom", { ...message, id: model.sent[0].id }, buffers);
  assert.deepEqual(layersAsked(model), [1, 2]);
  assert.ok(store.holds(at(1, 0)));
  assert.equal(store.overview(at(1, 0)), undefined);
  await unpacked;
  assert.ok(store.overview(at(1, 0)));
});

/**
 * What a store tells of pictures, as `news layer`.
 *
 * @param {Store} store
 */
function newsOf(store) {
  /** @type {string[]} */
  const told = [];
  store.listen((news, which) => told.push(`${news} ${which?.layer ?? ""}`.trim()));
  return told;
}

Deno.test("a picture that was wanted until the slider moved on is told as passing", async () => {
  const { model, store } = storeWith();
  const told = newsOf(store);
  store.requestOverview(at(1, 1));
  store.requestOverview(at(3, 1));
  await answerOverview(model, 1, 1);
  await answerOverview(model, 3, 1);
  assert.deepEqual(told, ["passing 1", "overview 3"]);
});

Deno.test("what comes ahead of being wanted is told as that", async () => {
  const { model, store } = storeWith();
  const told = newsOf(store);
  store.requestAhead(at(4, 1));
  await answerOverview(model, 4, 1);
  await answerOverview(model, 5, 1);
  assert.deepEqual(told, ["ahead 4", "ahead 5"]);
});

Deno.test("what was asked for ahead and then wanted may be passing", async () => {
  const { model, store } = storeWith();
  const told = newsOf(store);
  store.requestAhead(at(4, 1));
  store.requestOverview(at(4, 1));
  await answerOverview(model, 4, 1);
  assert.deepEqual(told, ["passing 4"]);
});

Deno.test("a layer is prepared once Python says so, or has sent a picture of it", async () => {
  const { model, store } = storeWith();
  store.prepare({ layer: 4, image: 0, slice: 0 }, 0.02);
  const question = { kind: "prepare", layer: 4, seconds: 0.02 };
  assert.deepEqual(requests(model), [question]);
  await model.emit("msg:custom", { kind: "prepare", layer: 4, done: false }, []);
  assert.ok(!store.isPrepared({ layer: 4, image: 0, slice: 0 }));
  await model.emit("msg:custom", { kind: "prepare", layer: 4, done: true }, []);
  assert.ok(store.isPrepared({ layer: 4, image: 0, slice: 0 }));
  assert.ok(!store.isPrepared({ layer: 5, image: 0, slice: 0 }));
  await answerOverview(model, 5);
  assert.ok(store.isPrepared({ layer: 5, image: 0, slice: 0 }));
});

Deno.test("what cannot be prepared is no failure of what is shown, and not tried again", async () => {
  const { model, store } = storeWith();
  store.prepare({ layer: 4, image: 0, slice: 0 }, 0.02);
  await answerError(model, model.sent[0]);
  assert.equal(store.failure, "");
  assert.ok(store.isPrepared({ layer: 4, image: 0, slice: 0 }));
});

Deno.test("a detail that is under way is not asked for twice", async () => {
  const { model, store } = storeWith();
  const want = () => store.requestDetail(at(0, 0), 1, [[0, 0, 0, 2, 2]]);
  want();
  want();
  const answer = { ...model.sent[0], encoding: "float32", arrays: [["units", "float32", 4]] };
  await model.emit("msg:custom", answer, [await zeros(16)]);
  assert.equal(model.sent.length, 1);
});

Deno.test("what has come meanwhile is not asked for", async () => {
  const { model, store } = storeWith();
  store.requestOverview(at(1, 0));
  store.requestOverview(at(2, 0));
  await answerOverview(model, 2);
  await answerOverview(model, 1);
  assert.deepEqual(layersAsked(model), [1]);
});

Deno.test("a picture that nobody asked for answers no question", async () => {
  const { model, store } = storeWith();
  store.requestOverview(at(1, 0));
  await answerOverview(model, 5);
  assert.ok(store.waiting);
  assert.notEqual(store.overview(at(5, 0)), undefined);
});

Deno.test("questions of different kinds do not wait for each other", () => {
  const { model, store } = storeWith();
  store.requestOverview(at(1, 0));
  store.requestDetail(at(0, 0), 1, [[0, 0, 0, 2, 2]]);
  store.value(at(0, 0), { channel: 0, row: 0, column: 0 }, 1);
  store.clippedShare(0, 0, [0, 1]);
  assert.deepEqual(model.sent.map(({ kind }) => kind), ["overview", "detail", "value", "clipped"]);
});

Deno.test("after an error the next question is asked", async () => {
  const { model, store } = storeWith({ layer: "1" });
  store.requestOverview(at(1, 0));
  store.requestOverview(at(2, 0));
  await answerError(model, model.sent[0]);
  assert.deepEqual(layersAsked(model), [1, 2]);
  assert.equal(store.failure, "it is gone");
  await answerOverview(model, 2);
  assert.equal(store.failure, "");
});

for (
  const [kind, want] of /** @type {[string, (store: Store) => unknown][]} */ ([
    ["an overview", (store) => store.requestOverview(at(1, 0))],
    ["a detail", (store) => store.requestDetail(at(1, 0), 1, [[0, 0, 0, 2, 2]])],
    ["an exact value", (store) => store.value(at(1, 0), { channel: 0, row: 0, column: 0 }, 1)],
    ["a share outside limits", (store) => store.clippedShare(1, 0, [0, 1])],
  ])
) {
  Deno.test(`${kind} that could not be given is not asked for again and again`, async () => {
    const { model, store } = storeWith();
    // As a view does: it draws itself anew at any news, and wants what it does not find.
    store.listen(() => want(store));
    want(store);
    for (let i = 0; i < 5 && i < model.sent.length; i++) await answerError(model, model.sent[i]);
    assert.equal(model.sent.length, 1);
  });
}

Deno.test("what failed once may be asked again after something else was", async () => {
  const { model, store } = storeWith();
  store.requestOverview(at(1, 0));
  await answerError(model, model.sent[0]);
  store.requestOverview(at(2, 0));
  await answerOverview(model, 2);
  store.requestOverview(at(1, 0));
  assert.deepEqual(layersAsked(model), [1, 2, 1]);
});

Deno.test("a failure of one kind does not keep another from being asked", async () => {
  const { model, store } = storeWith();
  store.clippedShare(1, 0, [0, 1]);
  await answerError(model, model.sent[0]);
  store.value(at(1, 0), { channel: 0, row: 0, column: 0 }, 1);
  store.requestOverview(at(1, 0));
  assert.deepEqual(model.sent.map(({ kind }) => kind), ["clipped", "value", "overview"]);
});

Deno.test("without a kernel nothing is asked", async () => {
  const { model, store } = storeWith();
  store.requestOverview(at(1, 0));
  model.live = false;
  await model.emit("comm_live_update");
  assert.ok(!store.alive);
  assert.ok(!store.waiting);
  store.requestOverview(at(2, 0));
  assert.deepEqual(layersAsked(model), [1]);
});

Deno.test("a kernel to which nothing can be sent is gone", async () => {
  const { model, store } = storeWith();
  // The store learns of the kernel after it was made.
  await model.emit("comm_live_update");
  model.send = () => {
    throw new Error("Cannot send");
  };
  let told = 0;
  store.listen(() => told++);
  store.requestOverview(at(1, 0));
  assert.ok(store.kernelIsLost && !store.waiting);
  assert.equal(told, 1);
});

Deno.test("those who listen are told of news until they stop", async () => {
  const { model, store } = storeWith();
  let told = 0;
  const stop = store.listen(() => told++);
  await answerOverview(model, 1);
  assert.equal(told, 1);
  stop();
  await answerOverview(model, 2);
  assert.equal(told, 1);
});

// Pictures

Deno.test("an overview is held by its layer and image", async () => {
  const { model, store } = storeWith();
  await answerOverview(model, 1, 2);
  const overview = store.overview(at(1, 2));
  assert.deepEqual([overview?.layer, overview?.image, overview?.units.length], [1, 2, 8]);
  assert.ok(overview?.table instanceof Float64Array);
  assert.equal(store.overview(at(2, 1)), undefined);
});

Deno.test("the picture in the state is there without a question", async () => {
  const { message, buffers } = await overviewMessage(4);
  const { model, store } = storeWith({ picture: { ...message, data: buffers[0] } });
  await new Promise((resolve) => store.listen(() => resolve(undefined)));
  assert.notEqual(store.overview(at(4, 0)), undefined);
  assert.deepEqual(model.sent, []);
});

Deno.test("a detail is held by its level and windows", async () => {
  const { model, store } = storeWith();
  /** @type {Patch[]} */
  const patches = [[3, 0, 0, 2, 2]];
  store.requestDetail(at(1, 0), 2, patches);
  const arrays = [["units", "float32", 4]];
  const answer = { ...model.sent[0], encoding: "float32", arrays };
  await model.emit("msg:custom", answer, [await zeros(16)]);
  assert.equal(store.detail(at(1, 0), 2, [[3, 0, 0, 2, 2]])?.units.length, 4);
  assert.equal(store.detail(at(1, 0), 1, patches), undefined);
  assert.equal(store.detail(at(1, 0), 2, [[3, 0, 0, 2, 3]]), undefined);
  assert.equal(store.detail(at(1, 1), 2, patches), undefined);
});

Deno.test("only the details of the last few views are kept", async () => {
  const { model, store } = storeWith();
  const arrays = [["units", "float32", 4]];
  for (let channel = 0; channel < 40; channel++) {
    const patches = [[channel, 0, 0, 2, 2]];
    const detail = { kind: "detail", ...at(0, 0), block: 1, encoding: "float32", patches };
    await model.emit("msg:custom", { ...detail, arrays }, [await zeros(16)]);
  }
  assert.equal(store.detail(at(0, 0), 1, [[0, 0, 0, 2, 2]]), undefined);
  assert.notEqual(store.detail(at(0, 0), 1, [[39, 0, 0, 2, 2]]), undefined);
});

Deno.test("over the byte limit the overview that was not used for longest goes", async () => {
  const { model, store } = storeWith();
  const units = CACHE_BYTES / 4 * 0.4;
  await answerOverview(model, 0, 0, units);
  await answerOverview(model, 1, 0, units);
  store.overview(at(0, 0));
  await answerOverview(model, 2, 0, units);
  const held = [0, 1, 2].map((layer) => store.overview(at(layer, 0)) !== undefined);
  assert.deepEqual(held, [true, false, true]);
});

Deno.test("an overview that comes again is counted once", async () => {
  const { model, store } = storeWith();
  const units = CACHE_BYTES / 4 * 0.3;
  await answerOverview(model, 0);
  for (let i = 0; i < 4; i++) await answerOverview(model, 1, 0, units);
  assert.notEqual(store.overview(at(0, 0)), undefined);
});

Deno.test("an overview larger than the limit is shown all the same", async () => {
  const { model, store } = storeWith();
  await answerOverview(model, 0);
  await answerOverview(model, 1, 0, CACHE_BYTES / 4 + 1);
  assert.equal(store.overview(at(0, 0)), undefined);
  assert.notEqual(store.overview(at(1, 0)), undefined);
});

Deno.test("what is on the screen becomes the picture that a saved notebook holds", async () => {
  const { message, buffers } = await overviewMessage(4);
  const picture = { ...message, data: buffers[0] };
  const { model, store } = storeWith({ picture });
  let changes = 0;
  model.on("change:picture", () => changes++);
  await answerOverview(model, 5);
  const overview = store.overview(at(5, 0));
  assert.ok(overview);
  store.save(overview);
  assert.equal(model.get("picture"), picture);
  assert.deepEqual([picture.layer, picture.data.byteLength], [5, buffers[0].byteLength]);
  // Python has it and must not be sent it back.
  assert.deepEqual([changes, model.saved], [0, 0]);
});

// Slices of a volume

Deno.test("each slice is a picture of its own", async () => {
  const { model, store } = storeWith();
  store.requestOverview(at(1, 0, 2));
  assert.deepEqual(requests(model), [{ kind: "overview", ...at(1, 0, 2), input: true }]);
  const { message, buffers } = await overviewMessage(1);
  await model.emit("msg:custom", { ...message, slice: 2, id: model.sent[0].id }, buffers);
  assert.equal(store.overview(at(1, 0, 2))?.slice, 2);
  assert.equal(store.overview(at(1, 0, 3)), undefined);
  assert.ok(!store.waiting);
});

Deno.test("another slice's picture does not answer the question under way", async () => {
  const { model, store } = storeWith();
  store.requestOverview(at(1, 0, 2));
  await answerOverview(model, 1);
  assert.ok(store.waiting);
});

Deno.test("details and exact values are those of their slice", async () => {
  const { model, store } = storeWith();
  /** @type {Patch[]} */
  const patches = [[3, 0, 0, 2, 2]];
  store.requestDetail(at(1, 0, 4), 2, patches);
  const answer = { ...model.sent[0], encoding: "float32", arrays: [["units", "float32", 4]] };
  await model.emit("msg:custom", answer, [await zeros(16)]);
  assert.equal(store.detail(at(1, 0, 4), 2, patches)?.slice, 4);
  assert.equal(store.detail(at(1, 0, 5), 2, patches), undefined);
  const place = { channel: 2, row: 6, column: 3 };
  store.value(at(1, 0, 4), place, 3);
  await model.emit("msg:custom", {
    kind: "value",
    id: model.sent.at(-1).id,
    value: 0.5,
    unit: [8, 4],
  }, []);
  assert.equal(store.value(at(1, 0, 4), place, 3)?.value, 0.5);
  assert.equal(store.value(at(1, 0, 5), place, 3), undefined);
});

// Without an input image

Deno.test("an input image that there is none of is never asked for", async () => {
  const { model, store } = storeWith({ has_input_image: false });
  store.requestOverview(at(3, 1));
  await answerOverview(model, 3, 1);
  store.requestOverview(at(4, 1));
  assert.deepEqual(model.sent.map(({ input }) => input), [false, false]);
});

// Exact values

Deno.test("an exact value is asked for by its block, once", async () => {
  const { model, store } = storeWith();
  assert.equal(store.value(at(1, 0), { channel: 2, row: 7, column: 5 }, 3), undefined);
  const question = { kind: "value", ...at(1, 0), channel: 2, row: 2, column: 1, block: 3 };
  assert.deepEqual(requests(model), [question]);
  await model.emit("msg:custom", {
    kind: "value",
    id: model.sent.at(-1).id,
    value: 0.5,
    unit: [8, 4],
  }, []);
  const found = store.value(at(1, 0), { channel: 2, row: 6, column: 3 }, 3);
  assert.deepEqual(found, { value: 0.5, row: 8, column: 4 });
  assert.equal(model.sent.length, 1);
});

Deno.test("an exact value may be one that JSON does not have", async () => {
  const { model, store } = storeWith();
  const place = { channel: 0, row: 0, column: 0 };
  for (
    const [layer, word, value] of /** @type {[number, string, number][]} */ ([
      [1, "nan", NaN],
      [2, "inf", Infinity],
      [3, "-inf", -Infinity],
    ])
  ) {
    store.value(at(layer, 0), place, 1);
    await model.emit("msg:custom", {
      kind: "value",
      id: model.sent.at(-1).id,
      value: word,
      unit: [0, 0],
    }, []);
    assert.equal(store.value(at(layer, 0), place, 1)?.value, value);
  }
});

// The share outside other limits

Deno.test("the share outside limits is requested once, by layer, normalization and limits", async () => {
  const { model, store } = storeWith();
  assert.equal(store.clippedShare(1, 2, [-0.5, 7]), null);
  assert.equal(store.clippedShare(1, 2, [-0.5, 7]), null);
  const question = { kind: "clipped", layer: 1, normalization: 2, limits: [-0.5, 7] };
  assert.deepEqual(requests(model), [question]);
  /** @type {string[]} */
  const news = [];
  store.listen((each) => news.push(each));
  await model.emit("msg:custom", { kind: "clipped", id: model.sent[0].id, share: 0.25 }, []);
  assert.deepEqual(news, ["clipped"]);
  assert.equal(store.clippedShare(1, 2, [-0.5, 7]), 0.25);
  assert.equal(model.sent.length, 1);
  assert.equal(store.clippedShare(1, 2, [-0.5, 8]), null);
  assert.equal(model.sent.length, 2);
});

Deno.test("a share of nothing is known too", async () => {
  const { model, store } = storeWith();
  store.clippedShare(1, 0, [0, 1]);
  await model.emit("msg:custom", { kind: "clipped", id: model.sent[0].id, share: 0 }, []);
  assert.equal(store.clippedShare(1, 0, [0, 1]), 0);
  assert.equal(model.sent.length, 1);
});

// What came with the page

/**
 * The state of an archive of two layers, of which the second is not kept.
 *
 * @param {Uint8Array} [spoilt] bytes in place of the maps
 */
async function archiveState(spoilt) {
  const table = await zeros(64), units = spoilt ?? await zeros(32);
  const data = new Uint8Array(table.byteLength + units.byteLength);
  data.set(new Uint8Array(table.buffer, table.byteOffset, table.byteLength));
  data.set(new Uint8Array(units.buffer, units.byteOffset, units.byteLength), table.byteLength);
  const { message: { arrays: _arrays, kind: _kind, ...header } } = await overviewMessage(0);
  const layer = {
    ...header,
    blank: [[[]]],
    table: [[["table", "float64", 8]], 0, table.byteLength],
    maps: [[[[["units", "float32", 8]], table.byteLength, units.byteLength]]],
  };
  const layers = ["0", "1"].map((path) => layerOf({ path, channels: 2, height: 2, width: 2 }));
  const index = { layers: [layer, null], inputs: [] };
  return {
    layers,
    layer: layers[0].path,
    image_index: 0,
    archive: { index, data: new DataView(data.buffer) },
  };
}

/**
 * Wait for a store's next news.
 *
 * @param {Store} store
 * @returns {Promise<string>}
 */
function news(store) {
  return new Promise((tell) => {
    const stop = store.listen((each) => {
      stop();
      tell(each);
    });
  });
}

Deno.test("what came with the page is not asked for", async () => {
  const { model, store } = storeWith(await archiveState());
  store.requestOverview(at(0, 0));
  assert.equal(await news(store), "overview");
  assert.equal(store.overview(at(0, 0))?.units.length, 8);
  store.requestDetail(at(0, 0), 1, [[0, 0, 0, 1, 2]]);
  assert.equal(await news(store), "detail");
  assert.equal(
    store.detail(at(0, 0), 1, [[0, 0, 0, 1, 2]])?.units.length,
    2,
  );
  assert.deepEqual(model.sent, []);
});

Deno.test("what did not come with it is asked for where there is a kernel", async () => {
  const { model, store } = storeWith(await archiveState());
  store.requestOverview(at(1, 0));
  assert.deepEqual(layersAsked(model), [1]);
  assert.deepEqual([store.isArchived(0), store.isArchived(1)], [true, false]);
});

Deno.test("a page that is damaged says so", async () => {
  const { store } = storeWith(await archiveState(new Uint8Array(40)));
  store.requestOverview(at(0, 0));
  assert.equal(await news(store), "error");
  assert.ok(store.failure);
});

Deno.test("an archive that comes later takes the place of what is held", async () => {
  const { model, store } = storeWith({ layer: "0", image_index: 0 });
  await answerOverview(model, 0);
  assert.ok(store.overview(at(0, 0)));
  const { layers, archive } = await archiveState();
  const changed = news(store);
  model.receive({ layers, archive });
  assert.equal(await changed, "overview");
  assert.equal(store.overview(at(0, 0)), undefined);
  store.requestOverview(at(0, 0));
  await news(store);
  assert.ok(store.overview(at(0, 0)));
  assert.deepEqual(model.sent, []);
});

Deno.test("a layer that came in coarse blocks is taken from the kernel as long as there is one", async () => {
  const { model, store } = storeWith(await archiveState());
  const { archive } = await archiveState();
  Object.assign(archive.index.layers[0] ?? {}, { block: 2 });
  model.receive({ archive });
  store.requestOverview(at(0, 0));
  assert.deepEqual([layersAsked(model), store.finest(0)], [[0], 1]);
  await answerOverview(model, 0);
  model.live = false;
  await model.emit("comm_live_update");
  // Its codes are not those of the archive's details.
  assert.deepEqual([store.overview(at(0, 0)), store.finest(0)], [undefined, 2]);
});

Deno.test("how it stands with a picture", async () => {
  const state = await archiveState();
  /**
   * @param {Store} store
   * @param {FakeModel} model
   */
  const loseKernel = async (store, model) => {
    await model.emit("comm_live_update");
    model.live = false;
    await model.emit("comm_live_update");
    return store.status(at(1, 0));
  };
  const { model, store } = storeWith({ layer: "1", image_index: 0 });
  assert.equal(store.status(at(1, 0)), "waiting");
  store.requestOverview(at(1, 0));
  await answerError(model, model.sent[0]);
  assert.equal(store.status(at(1, 0)), "failed");
  await answerOverview(model, 1);
  assert.deepEqual([store.status(at(1, 0)), store.status(at(2, 0))], ["ready", "waiting"]);
  const lost = storeWith();
  assert.equal(await loseKernel(lost.store, lost.model), "lost");
  const kept = storeWith(state);
  assert.equal(await loseKernel(kept.store, kept.model), "not-kept");
  assert.equal(kept.store.status(at(0, 0)), "waiting");
  const saved = storeWith({}, false);
  await saved.model.emit("comm_live_update");
  assert.equal(saved.store.status(at(1, 0)), "not-saved");
});

Deno.test("an overview of another stop than the one shown is told of as fetched ahead", async () => {
  const { model, store } = storeWith();
  /** @type {string[]} */
  const told = [];
  store.listen((news) => told.push(news));
  await answerOverview(model, 4, 1);
  await answerOverview(model, 3, 1);
  assert.deepEqual(told, ["ahead", "overview"]);
  assert.ok(store.holds(at(4, 1)));
});

Deno.test("what the unit below the pointer sees is told apart from what the view shows", async () => {
  const { model, store } = storeWith({ has_model: true });
  /** @type {string[]} */
  const told = [];
  store.listen((event) => told.push(event));
  const field = /** @type {const} */ ({ kind: "field", layer: 3 });
  const box = /** @type {const} */ ({ kind: "box", layer: 3, row: 1, column: 2 });
  const saliency = /** @type {const} */ ({ kind: "saliency", target: "0", image: 1 });
  const answers = {
    field: { field: "probe" },
    box: { box: [0, 0, 1, 1] },
    saliency: { map: null },
  };
  for (const request of [field, box, saliency]) {
    store.why(request);
    const id = model.sent.at(-1)?.id;
    await model.emit("msg:custom", { kind: request.kind, id, ...answers[request.kind] }, []);
  }
  assert.deepEqual(told, ["field", "field", "why"]);
});
