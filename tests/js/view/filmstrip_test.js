import * as assert from "../assert.js";

import { framesIn } from "../../../actwidget/js/view/filmstrip.js";

Deno.test("a filmstrip draws the frames in sight, however many there are", () => {
  assert.deepEqual(framesIn(0, 128, 3), [0, 1, 2]);
  assert.deepEqual(framesIn(44 * 500, 128, 1000), [498, 499, 500, 501, 502, 503, 504]);
  assert.deepEqual(framesIn(44 * 1000 - 128, 128, 1000).at(-1), 999);
  assert.deepEqual(framesIn(0, 128, 0), []);
});
