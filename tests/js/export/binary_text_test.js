import * as assert from "../assert.js";

import { textToBytes } from "../../../actwidget/js/export/binary_text.js";

/** @param {...number} groups of seven bits */
const text = (...groups) => String.fromCharCode(...groups);

Deno.test("characters are seven bits each", () => {
  assert.deepEqual(textToBytes(text(0b1010101, 0b1000000), 1), Uint8Array.of(0b10101011));
});

Deno.test("a character beyond them is a group that cannot stand there, and the next one", () => {
  // The eleventh of those is <, which is 60.
  assert.deepEqual(
    textToBytes(text(128 + 10 * 128 + 0b1111111, 0), 2),
    Uint8Array.of(0b01111001, 0xfc),
  );
});

Deno.test("zeros that fill the last group up are no data", () => {
  assert.deepEqual(textToBytes(text(128, 128), 3), Uint8Array.of(0, 0, 0));
  assert.deepEqual(textToBytes("", 0), new Uint8Array(0));
});
