/** Bytes that stand in a page as text: seven bits to a character, as actwidget/export/binary_text.py says. */

/** Seven bits that cannot stand there: they are joined with the seven after them. */
const JOINED = [0, 7, 8, 9, 10, 11, 12, 13, 26, 27, 60, 62, 38, 127];

/**
 * @param {string} text
 * @param {number} length of the data; the text may hold a byte of zeros more
 * @returns {Uint8Array}
 */
export function fromText(text, length) {
  const bytes = new Uint8Array(length);
  let held = 0, bits = 0, to = 0;
  for (let from = 0; from < text.length; from++) {
    const code = text.charCodeAt(from);
    if (code < 128) {
      held = held << 7 | code;
      bits += 7;
    } else {
      held = held << 14 | JOINED[code - 128 >> 7] << 7 | code & 127;
      bits += 14;
    }
    while (bits >= 8) {
      bits -= 8;
      // Beyond the end a typed array takes nothing.
      bytes[to++] = held >> bits;
    }
    held &= (1 << bits) - 1;
  }
  return bytes;
}
