import * as assert from "../assert.js";

import { ticks } from "../../../actwidget/js/view/ticks.js";

/**
 * @param {number} found
 * @param {number} expected
 */
function near(found, expected) {
  assert.ok(Math.abs(found - expected) < 1e-9, `${found} is not near ${expected}`);
}

Deno.test("labels leave each other room, in steps of 1, 2, 5, 10", () => {
  const text = (/** @type {number} */ room) => ticks(0, 1, room, 30, 30).text;
  assert.equal(text(30).length, 30);
  assert.deepEqual(text(15).slice(0, 4), ["0", "2", "4", "6"]);
  assert.deepEqual(text(7.5), ["0", "5", "10", "15", "20", "25"]);
  assert.deepEqual(text(3), ["0", "10", "20"]);
});

Deno.test("one map alone is labelled by its units", () => {
  const found = ticks(0, 1, 10, 40, 40);
  assert.deepEqual(found.text, ["0", "5", "10", "15", "20", "25", "30", "35"]);
  near(found.at[1], 5.5 / 40);
});

Deno.test("zooming in labels single units", () => {
  const found = ticks(0.5, 0.6, 10, 40, 40);
  assert.deepEqual(found.text.slice(0, 4), ["20", "21", "22", "23"]);
});
