import * as assert from "../assert.js";

import { Presence } from "../../../actwidget/js/view/presence.js";
import { FakeModel } from "../builders.js";

/** An element of a notebook that is in the page, or was. */
function elementOf(isConnected = true) {
  return /** @type {any} */ ({ closest: () => ({ isConnected }) });
}

/**
 * Do something, and let the time pass after which views count as gone.
 *
 * @param {(model: FakeModel) => void} act
 * @returns {number[]} the counts that Python was told
 */
function told(act) {
  const { setTimeout, clearTimeout } = globalThis;
  /** @type {Map<number, () => void>} */
  const due = new Map();
  const page = /** @type {any} */ (globalThis);
  page.setTimeout = (/** @type {() => void} */ call) => {
    due.set(due.size + 1, call);
    return due.size;
  };
  page.clearTimeout = (/** @type {number} */ id) => due.delete(id);
  const model = new FakeModel({ view_id: crypto.randomUUID() });
  try {
    act(model);
    for (const call of due.values()) call();
  } finally {
    Object.assign(page, { setTimeout, clearTimeout });
  }
  assert.ok(model.sent.every(({ kind }) => kind === "views"));
  return model.sent.map(({ count }) => count);
}

Deno.test("the first view and the end of the last are told", () => {
  const counts = told((model) => {
    const presence = new Presence(/** @type {any} */ (model));
    presence.enter();
    presence.attach(elementOf());
    presence.enter();
    presence.leave();
    presence.leave();
  });
  assert.deepEqual(counts, [1, 0]);
});

Deno.test("a view that takes the place of another at once is no end", () => {
  const counts = told((model) => {
    const presence = new Presence(/** @type {any} */ (model));
    presence.enter();
    presence.attach(elementOf());
    presence.leave();
    presence.enter();
  });
  assert.deepEqual(counts, [1]);
});

Deno.test("the outputs of a notebook that was closed may come back", () => {
  const counts = told((model) => {
    const presence = new Presence(/** @type {any} */ (model));
    presence.enter();
    presence.attach(elementOf(false));
    presence.leave();
  });
  assert.deepEqual(counts, [1]);
});

Deno.test("without a notebook around it nothing is known of a view's end", () => {
  const counts = told((model) => {
    const presence = new Presence(/** @type {any} */ (model));
    presence.enter();
    presence.attach(/** @type {any} */ ({ closest: () => null }));
    presence.leave();
  });
  assert.deepEqual(counts, [1]);
});
