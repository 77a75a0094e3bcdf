/** The requests to Python, as actwidget/protocol/requests.py has them, and their queue. */

/** @import { Patch, PictureKey, UnitPosition } from "../types.js" */

/**
 * @typedef {PictureKey & { kind: "overview", input: boolean }} OverviewRequest
 * @typedef {PictureKey & { kind: "detail", block: number, patches: Patch[] }} DetailRequest
 * @typedef {PictureKey & UnitPosition & { kind: "value", block: number }} ValueRequest
 * @typedef {{ kind: "clipped", layer: number, normalization: number, limits: [number, number],
 *   variant?: string }} ClippedRequest
 * @typedef {{ kind: "prepare", layer: number, seconds: number, variant?: string }} PrepareRequest
 * @typedef {{ kind: "profiles", first: number }} ProfilesRequest
 * @typedef {{ kind: "measures", layer: number, variant?: string }} MeasuresRequest
 * @typedef {{ kind: "attribution", target: string, layer: number, image: number,
 *   recording?: number }} AttributionRequest
 * @typedef {{ kind: "saliency", target: string, image: number, recording?: number }} SaliencyRequest
 * @typedef {{ kind: "field", layer: number }} FieldRequest
 * @typedef {{ kind: "box", layer: number, row: number, column: number }} BoxRequest
 * @typedef {{ kind: "ablation", layer: string, channel: number, image: number, output: number,
 *   classes: number[] }} AblationRequest
 * @typedef {AttributionRequest | SaliencyRequest | FieldRequest | BoxRequest | AblationRequest}
 *   WhyRequest what explains a target
 * @typedef {{ kind: "input", image: number }} InputRequest
 * @typedef {{ kind: "survey", layer: number }} FactsRequest
 * @typedef {{ kind: "top-images", layer: number, channel: number }} TopImagesRequest
 * @typedef {{ kind: "survey-image", image: number }} SurveyImageRequest
 * @typedef {FactsRequest | TopImagesRequest | SurveyImageRequest} SurveyRequest what a survey found
 * @typedef {{ kind: "distances", first: number, recording: number }} DistancesRequest
 * @typedef {{ kind: "changes", layer: number, recording: number }} ChangesRequest
 * @typedef {DistancesRequest | ChangesRequest} CompareRequest how much recordings differ
 * @typedef {OverviewRequest | DetailRequest | ValueRequest | ClippedRequest | PrepareRequest |
 *   ProfilesRequest | MeasuresRequest | InputRequest | WhyRequest | SurveyRequest |
 *   CompareRequest} Request
 *
 * @typedef {{ id: number } & (Request | { kind: "cancel" })} SentMessage
 */

/** A reply within so many milliseconds comes from a line and a kernel that have time to spare. */
export const FAST = 100;

/** After so many milliseconds a request is cancelled if a newer one waits for its reply. */
export const SLOW = 250;

// Replies reach all pages that show a widget: two of them must not use the same ids.
let lastId = Math.floor(Math.random() * 2 ** 48);

/**
 * Sends one request of a kind at a time, or two overviews while replies come fast. Of those that
 * are sent meanwhile the newest waits for its turn and the others are dropped. What is asked of each
 * of several recordings that are compared is a kind of its own.
 */
export class RequestQueue {
  /** @type {Map<number, { request: Request, sentAt: number, cancelled: boolean }>} by id */
  #pending = new Map();
  /** @type {Map<string, Request>} by lane: the one to send next */
  #next = new Map();
  /** @type {Map<string, Request>} by lane: the last that failed */
  #failed = new Map();
  /** @type {Map<string, ReturnType<typeof setTimeout>>} by lane: when to cancel those pending */
  #timers = new Map();
  /** Whether overviews have been coming fast. */
  #fast = false;
  #post;

  /** @param {(message: SentMessage) => void} post */
  constructor(post) {
    this.#post = post;
  }

  /**
   * A request that waits for its reply.
   *
   * @param {number | undefined} id
   * @returns {Request | undefined} undefined for a message that is not a reply, or not to us
   */
  find(id) {
    return id === undefined ? undefined : this.#pending.get(id)?.request;
  }

