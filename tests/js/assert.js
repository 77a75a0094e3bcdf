/** Claims that fail with what was found; node:assert would bring Node's types into the page's code. */

/**
 * @param {unknown} value
 * @param {string} [message]
 * @returns {asserts value}
 */
export function ok(value, message = "it does not hold") {
  if (!value) throw new Error(message);
}

/**
 * @param {unknown} found
 * @param {unknown} expected
 */
export function equal(found, expected) {
  ok(Object.is(found, expected), `found ${text(found)} instead of ${text(expected)}`);
}

/**
 * @param {unknown} found
 * @param {unknown} other
 */
export function notEqual(found, other) {
  ok(!Object.is(found, other), `found ${text(found)}`);
}

/**
 * Of one class, with the same members.
 *
 * @param {unknown} found
 * @param {unknown} expected
 */
export function deepEqual(found, expected) {
  ok(same(found, expected), `found\n${text(found)}\ninstead of\n${text(expected)}`);
}

/**
 * @param {Promise<unknown>} promise
 */
export async function rejects(promise) {
  const failed = await promise.then(() => false, () => true);
  ok(failed, "it was not refused");
}

/**
 * @param {any} a
 * @param {any} b
 * @returns {boolean}
 */
function same(a, b) {
  if (Object.is(a, b)) return true;
  const objects = [a, b].every((value) => typeof value === "object" && value !== null);
  if (!objects || Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && same(a[name], b[name]));
}

/** @param {unknown} value */
function text(value) {
  return Deno.inspect(value, { depth: 6 });
}
