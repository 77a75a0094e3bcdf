import * as assert from "../assert.js";

import { oncePerFrame } from "../../../actwidget/js/view/frames.js";

/** Frames that come when they are told to: there is no screen in these tests. */
function withFrames() {
  /** @type {Map<number, () => void>} */
  const asked = new Map();
  let count = 0;
  Object.assign(globalThis, {
    requestAnimationFrame: (/** @type {() => void} */ callback) => {
      asked.set(++count, callback);
      return count;
    },
    cancelAnimationFrame: (/** @type {number} */ number) => asked.delete(number),
  });
  return () => {
    const callbacks = [...asked.values()];
    asked.clear();
    for (const callback of callbacks) callback();
  };
}

/** Everything that is being done now, to its end. */
const end = () => new Promise((resolve) => setTimeout(resolve, 0));

Deno.test("several changes that come together are drawn once, without waiting for a frame", async () => {
  withFrames();
  let drawn = 0;
  const { schedule } = oncePerFrame(() => drawn++);
  schedule();
  schedule();
  assert.equal(drawn, 0);
  await end();
  assert.equal(drawn, 1);
});

Deno.test("what changes after that is drawn in the next frame, once", async () => {
  const nextFrame = withFrames();
  let drawn = 0;
  const { schedule } = oncePerFrame(() => drawn++);
  schedule();
  await end();
  schedule();
  await end();
  schedule();
  await end();
  assert.equal(drawn, 1);
  nextFrame();
  assert.equal(drawn, 2);
  nextFrame();
  await end();
  assert.equal(drawn, 2);
});

Deno.test("after a frame in which nothing changed a change is drawn at once again", async () => {
  const nextFrame = withFrames();
  let drawn = 0;
  const { schedule } = oncePerFrame(() => drawn++);
  schedule();
  await end();
  nextFrame();
  schedule();
  await end();
  assert.equal(drawn, 2);
});

Deno.test("nothing is drawn once it is cancelled", async () => {
  const nextFrame = withFrames();
  let drawn = 0;
  const { schedule, cancel } = oncePerFrame(() => drawn++);
  schedule();
  cancel();
  await end();
  schedule();
  await end();
  nextFrame();
  assert.equal(drawn, 0);
});
