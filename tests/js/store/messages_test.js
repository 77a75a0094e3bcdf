/** What Python accepts is what the page sends, and what Python replies is read by the page. */

import * as assert from "../assert.js";

import { RequestQueue } from "../../../actwidget/js/protocol/requests.js";
import { KernelSource } from "../../../actwidget/js/store/kernel_source.js";
import { FakeModel } from "../builders.js";
import vectors from "../../shared/messages.json" with { type: "json" };

/** @param {string} text */
function bytesOf(text) {
  return new DataView(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);
}

/** Python's words for numbers that JSON does not have. */
const WORDS = new Map([["nan", NaN], ["inf", Infinity], ["-inf", -Infinity]]);

for (const { request, reply, buffers, units } of /** @type {any[]} */ (vectors)) {
  const { id: _id, ...content } = request;

  Deno.test(`a request of kind ${request.kind} and id ${request.id} is sent as Python takes it`, () => {
    /** @type {any[]} */
    const sent = [];
    new RequestQueue((message) => sent.push(message)).send(content);
    assert.deepEqual(Object.keys(sent[0]).sort(), Object.keys(request).sort());
    assert.deepEqual({ ...sent[0], id: request.id }, { ...request });
  });

  Deno.test(`the reply to the ${request.kind} of id ${request.id} is read`, async () => {
    const model = new FakeModel({ grid_id: "grid", view_id: "view", picture: {} });
    /** @type {any[]} */
    const taken = [];
    const source = new KernelSource(/** @type {any} */ (model), {
      expect: () => {},
      holds: () => false,
      take: (each) => taken.push(each),
      changed: () => {},
    });
    source.request(content);
    const { id } = model.sent[0];
    await model.emit("msg:custom", { ...reply, id }, buffers.map(bytesOf));
    const [read] = taken;
    assert.equal(read.kind, reply.kind);
    const picture = read.overview ?? read.detail;
    if (picture) {
      const found = Array.from(picture.units.subarray(0, units.length));
      assert.deepEqual(found, units.map((/** @type {any} */ unit) => WORDS.get(unit) ?? unit));
      assert.deepEqual(
        [picture.layer, picture.image, picture.slice],
        [request.layer, request.image, request.slice],
      );
    }
    if (read.kind === "value") {
      const value = WORDS.get(reply.value) ?? reply.value;
      assert.deepEqual(read.value, { value, row: reply.unit[0], column: reply.unit[1] });
    }
    if (read.kind === "profiles") {
      assert.deepEqual([read.first, read.profiles], [reply.first, reply.profiles]);
    }
    if (read.kind === "input") {
      const { height, width } = read.input;
      assert.deepEqual([read.image, height, width], [request.image, reply.height, reply.width]);
    }
    if (read.kind === "clipped") assert.equal(read.value, reply.share);
    if (read.kind === "prepare") assert.ok(source.isPrepared(request));
    if (read.kind === "error") assert.deepEqual(read.request, content);
    assert.ok(!source.waiting);
  });
}
