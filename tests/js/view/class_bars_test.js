import * as assert from "../assert.js";

import { bars, isFinalSoftmax } from "../../../actwidget/js/view/class_bars.js";
import { layerOf, overviewOf } from "../builders.js";
import { withDocument } from "../fake_document.js";

/** @import { FakeElement } from "../fake_document.js" */
/** @import { Layer } from "../../../actwidget/js/types.js" */

/**
 * @param {Partial<Layer>} [changes]
 * @returns {Layer}
 */
function softmaxOf(changes = {}) {
  const units = { kind: /** @type {const} */ ("units"), height: 1, width: 1, gutter: 0 };
  return layerOf({ path: "out", type: "Dense", activation: "softmax", ...units, ...changes });
}

// Which layer

Deno.test("only the last layer's softmax over single units is drawn as bars", () => {
  const softmax = softmaxOf();
  const own = softmaxOf({ type: "Softmax", activation: null });
  assert.ok(isFinalSoftmax([layerOf(), softmax], 1));
  assert.ok(isFinalSoftmax([layerOf(), own], 1));
  assert.ok(!isFinalSoftmax([softmax, layerOf()], 0));
  assert.ok(!isFinalSoftmax([softmax, softmax], 0));
  assert.ok(!isFinalSoftmax([softmaxOf({ activation: "sigmoid" })], 0));
  assert.ok(!isFinalSoftmax([softmaxOf({ activation: null })], 0));
  assert.ok(!isFinalSoftmax([softmaxOf({ height: 2 })], 0));
  assert.ok(!isFinalSoftmax([softmaxOf({ width: 2 })], 0));
});

// The list

/**
 * @param {number[]} values
 * @param {{ names?: string[], channel?: number, open?: (unit: number) => void }} [options]
 */
function listOf(values, { names = [], channel = -1, open = () => {} } = {}) {
  const layer = softmaxOf({ channels: values.length });
  const overview = overviewOf(layer, (unit) => values[unit]);
  const list = withDocument(() => bars(overview, layer, names, channel, open));
  const el = /** @type {FakeElement} */ (/** @type {unknown} */ (list));
  return {
    el,
    rows: el.find("actwidget-bar"),
    names: el.find("actwidget-bar-name").map((name) => name.text),
    values: el.find("actwidget-bar-value").map((value) => value.text),
    widths: el.find("actwidget-bar-fill").map((fill) => fill.style.width),
  };
}

Deno.test("the likeliest comes first, with its own name, value and length", () => {
  const found = listOf([0.125, 0.75, 0.125, 0], { names: ["a", "b", "c", "d"] });
  assert.deepEqual(found.names, ["b", "a", "c", "d"]);
  assert.deepEqual(found.values, ["0.75", "0.125", "0.125", "0"]);
  assert.deepEqual(found.widths, ["75%", "12.5%", "12.5%", "0%"]);
});

Deno.test("units without names have their numbers", () => {
  assert.deepEqual(listOf([0.25, 0.75]).names, ["unit 1", "unit 0"]);
});

Deno.test("bars end at 0 and 1", () => {
  assert.deepEqual(listOf([-1, 2]).widths, ["100%", "0%"]);
});

for (
  const values of [
    [NaN, 0.5, 0.75],
    [0.5, NaN, 0.75],
    [0.5, 0.75, NaN],
    [NaN, 0.25, NaN, 0.75, 0.5],
    [0.25, NaN, 0.5, NaN, 0.75, NaN],
  ]
) {
  Deno.test(`of ${values} what is NaN comes last and has no bar`, () => {
    const found = listOf(values);
    const last = values.filter(Number.isNaN).length;
    const texts = values.filter((value) => value === value).sort((a, b) => b - a).map(String);
    assert.deepEqual(found.values, [...texts, ...Array(last).fill("NaN")]);
    assert.deepEqual(found.widths.slice(texts.length), Array(last).fill("0%"));
  });
}

Deno.test("forty are shown and the rest is summed up", () => {
  const values = Array.from({ length: 1000 }, (_, unit) => (unit + 1) / 1024);
  const found = listOf(values);
  assert.equal(found.rows.length, 40);
  assert.equal(found.names[0], "unit 999");
  assert.equal(found.el.find("actwidget-bars-rest")[0].text, "960 more, each at most 0.938");
  assert.deepEqual(listOf(values.slice(0, 40)).el.find("actwidget-bars-rest"), []);
});

Deno.test("the unit pointed out is shown and marked wherever it stands", () => {
  const values = Array.from({ length: 1000 }, (_, unit) => (unit + 1) / 1024);
  const found = listOf(values, { channel: 3 });
  assert.equal(found.rows.length, 41);
  assert.equal(found.names[40], "unit 3");
  const marked = found.rows.filter((row) => row.className.includes("actwidget-bar-open"));
  assert.deepEqual(marked, [found.rows[40]]);
  assert.ok(found.el.find("actwidget-bars-rest")[0].text.startsWith("959 more"));
});

Deno.test("a click opens the unit by its true number", () => {
  /** @type {number[]} */
  const opened = [];
  const { rows } = listOf([0.25, 0.75], { open: (unit) => opened.push(unit) });
  for (const row of rows) row.dispatchEvent(new Event("click"));
  assert.deepEqual(opened, [1, 0]);
});

Deno.test("a class name that holds HTML stays text", () => {
  assert.deepEqual(listOf([1], { names: ["<b>bold</b>"] }).names, ["<b>bold</b>"]);
});
