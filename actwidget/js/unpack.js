/** Gzipped bytes from Python -> arrays. */


const KINDS = { float64: Float64Array, float32: Float32Array, uint16: Uint16Array };

/**
 * @param {BufferSource} bytes
 * @returns {Promise<ArrayBuffer>}
 */
export async function gunzip(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return await new Response(stream).arrayBuffer();
}

/**
 * The arrays of one block, each at a multiple of 8 bytes; as in actwidget/encoding.py.
 *
 * @param {[string, keyof typeof KINDS, number][]} layout name, kind and count, in order
 * @param {BufferSource} bytes
 * @returns {Promise<{ table?: Float64Array, units: import("./types.js").Units, bytes: number }>}
 */
export async function unpack(layout, bytes) {
  const buffer = await gunzip(bytes);
  /** @type {Record<string, unknown>} */
  const arrays = { bytes: buffer.byteLength };
  let offset = 0;
  for (const [name, kind, count] of layout) {
    const array = new KINDS[kind](buffer, offset, count);
    arrays[name] = array;
    offset += Math.ceil(array.byteLength / 8) * 8;
  }
  return /** @type {any} */ (arrays);
}
