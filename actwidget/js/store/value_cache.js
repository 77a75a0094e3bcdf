/** Single numbers that Python has answered: exact values, and shares beyond limits. */

/** @import { BeyondQuestion, Exact, ExactQuestion } from "../protocol/requests.js" */

/** How many exact values are kept: those of hours of hovering. */
const MOST = 10_000;

export class Known {
  /** @type {Map<string, Exact>} */
  #exact = new Map();
  /** @type {Map<string, number>} */
  #beyond = new Map();

  /**
   * @param {ExactQuestion} question
   * @returns {Exact | undefined}
   */
  exact(question) {
    return this.#exact.get(exactKey(question));
  }

  /** @param {{ question: ExactQuestion, value: number | string, unit: [number, number] }} answer */
  putExact({ question, value, unit: [row, column] }) {
    if (this.#exact.size > MOST) this.#exact.clear();
    const number = typeof value === "string" ? special(value) : value;
    this.#exact.set(exactKey(question), { value: number, row, column });
  }

  /**
   * @param {BeyondQuestion} question
   * @returns {number | undefined}
   */
  beyond(question) {
    return this.#beyond.get(beyondKey(question));
  }

  /** @param {{ question: BeyondQuestion, share: number }} answer */
  putBeyond({ question, share }) {
    this.#beyond.set(beyondKey(question), share);
  }
}

/** @param {string} text Python's word for a number that JSON does not have */
function special(text) {
  if (text === "inf") return Infinity;
  return text === "-inf" ? -Infinity : NaN;
}

/** @param {ExactQuestion} question */
function exactKey({ layer, image, slice, channel, row, column, block }) {
  return [layer, image, slice, channel, row, column, block].join("/");
}

/** @param {BeyondQuestion} question */
function beyondKey({ layer, normalization, limits }) {
  return [layer, normalization, ...limits].join("/");
}
