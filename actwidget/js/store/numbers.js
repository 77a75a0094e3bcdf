/** What Python is asked for once, and remembered by its request. */

/** @import { Model } from "../types.js" */
/** @import { ClippedRequest, MeasuresRequest, ValueRequest, WhyRequest } from "../protocol/requests.js" */
/** @import { Source, SourceReply } from "./source.js" */

/** @typedef {ValueRequest | ClippedRequest | MeasuresRequest | WhyRequest} NumberRequest */

/** @typedef {SourceReply & { kind: "value" | "clipped" | "measures" | "why" }} NumberReply */

/** How many are kept: those of hours of hovering. */
const MOST = 10_000;

/** Units' exact values, shares outside limits, what explains a target: by their requests. */
export class Numbers {
  /** @type {Map<string, any>} */
  #known = new Map();

  /**
   * What is known of a request, which is sent unless it is.
   *
   * @param {NumberRequest} request
   * @param {Pick<Source, "request">} source
   */
  get(request, source) {
    const known = this.#known.get(JSON.stringify(request));
    if (known === undefined) source.request(request);
    return known;
  }

  /** @param {NumberReply} reply */
  put({ request, value }) {
    if (this.#known.size > MOST) this.#known.clear();
    this.#known.set(JSON.stringify(request), value);
  }
}

/** @type {(reply: SourceReply) => reply is NumberReply} */
export function isNumber({ kind }) {
  return ["value", "clipped", "measures", "why"].includes(kind);
}

/** @type {(reply: SourceReply) => boolean} whether it is about the unit below the pointer alone */
export function isOfPointer(reply) {
  return reply.kind === "why" && ["field", "box"].includes(reply.request.kind);
}

/**
 * The same request with the number of a class in place of its name: it is the same, however it was
 * chosen.
 *
 * @type {(model: Model, request: WhyRequest) => WhyRequest}
 */
export function numbered(model, request) {
  if (!("target" in request)) return request;
  const names = model.get("class_names") ?? [], target = JSON.parse(request.target);
  const number = typeof target === "string" ? names.indexOf(target) : -1;
  return number < 0 ? request : { ...request, target: String(number) };
}
