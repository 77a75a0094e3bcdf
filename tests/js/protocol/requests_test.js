import * as assert from "../assert.js";

import { RequestQueue, SLOW } from "../../../actwidget/js/protocol/requests.js";

/** @import { Request } from "../../../actwidget/js/protocol/requests.js" */

function queueOf() {
  /** @type {any[]} */
  const sent = [];
  return { sent, queue: new RequestQueue((message) => sent.push(message)) };
}

/**
 * @param {number} layer
 * @returns {Request}
 */
function clipped(layer) {
  return { kind: "clipped", layer, normalization: 0, limits: [0, 1] };
}

/** Until what is pending counts as slow. */
function slowness() {
  return new Promise((resolve) => setTimeout(resolve, 2 * SLOW));
}

/** @param {any[]} sent */
function summary(sent) {
  return sent.map(({ kind, layer }) => (kind === "cancel" ? "cancel" : layer));
}

Deno.test("no two requests have the same id, on two pages either", () => {
  const one = queueOf(), other = queueOf();
  for (const { queue } of [one, other]) {
    queue.send(clipped(1));
    queue.answered(one.sent.at(-1)?.id);
    queue.send({ kind: "prepare", layer: 1, seconds: 1 });
  }
  const ids = [...one.sent, ...other.sent].map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
  assert.ok(ids.every(Number.isSafeInteger));
});

Deno.test("a reply finds its request until it is answered", () => {
  const { sent, queue } = queueOf();
  queue.send(clipped(1));
  assert.deepEqual(queue.find(sent[0].id), clipped(1));
  assert.equal(queue.find(undefined), undefined);
  queue.answered(sent[0].id);
  assert.equal(queue.find(sent[0].id), undefined);
});

Deno.test("a slow request is cancelled once a newer one waits", async () => {
  const { sent, queue } = queueOf();
  queue.send(clipped(1));
  await slowness();
  assert.deepEqual(summary(sent), [1]);
  queue.send(clipped(2));
  await slowness();
  assert.deepEqual(summary(sent), [1, "cancel"]);
  assert.equal(sent[1].id, sent[0].id);
  queue.answered(sent[0].id);
  assert.deepEqual(summary(sent), [1, "cancel", 2]);
});

Deno.test("one that is answered in time is not cancelled", async () => {
  const { sent, queue } = queueOf();
  queue.send(clipped(1));
  queue.send(clipped(2));
  queue.answered(sent[0].id);
  await slowness();
  assert.deepEqual(summary(sent), [1, 2]);
});

Deno.test("one that is wanted again is not cancelled, or sent again where it has been", async () => {
  const { sent, queue } = queueOf();
  for (const layer of [1, 2, 1]) queue.send(clipped(layer));
  await slowness();
  assert.deepEqual(summary(sent), [1]);
  queue.send(clipped(2));
  await slowness();
  queue.send(clipped(1));
  queue.answered(sent[0].id);
  assert.deepEqual(summary(sent), [1, "cancel", 1]);
});

Deno.test("requests of a lost kernel are forgotten", async () => {
  const { sent, queue } = queueOf();
  queue.send(clipped(1));
  queue.send(clipped(2));
  queue.clear();
  await slowness();
  assert.deepEqual([summary(sent), queue.pending("clipped")], [[1], 0]);
});
