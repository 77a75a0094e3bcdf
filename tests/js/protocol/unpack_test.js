import * as assert from "../assert.js";

import { gunzip, halves, unpack } from "../../../actwidget/js/protocol/unpack.js";
import { gzip } from "../builders.js";

/**
 * Arrays as Python packs them, each at a multiple of 8 bytes.
 *
 * @param {ArrayBufferView<ArrayBuffer>[]} arrays
 */
function packed(arrays) {
  const parts = arrays.map((array) => {
    const bytes = new Uint8Array(Math.ceil(array.byteLength / 8) * 8);
    const plain = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    // Of numbers of two bytes all low bytes come first.
    if (!(array instanceof Uint16Array)) bytes.set(plain);
    else plain.forEach((byte, i) => bytes[(i >> 1) + (i & 1) * array.length] = byte);
    return bytes;
  });
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return gzip(all);
}

Deno.test("gzipped bytes come out as they were", async () => {
  const bytes = Uint8Array.from({ length: 10_000 }, (_, i) => i * i);
  assert.deepEqual(new Uint8Array(await gunzip(await gzip(bytes))), bytes);
});

Deno.test("a view into a larger buffer is unpacked alone", async () => {
  const zipped = await gzip(Uint8Array.from([1, 2, 3]));
  const message = new Uint8Array(zipped.byteLength + 20);
  message.set(new Uint8Array(zipped.buffer), 7);
  const view = new DataView(message.buffer, 7, zipped.byteLength);
  assert.deepEqual([...new Uint8Array(await gunzip(view))], [1, 2, 3]);
});

Deno.test("bytes that are no gzip are refused", async () => {
  await assert.rejects(gunzip(Uint8Array.from([1, 2, 3])));
});

Deno.test("arrays begin at multiples of eight bytes", async () => {
  const codes = Uint16Array.from([1, 65535, 3]);
  const table = Float64Array.from([1e-300, -2]);
  const floats = Float32Array.from([1.5, NaN, -Infinity]);
  /** @type {any} */
  const found = await unpack(
    [["codes", "uint16", 3], ["table", "float64", 2], ["units", "float32", 3]],
    await packed([codes, table, floats]),
  );
  assert.deepEqual([found.codes, found.table, found.units], [codes, table, floats]);
  // The block itself is not kept, nor what stood between them.
  assert.equal(found.bytes, 6 + 16 + 12);
});

Deno.test("an array of nothing is one", async () => {
  const found = await unpack([["units", "float32", 0]], await packed([new Float32Array(0)]));
  assert.deepEqual(found.units, new Float32Array(0));
});

Deno.test("half floats become the numbers that they stand for", async () => {
  // IEEE 754 binary16: 1, −2, the largest, the smallest normal and subnormal ones, 0, ∞, −∞, NaN.
  const bits = Uint16Array.from([
    0x3c00,
    0xc000,
    0x7bff,
    0x0400,
    0x0001,
    0x0000,
    0x7c00,
    0xfc00,
    0x7e00,
    0x3555,
  ]);
  const { units } = await unpack([["units", "float16", bits.length]], await packed([bits]));
  assert.deepEqual([...units], [
    1,
    -2,
    65504,
    2 ** -14,
    2 ** -24,
    0,
    Infinity,
    -Infinity,
    NaN,
    (1 + 0x155 / 1024) / 4,
  ]);
});

Deno.test("only what half floats are turned into is held", async () => {
  const found = await unpack([["units", "float16", 100]], await packed([new Uint16Array(100)]));
  assert.equal(found.bytes, 400);
});

Deno.test("a negative zero keeps its sign", () => {
  assert.ok(Object.is(halves(Uint16Array.from([0x8000]))[0], -0));
});

Deno.test("every half float is the number that the engine knows", () => {
  const all = Uint16Array.from({ length: 65_536 }, (_, half) => half);
  const view = new DataView(all.buffer);
  const found = halves(all);
  for (let half = 0; half < 65_536; half++) {
    assert.ok(Object.is(found[half], view.getFloat16(half * 2, true)));
  }
});
