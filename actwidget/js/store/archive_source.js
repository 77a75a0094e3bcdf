/** Pictures that came with the page. */

/** @import { Layer, Model } from "../types.js" */
/** @import { DetailRequest, OverviewRequest, Request } from "../protocol/requests.js" */
/** @import { Receiver, Source, SourceReply } from "./source.js" */

import { Archive } from "../protocol/archive.js";

/** @implements {Source} */
export class ArchiveSource {
  #model;
  #receiver;
  #archive;
  #closed = false;
  /** @type {Set<string>} what could not be read: it is not tried again */
  #failed = new Set();

  /**
   * The archive in a widget's state, if there is one.
   *
   * @param {Model} model
   * @param {Receiver} receiver
   */
  static of(model, receiver) {
    const archive = model.get("archive");
    if (!archive?.data) return null;
    const { buffer, byteOffset, byteLength } = archive.data;
    const bytes = new Uint8Array(buffer, byteOffset, byteLength);
    return new ArchiveSource(model, receiver, new Archive(archive.index, bytes));
  }

  /**
   * @param {Model} model
   * @param {Receiver} receiver
   * @param {Archive} archive
   */
  constructor(model, receiver, archive) {
    this.#model = model;
    this.#receiver = receiver;
    this.#archive = archive;
  }

  /** Whether some values are rounded. */
  get approximate() {
    return this.#archive.approximate;
  }

  /** @param {number} layer */
  has(layer) {
    return this.#archive.has(layer);
  }

  /** @param {number} layer */
  finest(layer) {
    return this.#archive.block(layer);
  }

  /** @param {Request} request */
  request(request) {
    const key = JSON.stringify(request);
    if (this.#failed.has(key)) return;
    let answer;
    if (request.kind === "overview") answer = this.#overview(request);
    else if (request.kind === "detail") answer = this.#detail(request);
    answer?.catch(({ message }) => {
      this.#failed.add(key);
      this.#take({ kind: "error", request, message });
    });
  }

  /** Another has taken its place: what is still being read is not reported. */
  close() {
    this.#closed = true;
  }

  /** @param {SourceReply} reply */
  #take(reply) {
    if (!this.#closed) this.#receiver.take(reply);
  }

  /** @param {OverviewRequest} request */
  async #overview(request) {
    const { layer, image, slice } = request;
    this.#receiver.expect({ layer, image, slice });
    const overview = await this.#archive.overview(request, this.#layer(layer));
    const input = request.input ? this.#archive.input(image) : null;
    this.#take({ kind: "overview", overview, message: null, input, pushed: false });
  }

  /** @param {DetailRequest} request */
  async #detail(request) {
    const { layer, block, patches } = request;
    const detail = await this.#archive.detail(request, this.#layer(layer), block, patches);
    this.#take({ kind: "detail", detail });
  }

  /**
   * @param {number} number
   * @returns {Layer}
   */
  #layer(number) {
    return this.#model.get("layers")[number];
  }
}
