/** Pictures and numbers from Python. */

/** @import { Model, PictureKey } from "../types.js" */
/** @import { Request, SentMessage } from "../protocol/requests.js" */
/** @import { Receiver, Source } from "./source.js" */

import { isOfComparison, isOfSurvey, isWhy, RequestQueue } from "../protocol/requests.js";
import { unpack } from "../protocol/unpack.js";
import { layerText } from "./picture_key.js";
import { decodeInput } from "./input_image.js";
import { surveyAnswer } from "./survey_store.js";

/** @implements {Source} */
export class KernelSource {
  #model;
  #receiver;
  #queue = new RequestQueue((message) => this.#post(message));
  /** @type {Set<string>} the layers whose pictures need no more than to be made */
  #prepared = new Set();
  /** Whether there is a kernel. */
  alive = true;
  /** Whether there was one since the page was opened. */
  wasAlive = false;

  /**
   * @param {Model} model
   * @param {Receiver} receiver
   */
  constructor(model, receiver) {
    this.#model = model;
    this.#receiver = receiver;
    model.on("msg:custom", (message, buffers) => this.#receive(message, buffers));
    model.on("comm_live_update", () => this.#findKernel());
    this.#findKernel();
  }

  has() {
    return this.alive;
  }

  finest() {
    return 1;
  }

  /** @param {Request} request */
  request(request) {
    if (this.alive) this.#queue.send(request);
  }

  /** Whether an overview has been requested and has not come yet. */
  get waiting() {
    return this.#queue.pending("overview") > 0;
  }

  /** @param {Pick<PictureKey, "layer" | "variant">} key */
  isPrepared(key) {
    return this.#prepared.has(layerText(key));
  }

  close() {
    this.#queue.clear();
  }

  /** @type {(message: any, buffers: DataView[]) => Promise<void>} */
  async #receive(message, buffers) {
    const { id, kind } = message;
    const request = this.#queue.find(id);
    if (kind === "overview") {
      this.#receiver.expect(message);
      // Before it is unpacked: Python makes the next one meanwhile.
      this.#queue.answered(id, (next) => next.kind !== "overview" || !this.#receiver.holds(next));
      await this.takeOverview(message, buffers, !request);
      return;
    }
    if (kind === "detail") {
      const { units, bytes } = await unpack(message.arrays, /** @type {any} */ (buffers[0]));
      const { id: _id, kind: _kind, arrays: _arrays, ...detail } = message;
      this.#queue.answered(id);
      this.#receiver.take({ kind, detail: { ...detail, units, bytes } });
      return;
    }
    if (kind === "input" && request?.kind === "input") {
      const { height, width } = message;
      const input = await decodeInput({ height, width, data: buffers[0] });
      this.#queue.answered(id);
      this.#receiver.take({ kind, image: request.image, input });
      return;
    }
    // What cannot be prepared is not tried again: its picture tells what is wrong.
    if (kind === "error" && request?.kind === "prepare") this.#prepared.add(layerText(request));
    if (kind === "prepare" && message.done) this.#prepared.add(layerText(message));
    if (kind === "error") this.#queue.failed(id);
    else this.#queue.answered(id);
    if (kind === "prepare") {
      this.#receiver.take({ kind });
    } else if (kind === "profiles") {
      this.#receiver.take({ kind, first: message.first, profiles: message.profiles });
    } else if (kind === "value" && request?.kind === "value") {
      const value = typeof message.value === "string" ? special(message.value) : message.value;
      const [row, column] = message.unit;
      this.#receiver.take({ kind, request, value: { value, row, column } });
    } else if (kind === "clipped" && request?.kind === "clipped") {
      this.#receiver.take({ kind, request, value: message.share });
    } else if (kind === "measures" && request?.kind === "measures") {
      const { zeros, variance } = message;
      this.#receiver.take({ kind, request, value: { zeros, variance } });
    } else if (request && isWhy(request)) {
      this.#receiver.take({ kind: "why", request, value: answerOf(message, buffers) });
    } else if (request && isOfSurvey(request)) {
      // Of one that was cancelled there is no answer: it is asked again if it is wanted.
      if (kind === "cancelled") return;
      const value = await surveyAnswer(message, buffers[0]);
      this.#receiver.take({ kind: "survey", request, value });
    } else if (request && isOfComparison(request) && kind === request.kind) {
      const { id: _id, kind: _kind, ...value } = message;
      this.#receiver.take({ kind: "compare", request, value });
    } else if (kind === "error" && request) {
      this.#receiver.take({ kind, request, message: message.message });
    }
  }

  /**
   * Unpack an overview as it came in a message, or in the widget's state.
   *
   * @param {any} message
   * @param {DataView[]} buffers the picture's and perhaps the input image's
   * @param {boolean} pushed whether nobody has requested it
   */
  async takeOverview(message, [data, pixels], pushed) {
    const { input: size, id: _id, ...own } = message;
    const { arrays: layout, kind: _kind, ...rest } = own;
    this.#receiver.expect(rest);
    this.#prepared.add(layerText(rest));
    const [arrays, input] = await Promise.all([
      unpack(layout, /** @type {any} */ (data)),
      size && pixels ? decodeInput({ ...size, data: pixels }) : null,
    ]);
    const overview = { ...rest, ...arrays, bytes: arrays.bytes + data.byteLength };
    const saved = { ...own, data };
    this.#receiver.take({ kind: "overview", overview, message: saved, input, pushed });
  }

  /** @param {SentMessage} message */
  #post(message) {
    try {
      this.#model.send(message);
    } catch {
      // JupyterLab does not tell of a kernel that was shut down; it lets nothing be sent there.
      this.#setAlive(false);
    }
  }

  async #findKernel() {
    this.#setAlive(await hasKernel(this.#model));
  }

  /** @param {boolean} alive */
  #setAlive(alive) {
    this.wasAlive ||= alive;
    if (alive === this.alive) return;
    this.alive = alive;
    if (!alive) this.#queue.clear();
    this.#receiver.changed();
  }
}

/**
 * What came of a request, as the page uses it.
 *
 * @type {(message: any, buffers: DataView[]) => any}
 */
function answerOf(message, [data]) {
  const { id: _id, kind, message: error, ...answer } = message;
  if (kind === "error") return { error };
  const codes = data && new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (kind === "attribution") return { ...answer, cam: answer.cam && { ...answer.cam, codes } };
  if (kind === "saliency") return { ...answer, map: answer.map && { ...answer.map, codes } };
  return answer;
}

/** @param {Model} model */
export async function hasKernel(model) {
  // What anywidget passes on does not tell; the manager's own model does.
  const own = await model.widget_manager?.get_model(model.get("view_id"));
  if (!own) return false;
  if (typeof own.comm_live === "boolean") return own.comm_live;
  // marimo's models know of no kernel that is lost; its exported pages have none.
  return !("__MARIMO_STATIC__" in globalThis);
}

/** @param {string} text Python's word for a number that JSON does not have */
function special(text) {
  if (text === "inf") return Infinity;
  return text === "-inf" ? -Infinity : NaN;
}
