/** The newest live frame: its picture, the input that it was computed from, and what is wanted. */

/** @import { Detail, InputImage, Overview, Patch } from "../types.js" */

import { same } from "../protocol/requests.js";

/**
 * @typedef {object} LiveFrame
 * @prop {number} frame its number
 * @prop {Overview} overview
 * @prop {Detail | null} detail
 * @prop {InputImage | null} input
 * @prop {[string, number | null][] | null} answers the likeliest classes
 * @prop {number} frames how many were looked at for the layer's scale, this one included
 */

export class LivePicture {
  /** @type {LiveFrame | null} */
  #shown = null;
  /** @type {{ layer: number, block: number, patches: Patch[] } | null} */
  #wanted = null;

  /** @param {LiveFrame} frame */
  put(frame) {
    this.#shown = frame;
  }

  /** Nothing is live any more. */
  clear() {
    this.#shown = null;
    this.#wanted = null;
  }

  /** The number of the frame that is shown; null: there is none. */
  get frame() {
    return this.#shown?.frame ?? null;
  }

  /** How many frames the layer's scale has looked at. */
  get frames() {
    return this.#shown?.frames ?? 0;
  }

  get input() {
    return this.#shown?.input ?? undefined;
  }

  /** The likeliest classes; null where the frame was computed without the model's output. */
  get answers() {
    return this.#shown?.answers ?? null;
  }

  /** @type {(layer: number, slice: number) => Overview | undefined} */
  overview(layer, slice) {
    const overview = this.#shown?.overview;
    return overview?.layer === layer && overview.slice === slice ? overview : undefined;
  }

  /** @type {(layer: number, block: number, patches: Patch[]) => Detail | undefined} */
  detail(layer, block, patches) {
    const detail = this.#shown?.detail;
    const fits = detail?.layer === layer && detail.block === block && same(detail.patches, patches);
    return fits ? detail : undefined;
  }

  /** @type {(layer: number, block: number, patches: Patch[]) => void} windows of the next frames */
  want(layer, block, patches) {
    this.#wanted = { layer, block, patches };
  }

  /** The whole picture is wanted. */
  wantNoDetail() {
    this.#wanted = null;
  }

  /** @type {(layer: number) => { block: number, patches: Patch[] }} what is wanted of a layer */
  wanted(layer) {
    if (this.#wanted?.layer !== layer) return { block: 0, patches: [] };
    const { block, patches } = this.#wanted;
    return { block, patches };
  }
}
