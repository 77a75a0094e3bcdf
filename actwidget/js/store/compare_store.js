/** How much recordings differ, as the page holds it: each layer, and the channels of some. */

/** @import { Model } from "../types.js" */
/** @import { CompareRequest } from "../protocol/requests.js" */
/** @import { SourceReply } from "./source.js" */

import { recordingsOf } from "./variant.js";

/**
 * @typedef {object} Changes of a layer's channels; null where there are none
 * @prop {(number | null)[] | null} difference the root of the mean (B − A)²
 * @prop {(number | null)[] | null} distance the cosine distance
 * @prop {[(number | null)[], (number | null)[]] | null} [selectivity] in both, if both were surveyed
 *
 * @typedef {object} KeptComparison what came with a page without a kernel, by recording and layer
 * @prop {Record<string, (number | null)[]>} distances
 * @prop {Record<string, Changes[]>} changes
 */

/**
 * The recording that is compared with the first: the one that was chosen, or else the last.
 *
 * @type {(model: Model) => number}
 */
export function comparedWith(model) {
  return model.get("panel") || recordingsOf(model) - 1;
}

export class CompareStore {
  #model;
  #request;
  /** @type {Map<string, number | null>} by recording and layer */
  #distances = new Map();
  /** @type {Map<string, Changes>} */
  #changes = new Map();

  /**
   * @param {Model} model
   * @param {(request: CompareRequest) => void} request have it answered, if somebody can
   */
  constructor(model, request) {
    this.#model = model;
    this.#request = request;
  }

  /** @returns {KeptComparison | undefined} */
  get #kept() {
    return this.#model.get("compared")?.kept;
  }

  /** Whether there is something to compare. */
  get isOn() {
    return recordingsOf(this.#model) > 1;
  }

  /**
   * How far apart a layer is in the first recording and the other; undefined: it is not known yet.
   *
   * @type {(layer: number) => number | null | undefined} null: it is not in both
   */
  distance(layer) {
    const recording = comparedWith(this.#model), kept = this.#kept?.distances[recording];
    return kept ? kept[layer] : this.#distances.get(`${recording}/${layer}`);
  }

  /** How many layers' distances are known. */
  get known() {
    const { length } = this.#model.get("layers");
    return Array.from({ length }, (_, layer) => this.distance(layer))
      .filter((each) => each !== undefined).length;
  }

  /** Have Python tell of the layers whose distances are not known. */
  requestDistances() {
    if (!this.isOn || this.#kept) return;
    const { length } = this.#model.get("layers"), recording = comparedWith(this.#model);
    for (let first = 0; first < length; first++) {
      if (this.distance(first) !== undefined) continue;
      this.#request({ kind: "distances", first, recording });
      return;
    }
  }

  /**
   * How much a layer's channels differ, requested unless it is known.
   *
   * @type {(layer: number) => Changes | null}
   */
  changes(layer) {
    if (!this.isOn) return null;
    const recording = comparedWith(this.#model), kept = this.#kept?.changes[recording];
    if (kept) return kept[layer] ?? null;
    const found = this.#changes.get(`${recording}/${layer}`);
    if (!found) this.#request({ kind: "changes", layer, recording });
    return found ?? null;
  }

  /** @param {SourceReply & { kind: "compare" }} reply */
  put({ request, value }) {
    const { recording } = request;
    if (request.kind === "changes") {
      this.#changes.set(`${recording}/${request.layer}`, value);
      return;
    }
    for (const [place, distance] of value.distances.entries()) {
      this.#distances.set(`${recording}/${request.first + place}`, distance);
    }
    this.requestDistances();
  }
}
