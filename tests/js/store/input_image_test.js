import * as assert from "../assert.js";

import { decodeInput } from "../../../actwidget/js/store/input_image.js";

/** A picture of one grey pixel. */
const PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==";

/** @param {string} text */
function bytesOf(text) {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

/** @param {Uint8Array} data */
async function decoded(data) {
  return await decodeInput({ height: 4, width: 5, data });
}

Deno.test("a PNG becomes pixels, of whatever size the image itself is", async () => {
  const { pixels, height, width } = await decoded(bytesOf(atob(PNG)));
  assert.deepEqual([pixels?.width, pixels?.height], [1, 1]);
  assert.deepEqual([height, width], [4, 5]);
  if (pixels instanceof ImageBitmap) pixels.close();
});

Deno.test("what is neither PNG nor JPEG is not decoded, whatever it says that it is", async () => {
  const files = {
    svg: '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    html: "<!doctype html><script>alert(1)</script>",
    gif: "GIF89a\x01\x00\x01\x00",
    nothing: "",
  };
  for (const text of Object.values(files)) {
    assert.equal((await decoded(bytesOf(text))).pixels, null);
  }
  const input = { mime: "image/svg+xml", height: 4, width: 5, data: bytesOf(files.svg) };
  assert.equal((await decodeInput(input)).pixels, null);
});

Deno.test("a file that is cut short has no pixels", async () => {
  assert.equal((await decoded(bytesOf(atob(PNG)).subarray(0, 20))).pixels, null);
});
