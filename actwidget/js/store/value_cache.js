/** Single numbers from Python: units' exact values, and shares of units outside limits. */

/** @import { ClippedRequest, ValueRequest } from "../protocol/requests.js" */
/** @import { ExactValue } from "./source.js" */

/** How many values are kept: those of hours of hovering. */
const MOST = 10_000;

export class ValueCache {
  /** @type {Map<string, ExactValue>} */
  #values = new Map();
  /** @type {Map<string, number>} */
  #shares = new Map();

  /**
   * @param {ValueRequest} request
   * @returns {ExactValue | undefined}
   */
  value(request) {
    return this.#values.get(JSON.stringify(request));
  }

  /**
   * @param {ValueRequest} request
   * @param {ExactValue} value
   */
  putValue(request, value) {
    if (this.#values.size > MOST) this.#values.clear();
    this.#values.set(JSON.stringify(request), value);
  }

  /**
   * @param {ClippedRequest} request
   * @returns {number | undefined}
   */
  share(request) {
    return this.#shares.get(JSON.stringify(request));
  }

  /**
   * @param {ClippedRequest} request
   * @param {number} share
   */
  putShare(request, share) {
    this.#shares.set(JSON.stringify(request), share);
  }
}
