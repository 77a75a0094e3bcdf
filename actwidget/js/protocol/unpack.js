/** Gzipped bytes from Python -> arrays. */

/** Half floats come as their bits: not every browser knows a Float16Array. */
const KINDS = {
  float16: Uint16Array,
  float64: Float64Array,
  float32: Float32Array,
  uint16: Uint16Array,
  uint8: Uint8Array,
};

/** @type {(bytes: BufferSource) => Promise<ArrayBuffer>} */
export async function gunzip(bytes) {
  // A blob's stream would go through another process and back.
  const { readable, writable } = new DecompressionStream("gzip");
  const writer = writable.getWriter();
  // The reader reports the same errors.
  writer.write(bytes).catch(() => {});
  writer.close().catch(() => {});
  return await new Response(readable).arrayBuffer();
}

/**
 * The arrays of one block, each at a multiple of 8 bytes; as in actwidget/protocol/encoding.py.
 *
 * @param {[string, keyof typeof KINDS, number][]} layout name, kind and count, in order
 * @param {BufferSource} bytes
 * @returns {Promise<{ table?: Float64Array, units: import("../types.js").Units, bytes: number }>}
 */
export async function unpack(layout, bytes) {
  const buffer = await gunzip(bytes);
  /** @type {Record<string, unknown>} */
  const arrays = {};
  let held = 0;
  let offset = 0;
  for (const [name, kind, count] of layout) {
    const array = new KINDS[kind](buffer, offset, count);
    // Copied, so that the block itself is released.
    const numbers = array instanceof Uint16Array ? joined(buffer, offset, count) : array.slice();
    const read = kind === "float16" ? halves(/** @type {Uint16Array} */ (numbers)) : numbers;
    held += read.byteLength;
    arrays[name] = read;
    offset += Math.ceil(array.byteLength / 8) * 8;
  }
  return /** @type {any} */ ({ ...arrays, bytes: held });
}

/**
 * Numbers of two bytes: all low bytes come first, then all high ones.
 *
 * @type {(buffer: ArrayBuffer, offset: number, count: number) => Uint16Array}
 */
function joined(buffer, offset, count) {
  const bytes = new Uint8Array(buffer, offset, 2 * count);
  const numbers = new Uint16Array(count);
  for (let i = 0; i < count; i++) numbers[i] = bytes[i] | bytes[count + i] << 8;
  return numbers;
}

/** @type {Float32Array | undefined} the value of each of the 65,536 half floats */
let halfValues;

/**
 * @param {Uint16Array} bits of IEEE 754 binary16 numbers
 * @returns {Float32Array}
 */
export function halves(bits) {
  halfValues ??= allHalves();
  const values = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) values[i] = halfValues[bits[i]];
  return values;
}

function allHalves() {
  const values = new Float32Array(65_536);
  // A loop: `Float32Array.from` would take as long as unpacking the picture.
  for (let half = 0; half < values.length; half++) {
    const sign = half & 0x8000 ? -1 : 1, exponent = half >> 10 & 31, fraction = half & 1023;
    if (exponent === 31) values[half] = fraction ? NaN : sign * Infinity;
    else if (exponent === 0) values[half] = sign * fraction * 2 ** -24;
    else values[half] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  return values;
}
