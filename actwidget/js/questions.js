/** The questions to Python: one of a kind at a time, and only the last that was wanted next. */

/** @import { Patch, Place } from "./types.js" */

/**
 * @typedef {{ layer: number, image: number, slice: number }} Which
 * @typedef {Which & { kind: "overview", input: boolean }} OverviewQuestion
 * @typedef {Which & { kind: "prepare", seconds: number }} PrepareQuestion which works out what a layer's pictures need
 * @typedef {Which & { kind: "detail", block: number, patches: Patch[] }} DetailQuestion
 * @typedef {Which & Place & { kind: "exact", block: number }} ExactQuestion
 * @typedef {Which & { kind: "beyond", normalization: number, limits: [number, number] }}
 *   BeyondQuestion which is of all images and slices
 * @typedef {OverviewQuestion | PrepareQuestion | DetailQuestion | ExactQuestion | BeyondQuestion} Question
 * @typedef {{ value: number, row: number, column: number }} Exact
 * @typedef {Question["kind"] | "error" | "ahead" | "passing"} News what has come; "ahead": an
 *   overview before it is wanted; "passing": one that has been wanted and no longer is
 */

export class Questions {
  /** @type {Map<string, Question>} by kind: the one that waits for its answer */
  #asked = new Map();
  /** @type {Map<string, Question>} by kind: the one to ask then */
  #next = new Map();
  /** @type {Map<string, Question>} by kind: the last that Python could not answer */
  #failed = new Map();
  /** @type {(question: Question) => void} */
  #send;

  /** @param {(question: Question) => void} send */
  constructor(send) {
    this.#send = send;
  }

  /**
   * The question of a kind that waits for its answer.
   *
   * @param {Question["kind"]} kind
   */
  asked(kind) {
    return this.#asked.get(kind);
  }

  /** @param {Question} question */
  ask(question) {
    const { kind } = question;
    const failed = this.#failed.get(kind);
    // A view wants it again at the news of its failure: that would go on for ever.
    if (failed && same(failed, question)) return;
    this.#failed.delete(kind);
    const asked = this.#asked.get(kind);
    if (!asked) {
      this.#asked.set(kind, question);
      this.#send(question);
    } else if (same(asked, question)) {
      this.#next.delete(kind);
    } else {
      // Those that are passed over are never asked.
      this.#next.set(kind, question);
    }
  }

  /**
   * @param {Question["kind"]} kind
   * @param {(question: Question) => boolean} [needed] whether the next is still to be asked
   */
  answered(kind, needed = () => true) {
    this.#asked.delete(kind);
    const next = this.#next.get(kind);
    this.#next.delete(kind);
    if (next && needed(next)) this.ask(next);
  }

  /** @param {Question} question */
  failed(question) {
    this.#failed.set(question.kind, question);
    this.answered(question.kind);
  }

  clear() {
    this.#asked.clear();
    this.#next.clear();
  }
}

/**
 * @param {object} a
 * @param {object} b
 */
function same(a, b) {
  return JSON.stringify(a) === JSON.stringify(b);
}
