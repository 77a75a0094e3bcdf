/** The questions to Python: one of a kind at a time, or two, and only the last that was wanted next. */

/** @import { Patch, Place } from "../types.js" */

/**
 * @typedef {{ layer: number, image: number, slice: number }} Which
 * @typedef {Which & { kind: "overview", input: boolean }} OverviewQuestion
 * @typedef {{ layer: number, kind: "prepare", seconds: number }} PrepareQuestion which works out what a layer's pictures need
 * @typedef {Which & { kind: "detail", block: number, patches: Patch[] }} DetailQuestion
 * @typedef {Which & Place & { kind: "value", block: number }} ExactQuestion
 * @typedef {{ layer: number, kind: "clipped", normalization: number, limits: [number, number] }}
 *   BeyondQuestion which is of all images and slices
 * @typedef {OverviewQuestion | PrepareQuestion | DetailQuestion | ExactQuestion | BeyondQuestion} Question
 * @typedef {{ value: number, row: number, column: number }} Exact
 * @typedef {Question["kind"] | "error" | "ahead" | "passing"} News what has come; "ahead": an
 *   overview before it is wanted; "passing": one that has been wanted and no longer is
 */

/** An answer within so many milliseconds is one of a line and a kernel that have time to spare. */
export const FAST = 100;

export class Questions {
  /** @type {Map<string, Question[]>} by kind: those that wait for their answers, as they were sent */
  #asked = new Map();
  /** @type {Map<string, Question>} by kind: the one to ask then */
  #next = new Map();
  /** @type {Map<string, Question>} by kind: the last that Python could not answer */
  #failed = new Map();
  /** @type {WeakMap<Question, number>} when they were sent */
  #sentAt = new WeakMap();
  /** Whether overviews have been coming fast. */
  #fast = false;
  /** @type {Map<number, Question>} by the id they were sent with */
  #byId = new Map();
  /** @type {(question: Question & { id: number }) => void} */
  #send;

  /** @param {(question: Question & { id: number }) => void} send */
  constructor(send) {
    this.#send = send;
  }

  /**
   * The questions of a kind that wait for their answers.
   *
   * @param {Question["kind"]} kind
   * @returns {readonly Question[]}
   */
  asked(kind) {
    return this.#asked.get(kind) ?? [];
  }

  /** @param {Question} question */
  ask(question) {
    const { kind } = question;
    const failed = this.#failed.get(kind);
    // A view wants it again at the news of its failure: that would go on for ever.
    if (failed && same(failed, question)) return;
    this.#failed.delete(kind);
    const asked = this.asked(kind);
    // Two overviews that come fast: one is made while the other is on its way to the screen.
    const atOnce = kind === "overview" && this.#fast ? 2 : 1;
    if (asked.some((each) => same(each, question))) {
      this.#next.delete(kind);
    } else if (asked.length < atOnce) {
      this.#asked.set(kind, [...asked, question]);
      this.#sentAt.set(question, performance.now());
      const id = nextId();
      this.#byId.set(id, question);
      this.#send({ id, ...question });
    } else {
      // Those that are passed over are never asked.
      this.#next.set(kind, question);
    }
  }

  /**
   * The question that a reply answers, if it is one of ours.
   *
   * @param {number | undefined} id
   */
  take(id) {
    if (id === undefined) return undefined;
    const question = this.#byId.get(id);
    this.#byId.delete(id);
    return question;
  }

  /**
   * @param {Question | undefined} question one of those asked; nothing is done if there is none
   * @param {(question: Question) => boolean} [needed] whether the next is still to be asked
   */
  answered(question, needed = () => true) {
    if (!question) return;
    const { kind } = question;
    this.#asked.set(kind, this.asked(kind).filter((each) => !same(each, question)));
    const sentAt = this.#sentAt.get(question);
    if (kind === "overview" && sentAt !== undefined) {
      this.#fast = performance.now() - sentAt < FAST;
    }
    const next = this.#next.get(kind);
    this.#next.delete(kind);
    if (next && needed(next)) this.ask(next);
  }

  /** @param {Question} question */
  failed(question) {
    this.#failed.set(question.kind, question);
    this.answered(question);
  }

  clear() {
    this.#byId.clear();
    this.#asked.clear();
    this.#next.clear();
  }
}

// All pages that show a widget get its replies: ids of two of them must not be the same.
let lastId = Math.floor(Math.random() * 2 ** 48);

function nextId() {
  return ++lastId;
}

/**
 * @param {object} a
 * @param {object} b
 */
function same(a, b) {
  return JSON.stringify(a) === JSON.stringify(b);
}
