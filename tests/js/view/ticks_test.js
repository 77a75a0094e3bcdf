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
  const found = ticks(0, 4, 20, 20, 16, ["+0", "+1", "+2", "+3"]);
  assert.deepEqual(found.text, ["+0", "+1", "+2", "+3"]);
  found.at.forEach((at, tile) => near(at, tile + 0.4));
});

Deno.test("labels leave each other room, in steps of 1, 2, 5, 10", () => {
  const names = Array.from({ length: 30 }, (_, tile) => String(tile));
  const text = (/** @type {number} */ room) => ticks(0, 30, room, 10, 9, names).text;
  assert.equal(text(30).length, 30);
  assert.deepEqual(
    text(15),
    ["0", "2", "4", "6", "8"].concat(
      ["10", "12", "14", "16", "18", "20", "22", "24", "26", "28"],
    ),
  );
  assert.deepEqual(text(7.5), ["0", "5", "10", "15", "20", "25"]);
  assert.deepEqual(text(3), ["0", "10", "20"]);
});

Deno.test("only tiles whose middle is in sight are labelled", () => {
  const found = ticks(1.6, 3.1, 20, 10, 10, ["0", "1", "2", "3", "4", "5", "6", "7"]);
  assert.deepEqual(found.text, ["2"]);
});

Deno.test("one map alone is labelled by its units", () => {
  const found = ticks(0, 1, 10, 40, 40, null);
  assert.deepEqual(found.text, ["0", "5", "10", "15", "20", "25", "30", "35"]);
  near(found.at[1], 5.5 / 40);
});

Deno.test("zooming in labels single units", () => {
  const found = ticks(0.5, 0.6, 10, 40, 40, null);
  assert.deepEqual(found.text.slice(0, 4), ["20", "21", "22", "23"]);
});
