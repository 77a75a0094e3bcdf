/**
 * What the store and its sources agree on.
 *
 * @import { Detail, InputImage, Measures, Overview, PictureKey, Profile } from "../types.js"
 * @import { ClippedRequest, CompareRequest, MeasuresRequest, Request, SurveyRequest, ValueRequest, WhyRequest } from "../protocol/requests.js"
 *
 * @typedef {object} Source where a layer's pictures come from: the kernel, or what came with the page
 * @prop {(layer: number, variant?: string) => boolean} has
 * @prop {(layer: number, variant?: string) => number} finest the finest level of detail that it has of a layer
 * @prop {(request: Request) => void} request have a request answered: the receiver gets the reply
 *
 * @typedef {object} Receiver what a source reports to
 * @prop {(key: PictureKey) => void} expect an overview is there and being unpacked
 * @prop {(key: PictureKey) => boolean} holds whether an overview is cached or expected
 * @prop {(reply: SourceReply) => void} take
 * @prop {() => void} changed what the source has is not the same any more
 *
 * @typedef {{ value: number, row: number, column: number }} ExactValue and the unit that it is of
 *
 * @typedef {{ kind: "overview", overview: Overview, message: object | null,
 *     input: InputImage | null, pushed: boolean } |
 *   { kind: "detail", detail: Detail } |
 *   { kind: "value", request: ValueRequest, value: ExactValue } |
 *   { kind: "clipped", request: ClippedRequest, value: number } |
 *   { kind: "measures", request: MeasuresRequest, value: Measures } |
 *   { kind: "why", request: WhyRequest, value: any } |
 *   { kind: "survey", request: SurveyRequest, value: any } |
 *   { kind: "compare", request: CompareRequest, value: any } |
 *   { kind: "input", image: number, input: InputImage } |
 *   { kind: "prepare" } |
 *   { kind: "profiles", first: number, profiles: Profile[] } |
 *   { kind: "error", request: Request, message: string }} SourceReply
 *
 * @typedef {"ready" | "waiting" | "failed" | "lost" | "not-kept" | "not-saved"} Status of a picture:
 *   "lost": its kernel is gone; "not-kept": the page came without it; "not-saved": so did the notebook
 *
 * @typedef {"overview" | "ahead" | "passing" | "detail" | "value" | "clipped" | "prepare" |
 *   "profiles" | "measures" | "why" | "field" | "survey" | "compare" | "input" | "live" | "error"} StoreEvent what has come. "field": what
 *   the unit below the pointer sees; "ahead": an overview before it is wanted; "passing": one that has been
 *   wanted and no longer is
 */

export {};