  /**
   * How many requests of a kind wait for their replies.
   *
   * @param {Request["kind"]} kind
   */
  pending(kind) {
    return [...this.#pending.values()].filter(({ request }) => request.kind === kind).length;
  }

  /** @param {Request} request */
  send(request) {
    const lane = laneOf(request);
    const failed = this.#failed.get(lane);
    // A view sends it again when it hears of the failure: that would go on for ever.
    if (failed && same(failed, request)) return;
    this.#failed.delete(lane);
    // Two overviews that come fast: one is made while the other is on its way to the screen.
    const atOnce = request.kind === "overview" && this.#fast ? 2 : 1;
    const pending = this.#pendingOf(lane);
    if (pending.some(([, each]) => !each.cancelled && same(each.request, request))) {
      this.#next.delete(lane);
      this.#stopTimer(lane);
    } else if (pending.length < atOnce) {
      const id = ++lastId;
      this.#pending.set(id, { request, sentAt: performance.now(), cancelled: false });
      this.#post({ id, ...request });
    } else {
      this.#next.set(lane, request);
      this.#cancelLater(lane);
    }
  }

  /**
   * Take note of a reply; the next request is sent.
   *
   * @param {number} id
   * @param {(request: Request) => boolean} [isNeeded] whether the next is still to be sent
   */
  answered(id, isNeeded = () => true) {
    const found = this.#pending.get(id);
    if (!found) return;
    const lane = laneOf(found.request);
    this.#pending.delete(id);
    this.#stopTimer(lane);
    if (found.request.kind === "overview") this.#fast = performance.now() - found.sentAt < FAST;
    const next = this.#next.get(lane);
    this.#next.delete(lane);
    if (next && isNeeded(next)) this.send(next);
  }

  /** @type {(id: number) => void} take note of an error */
  failed(id) {
    const request = this.find(id);
    if (request) this.#failed.set(laneOf(request), request);
    this.answered(id);
  }

  /** Forget all requests: nobody is there to answer them. */
  clear() {
    for (const lane of this.#timers.keys()) this.#stopTimer(lane);
    this.#pending.clear();
    this.#next.clear();
  }

  /** @param {string} lane */
  #pendingOf(lane) {
    return [...this.#pending].filter(([, { request }]) => laneOf(request) === lane);
  }

  /**
   * Cancel what is pending in a lane once it is slow. One that is being answered in place is answered
   * all the same.
   *
   * @param {string} lane
   */
  #cancelLater(lane) {
    if (this.#timers.has(lane)) return;
    const pending = this.#pendingOf(lane).filter(([, each]) => !each.cancelled);
    const age = performance.now() - Math.max(...pending.map(([, { sentAt }]) => sentAt));
    const cancel = () => {
      for (const [id, each] of pending) {
        each.cancelled = true;
        this.#post({ kind: "cancel", id });
      }
    };
    if (pending.length) this.#timers.set(lane, setTimeout(cancel, Math.max(0, SLOW - age)));
  }

  /** @param {string} lane */
  #stopTimer(lane) {
    clearTimeout(this.#timers.get(lane));
    this.#timers.delete(lane);
  }
}

/** @type {(request: Request) => string} what it takes turns with: its kind, and its recording */
function laneOf(request) {
  const asked = "recording" in request ? request.recording : 0;
  const variant = "variant" in request ? request.variant : "";
  const recording = variant?.startsWith('["other"') ? JSON.parse(variant)[1] : asked;
  return recording ? `${request.kind}/${recording}` : request.kind;
}

/** @type {(a: unknown, b: unknown) => boolean} whether two values say the same */
export function same(a, b) {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** @type {(request: Request) => request is WhyRequest} whether it is about what explains a target */
export function isWhy({ kind }) {
  return ["attribution", "saliency", "field", "box", "ablation"].includes(kind);
}

/** @type {(request: Request) => request is SurveyRequest} whether it is about what a survey found */
export function isOfSurvey({ kind }) {
  return ["survey", "top-images", "survey-image"].includes(kind);
}

/** @type {(request: Request) => request is CompareRequest} whether it is about how much differs */
export function isOfComparison({ kind }) {
  return kind === "distances" || kind === "changes";
}
