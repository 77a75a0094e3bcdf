/** Live frames are read as Python sends them. */

import { decode } from "../../../actwidget/js/numerics/channel_table.js";
import { readFrame } from "../../../actwidget/js/live/messages.js";
import { LIVE } from "../../../actwidget/js/store/variant.js";
import vectors from "../../shared/live_frames.json" with { type: "json" };
import * as assert from "../assert.js";

/** @typedef {import("../../../actwidget/js/live/messages.js").HeldScale} HeldScale */

/** @type {(text: string) => DataView} */
function view(text) {
  // As a websocket's message has them: anywhere in a larger buffer.
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const padded = new Uint8Array(bytes.length + 3);
  padded.set(bytes, 3);
  return new DataView(padded.buffer, 3, bytes.length);
}

/** @type {(vector: any, held?: HeldScale) => ReturnType<typeof readFrame>} */
function read({ message, buffers }, held) {
  return readFrame(message, buffers.map(view), held);
}

const [first, next, compressed, small] = /** @type {any[]} */ (vectors);

/** @type {(found: number, expected: number, step: number) => void} */
function isClose(found, expected, step) {
  assert.ok(Math.abs(found - expected) <= 0.501 * step, `${found} for ${expected}, step ${step}`);
}

Deno.test("a frame has the values of the layer, to half a step", async () => {
  const { overview } = /** @type {any} */ (await read(first));
  assert.deepEqual([overview.layer, overview.image, overview.variant], [2, 0, LIVE]);
  for (const [channel, row] of first.row.entries()) {
    for (const [column, expected] of row.entries()) {
      const found = decode(overview, channel, overview.units, (channel * 80 + 3) * 90 + column);
      isClose(found, expected, overview.table[2 + channel]);
    }
  }
  assert.ok(Number.isNaN(decode(overview, 1, overview.units, (80 + 5) * 90 + 6)));
});

Deno.test("the next frame counts on the scale of the first, with a range of its own", async () => {
  const { held } = /** @type {any} */ (await read(first));
  const { overview, detail, held: stays } = /** @type {any} */ (await read(next, held));
  assert.equal(stays, held);
  assert.deepEqual(overview.normalizations, held.facts.normalizations);
  isClose(
    decode(overview, 1, overview.units, (80 + 3) * 90),
    next.row[1][0],
    overview.table[3],
  );
  // What was held is not written to.
  assert.ok(held.table[2] !== overview.table[2]);
  for (const [place, expected] of next.window.entries()) {
    isClose(decode(overview, 1, detail.units, place), expected, overview.table[3]);
  }
});

Deno.test("a frame whose scale the page does not have is not shown", async () => {
  assert.equal(await read(next), null);
  const { held } = /** @type {any} */ (await read(first));
  assert.equal(await read(next, { ...held, version: 7 }), null);
});

Deno.test("on a slow line it comes compressed", async () => {
  const { held } = /** @type {any} */ (await read(first));
  const { overview } = /** @type {any} */ (await read(compressed, held));
  isClose(decode(overview, 0, overview.units, 3 * 90), compressed.row[0][0], overview.table[2]);
});

Deno.test("a small layer is exact", async () => {
  const { overview } = /** @type {any} */ (await read(small));
  assert.equal(overview.encoding, "float32");
  const found = small.row[0].map((/** @type {number} */ _, /** @type {number} */ column) =>
    decode(overview, 0, overview.units, 3 * 8 + column)
  );
  assert.deepEqual(found, small.row[0]);
});
