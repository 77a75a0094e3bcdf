/** Pictures that came with the page. */

/** @import { Model } from "../types.js" */
/** @import { DetailRequest, InputRequest, OverviewRequest, Request, SurveyRequest, WhyRequest } from "../protocol/requests.js" */
/** @import { Receiver, Source, SourceReply } from "./source.js" */

import { Archive } from "../protocol/archive.js";
import { isOfSurvey, isWhy } from "../protocol/requests.js";
import { layerOfPicture } from "./picture_key.js";
import { decodeInput } from "./input_image.js";
import { surveyAnswer } from "./survey_store.js";

/** @implements {Source} */
export class ArchiveSource extends Archive {
  #model;
  #receiver;
  #closed = false;
  /** @type {Set<string>} what could not be read: it is not tried again */
  #failed = new Set();

  /** @type {(model: Model, receiver: Receiver) => ArchiveSource | null} null: no archive came */
  static of(model, receiver) {
    return model.get("archive")?.data ? new ArchiveSource(model, receiver) : null;
  }

  /**
   * @param {Model} model
   * @param {Receiver} receiver
   */
  constructor(model, receiver) {
    const { index, data: { buffer, byteOffset, byteLength } } = model.get("archive");
    super(index, new Uint8Array(buffer, byteOffset, byteLength));
    this.#model = model;
    this.#receiver = receiver;
  }

  /** @param {Request} request */
  request(request) {
    const key = JSON.stringify(request);
    if (this.#failed.has(key)) return;
    let answer;
    if (request.kind === "overview") answer = this.#takeOverview(request);
    else if (request.kind === "detail") answer = this.#takeDetail(request);
    else if (request.kind === "input") answer = this.#takeInput(request);
    else if (isWhy(request)) answer = this.#takeWhy(request);
    else if (isOfSurvey(request)) answer = this.#takeSurvey(request);
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
  async #takeOverview(request) {
    const { layer, image, slice, variant } = request;
    this.#receiver.expect({ layer, image, slice, ...(variant ? { variant } : {}) });
    const bytes = request.input ? this.input(image, variant) : null;
    const [overview, input] = await Promise.all([
      this.overview(request, layerOfPicture(this.#model, request)),
      bytes && decodeInput(bytes),
    ]);
    this.#take({ kind: "overview", overview, message: null, input, pushed: false });
  }

  /** @param {InputRequest} request */
  async #takeInput({ image }) {
    const bytes = this.input(image);
    if (bytes) this.#take({ kind: "input", image, input: await decodeInput(bytes) });
  }

  /** @param {WhyRequest} request */
  async #takeWhy(request) {
    this.#take({ kind: "why", request, value: await this.why(request) });
  }

  /** @param {SurveyRequest} request */
  async #takeSurvey(request) {
    const { message, data } = await this.survey.answer(request);
    this.#take({ kind: "survey", request, value: await surveyAnswer(message, data) });
  }

  /** @param {DetailRequest} request */
  async #takeDetail(request) {
    const { block, patches } = request, layer = layerOfPicture(this.#model, request);
    const detail = await this.detail(request, layer, block, patches);
    this.#take({ kind: "detail", detail });
  }
}
