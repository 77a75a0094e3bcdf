/** The input image: a file's bytes become pixels, and nothing else of it reaches the page. */

/** @import { InputBytes, InputImage } from "../types.js" */

/** The types of files that Python writes, by their first bytes. */
const SIGNATURES = {
  "image/png": [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
  "image/jpeg": [0xff, 0xd8, 0xff],
};

/**
 * Decode an input image. A file may come from anybody who shares a recording or a notebook: what it
 * says of its type does not count, only its bytes do.
 *
 * @type {(input: InputBytes) => Promise<InputImage>} its pixels are null if it is no such file
 */
export async function decodeInput(input) {
  const { height, width, data } = input;
  return { height, width, message: input, pixels: await decode(data) };
}

/** @type {(data: DataView | Uint8Array) => Promise<ImageBitmap | null>} */
async function decode(data) {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const type = typeOf(bytes);
  if (!type) return null;
  try {
    return await createImageBitmap(new Blob([/** @type {any} */ (bytes)], { type }));
  } catch {
    return null;
  }
}

/** @param {Uint8Array} bytes */
function typeOf(bytes) {
  for (const [type, signature] of Object.entries(SIGNATURES)) {
    if (signature.every((byte, place) => bytes[place] === byte)) return type;
  }
  return null;
}
