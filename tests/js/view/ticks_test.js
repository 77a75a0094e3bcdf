import * as assert from "../assert.js";

import { ticks } from "../../../actwidget/js/view/ticks.js";

/**
 * @param {number} found
 * @param {number} expected
 */
function near(found, expected) {
  assert.ok(Math.abs(found - expected) < 1e-9, `${found} is not near ${expected}`);
}

Deno.test("tiles are labelled at their maps' middle", () => {
  const found = ticks(0, 4, 800, 40, 4, (tile) => `+${tile}`, 20, 16);
  assert.deepEqual(found.text, ["+0", "+1", "+2", "+3"]);
  found.at.forEach((at, tile) => near(at, tile + 0.4));
});

Deno.test("labels leave each other room, in steps of 1, 2, 5, 10", () => {
  const label = (/** @type {number} */ tile) => String(tile);
  const text = (/** @type {number} */ pixels) => ticks(0, 30, pixels, 40, 30, label, 10, 9).text;
  assert.equal(text(1200).length, 30);
  assert.deepEqual(
    text(600),
    ["0", "2", "4", "6", "8"].concat(
      ["10", "12", "14", "16", "18", "20", "22", "24", "26", "28"],
    ),
  );
  assert.deepEqual(text(300), ["0", "5", "10", "15", "20", "25"]);
  assert.deepEqual(text(120), ["0", "10", "20"]);
});

Deno.test("only tiles whose middle is in sight are labelled", () => {
  const found = ticks(1.6, 3.1, 800, 40, 8, String, 10, 10);
  assert.deepEqual(found.text, ["2"]);
});

Deno.test("one map alone is labelled by its units", () => {
  const found = ticks(0, 1, 500, 50, 1, String, 40, 40);
  assert.deepEqual(found.text, ["0", "5", "10", "15", "20", "25", "30", "35"]);
  near(found.at[1], 5.5 / 40);
});

Deno.test("zooming in labels single units", () => {
  const found = ticks(0.5, 0.6, 500, 50, 1, String, 40, 40);
  assert.deepEqual(found.text.slice(0, 4), ["20", "21", "22", "23"]);
});
