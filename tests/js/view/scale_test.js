import * as assert from "../assert.js";

import { cropDiverging, parse } from "../../../actwidget/js/numerics/colormaps.js";
import { colouringInForce } from "../../../actwidget/js/view/scene.js";
import { FakeModel, layerOf, overviewOf, RAW } from "../builders.js";
import vectors from "../../shared/pictures.json" with { type: "json" };

/** @import { Colouring } from "../../../actwidget/js/types.js" */

/** @type {[number, string][]} */
const BLUE_WHITE_RED = /** @type {any} */ (vectors.cuts[0].colours);

/** @type {Colouring} */
const DIVERGING = {
  ...RAW,
  limits: [0, 4],
  colours: BLUE_WHITE_RED,
  diverging: true,
  clipped: 0.1,
};

// Colours whose middle stands for 0

for (const { limits, colours, cut } of vectors.cuts) {
  Deno.test(`between ${limits} the colours are those that Python cuts out`, () => {
    const found = cropDiverging(/** @type {any} */ (colours), /** @type {any} */ (limits));
    assert.equal(found.length, cut.length);
    found.forEach(([position, colour], i) => {
      assert.ok(Math.abs(position - Number(cut[i][0])) < 1e-9, `${position} is not ${cut[i][0]}`);
      const expected = parse(String(cut[i][1]));
      // Halves are rounded to the even number in Python and up in JavaScript.
      parse(colour).forEach((level, k) => assert.ok(Math.abs(level - expected[k]) <= 1, colour));
    });
  });
}

Deno.test("limits of equal size take all colours", () => {
  assert.deepEqual(cropDiverging(BLUE_WHITE_RED, [-3, 3]), BLUE_WHITE_RED);
});

// What is in force

/** @param {Record<string, unknown>} state */
function inForce(state) {
  const model = new FakeModel({
    normalizations: ["raw", "symmetric"],
    normalization: "raw",
    hold_scale: false,
    limits: null,
    ...state,
  });
  const normalizations = [DIVERGING, RAW];
  return colouringInForce(model, overviewOf(layerOf(), () => 0, { normalizations }));
}

Deno.test("unless limits are held the layer's own are in force", () => {
  for (const state of [{}, { limits: [-9, 9] }, { hold_scale: true }]) {
    assert.deepEqual(inForce(state).limits, [0, 4]);
    assert.deepEqual(inForce({ ...state, normalization: "symmetric" }).limits, [-1, 1]);
  }
});

Deno.test("held limits are in force whatever the layer's own", () => {
  const held = { hold_scale: true, limits: [-9, 9] };
  assert.deepEqual(inForce(held).limits, [-9, 9]);
  assert.deepEqual(inForce({ ...held, normalization: "symmetric" }).limits, [-9, 9]);
});

Deno.test("diverging colours are cut by the limits in force, others go from limit to limit", () => {
  assert.deepEqual(inForce({}).colours, cropDiverging(BLUE_WHITE_RED, [0, 4]));
  const held = { hold_scale: true, limits: [-1, 9] };
  assert.deepEqual(inForce(held).colours, cropDiverging(BLUE_WHITE_RED, [-1, 9]));
  assert.deepEqual(inForce({ ...held, normalization: "symmetric" }).colours, RAW.colours);
});

Deno.test("the share outside its own limits and the title stay the normalization's", () => {
  const { title, comparable, clipped } = inForce({ hold_scale: true, limits: [-1, 9] });
  assert.deepEqual([title, comparable, clipped], ["value", true, 0.1]);
});

Deno.test("the limits that are the layer's own can be told from those that are held", () => {
  const overview = overviewOf(layerOf(), () => 0);
  const own = overview.normalizations[0].limits;
  const model = new FakeModel({
    normalizations: ["raw"],
    normalization: "raw",
    hold_scale: false,
    limits: null,
  });
  assert.equal(colouringInForce(model, overview).limits, own);
  model.receive({ hold_scale: true, limits: [...own] });
  assert.notEqual(colouringInForce(model, overview).limits, own);
});
