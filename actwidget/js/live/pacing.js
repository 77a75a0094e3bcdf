/** When the next frame is asked for, by what the last ones took. */

/** A model that takes so many milliseconds has its frames sent so that they need not wait. */
const SLOW = 50;

/** Milliseconds on the way both ways from which compressing pays. */
const SLOW_LINE = 90;

/** How much the last frame counts. */
const SHARE = 0.2;

export class Pacing {
  #kernel = 0;
  #transit = 20;
  #answeredAt = 0;

  /** How many frames may be under way: while one is computed the next is on its way. */
  get most() {
    return 2;
  }

  /** Whether the line is so slow that what comes had better be small. */
  get compresses() {
    return this.#transit > SLOW_LINE;
  }

  /**
   * How many milliseconds the next frame waits before it is captured, so that it is not old once
   * its turn comes.
   *
   * @type {(flying: number, now: number) => number}
   */
  rest(flying, now) {
    if (!flying || this.#kernel < SLOW) return 0;
    return Math.max(0, this.#answeredAt + this.#kernel - this.#transit / 2 - now);
  }

  /** @type {(now: number, sentAt: number, kernel: number, waited: boolean) => void} */
  answered(now, sentAt, kernel, waited) {
    this.#answeredAt = now;
    this.#kernel += SHARE * (kernel - this.#kernel);
    // Of one that waited for another it is not known how long it was on its way.
    if (!waited) this.#transit += SHARE * (now - sentAt - kernel - this.#transit);
  }
}
