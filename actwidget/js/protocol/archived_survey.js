/** What a survey found, as it came with the page. */

/** @import { InputBytes } from "../types.js" */
/** @import { SurveyRequest } from "./requests.js" */

import { gunzip } from "./unpack.js";

/**
 * @typedef {[number, number]} Part where a part begins, and how long it is
 *
 * @typedef {object} SurveyIndex as actwidget/protocol/archived_survey.py writes it
 * @prop {[number, number]} size the rows and columns of the input
 * @prop {(Part | null)[]} facts by layer
 * @prop {([Part, (Part | null)[]] | null)[]} tops by layer: messages, and strips by channel
 */

export class ArchivedSurvey {
  #index;
  #bytes;
  #input;

  /**
   * @param {SurveyIndex | undefined} index
   * @param {Uint8Array} bytes of the archive
   * @param {(image: number) => InputBytes | null} input one of the recording's images
   */
  constructor(index, bytes, input) {
    this.#index = index;
    this.#bytes = bytes;
    this.#input = input;
  }

  /** @type {(request: SurveyRequest, own: boolean) => boolean} `own`: it is of the recording's images */
  holds(request, own) {
    const index = this.#index;
    if (!index) return false;
    if (request.kind === "survey-image") return own && this.#input(request.image) !== null;
    return Boolean((request.kind === "survey" ? index.facts : index.tops)[request.layer]);
  }

  /**
   * A message as Python sends it, and the file beside it.
   *
   * @type {(request: SurveyRequest) => Promise<{ message: any, data?: Uint8Array }>}
   */
  async answer(request) {
    const index = /** @type {SurveyIndex} */ (this.#index), { kind } = request;
    if (kind === "survey-image") {
      const { data, ...size } = /** @type {InputBytes} */ (this.#input(request.image));
      const message = { kind, ...size, size: index.size, reason: "" };
      return { message, data: /** @type {Uint8Array} */ (data) };
    }
    if (kind === "survey") return { message: await this.#json(index.facts[request.layer]) };
    const [messages, strips] = /** @type {[Part, (Part | null)[]]} */ (index.tops[request.layer]);
    const strip = strips[request.channel] ?? null, found = await this.#json(messages);
    const data = strip ? this.#part(strip) : undefined;
    return { message: found[request.channel], data };
  }

  /** @param {Part} part */
  #part([start, length]) {
    return this.#bytes.subarray(start, start + length);
  }

  /** @param {Part | null} part */
  async #json(part) {
    const bytes = this.#part(/** @type {Part} */ (part));
    const text = new TextDecoder().decode(await gunzip(/** @type {any} */ (bytes)));
    return JSON.parse(text);
  }
}
