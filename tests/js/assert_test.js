/** The tests' own claims can fail. */

import * as assert from "./assert.js";

/** @param {() => void} claim */
function fails(claim) {
  try {
    claim();
  } catch {
    return;
  }
  throw new Error("it did not fail");
}

Deno.test("what is equal passes", () => {
  assert.equal(NaN, NaN);
  assert.deepEqual({ a: [1, NaN, { b: null }] }, { a: [1, NaN, { b: null }] });
  assert.deepEqual(Float32Array.from([1, NaN]), Float32Array.from([1, NaN]));
});

Deno.test("what differs fails", () => {
  fails(() => assert.ok(0));
  fails(() => assert.equal(0, -0));
  fails(() => assert.equal("1", 1));
  fails(() => assert.notEqual(1, 1));
  fails(() => assert.deepEqual([1, 2], [1, 3]));
  fails(() => assert.deepEqual([1, 2], [1]));
  fails(() => assert.deepEqual([1], [1, undefined]));
  fails(() => assert.deepEqual({ a: undefined }, { b: undefined }));
  fails(() => assert.deepEqual({ a: { b: 1 } }, { a: { b: 2 } }));
  fails(() => assert.deepEqual([], {}));
  fails(() => assert.deepEqual(null, {}));
  fails(() => assert.deepEqual(Float32Array.from([1]), Float64Array.from([1])));
});

Deno.test("a promise that is kept is not refused", async () => {
  await assert.rejects(Promise.reject(new Error()));
  await assert.rejects(assert.rejects(Promise.resolve()));
});
