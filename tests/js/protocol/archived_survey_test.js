import * as assert from "../assert.js";

import { ArchivedSurvey } from "../../../actwidget/js/protocol/archived_survey.js";
import { gzip } from "../builders.js";

/** @type {(value: unknown) => Promise<Uint8Array>} */
async function packed(value) {
  const { buffer } = await gzip(new TextEncoder().encode(JSON.stringify(value)));
  return new Uint8Array(/** @type {ArrayBuffer} */ (buffer));
}

async function survey() {
  const facts = await packed({ active: [1, 2], dead: [], selectivity: null });
  const tops = await packed([{ images: [3] }, { images: [4] }]);
  const bytes = new Uint8Array([...facts, ...tops, 7, 8]);
  const index = {
    size: /** @type {[number, number]} */ ([48, 40]),
    facts: [null, /** @type {[number, number]} */ ([0, facts.length])],
    tops: [
      null,
      /** @type {[[number, number], ([number, number] | null)[]]} */ ([
        [facts.length, tops.length],
        [null, [facts.length + tops.length, 2]],
      ]),
    ],
  };
  const input = (/** @type {number} */ image) =>
    image === 0 ? { height: 48, width: 40, data: new Uint8Array([9]) } : null;
  return new ArchivedSurvey(index, bytes, input);
}

Deno.test("a page has what came with it, and tells what did not", async () => {
  const kept = await survey();
  assert.ok(kept.holds({ kind: "survey", layer: 1 }, false));
  assert.ok(!kept.holds({ kind: "survey", layer: 0 }, false));
  assert.ok(!kept.holds({ kind: "top-images", layer: 0, channel: 0 }, false));
  const none = new ArchivedSurvey(undefined, new Uint8Array(), () => null);
  assert.ok(!none.holds({ kind: "survey", layer: 1 }, true));
});

Deno.test("messages are those of Python, with their strips", async () => {
  const kept = await survey();
  const { message } = await kept.answer({ kind: "survey", layer: 1 });
  assert.deepEqual(message.active, [1, 2]);
  const first = await kept.answer({ kind: "top-images", layer: 1, channel: 0 });
  assert.deepEqual([first.message.images, first.data], [[3], undefined]);
  const second = await kept.answer({ kind: "top-images", layer: 1, channel: 1 });
  assert.deepEqual([second.message.images, [...second.data ?? []]], [[4], [7, 8]]);
});

Deno.test("the recording's own images are there, those of a data set are not", async () => {
  const kept = await survey();
  assert.ok(!kept.holds({ kind: "survey-image", image: 0 }, false));
  assert.ok(kept.holds({ kind: "survey-image", image: 0 }, true));
  assert.ok(!kept.holds({ kind: "survey-image", image: 1 }, true));
  const { message, data } = await kept.answer({ kind: "survey-image", image: 0 });
  assert.deepEqual([message.size, message.reason, [...data ?? []]], [[48, 40], "", [9]]);
});
