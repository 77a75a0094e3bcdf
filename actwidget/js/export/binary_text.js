/** Bytes as text inside a page, seven bits to a character: see actwidget/export/binary_text.py. */

import constants from "../../constants.json" with { type: "json" };

/** Groups of seven bits that cannot stand there: each is joined with the next group. */
const JOINED = constants.joinedCharacters;

/**
 * @param {string} text
 * @param {number} length of the data; the text may hold another byte of zeros
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function textToBytes(text, length) {
  const bytes = new Uint8Array(length);
  let pending = 0, bits = 0, to = 0;
  for (let from = 0; from < text.length; from++) {
    const code = text.charCodeAt(from);
    if (code < 128) {
      pending = pending << 7 | code;
      bits += 7;
    } else {
      pending = pending << 14 | JOINED[code - 128 >> 7] << 7 | code & 127;
      bits += 14;
    }
    while (bits >= 8) {
      bits -= 8;
      // A typed array ignores what is written beyond its end.
      bytes[to++] = pending >> bits;
    }
    pending &= (1 << bits) - 1;
  }
  return bytes;
}
