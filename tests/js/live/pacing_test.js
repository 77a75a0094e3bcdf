/** Frames are asked for so that they are new when their turn comes. */

import { Pacing } from "../../../actwidget/js/live/pacing.js";
import * as assert from "../assert.js";

/** @type {(kernel: number, transit: number) => Pacing} after many frames */
function after(kernel, transit) {
  const pacing = new Pacing();
  for (let k = 0; k < 60; k++) {
    const now = 1000 * k;
    pacing.answered(now, now - kernel - transit, kernel, false);
  }
  return pacing;
}

Deno.test("of a fast model each frame is sent at once", () => {
  assert.equal(after(15, 30).rest(1, 59_000), 0);
});

Deno.test("of a slow one the next frame arrives as the model gets free", () => {
  const pacing = after(400, 40);
  const rest = pacing.rest(1, 59_000);
  assert.ok(Math.abs(rest - 380) < 2, `${rest}`);
  // While nothing is under way there is nothing to wait for.
  assert.equal(pacing.rest(0, 59_000), 0);
  assert.equal(pacing.rest(1, 59_500), 0);
});

Deno.test("what comes over a slow line is compressed", () => {
  assert.equal(after(15, 20).compresses, false);
  assert.equal(after(15, 300).compresses, true);
});

Deno.test("a frame that waited for another tells nothing of the line", () => {
  const pacing = after(15, 20);
  for (let k = 0; k < 60; k++) pacing.answered(100_000, 99_000, 15, true);
  assert.equal(pacing.compresses, false);
});
