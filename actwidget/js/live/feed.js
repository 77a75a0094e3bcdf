/** Live frames of one widget: they are asked for one after another, as long as somebody looks. */

/** @import { Model } from "../types.js" */
/** @import { Store } from "../store/store.js" */
/** @import { HeldScale } from "./messages.js" */

import { pictureWanted } from "../store/picture_key.js";
import { Camera } from "./camera.js";
import { receivedInput, shownInput } from "./frame_input.js";
import { readFrame } from "./messages.js";
import { Pacing } from "./pacing.js";

export const OFF = "off", RUNNING = "live", PAUSED = "paused";

/** How many frames of a source in the kernel are asked for at a time. */
const CREDIT = 8;

/** Milliseconds between two frames with the numbers of all channels. */
const FACTS = 200;

/** Milliseconds out of sight after which the camera ends. */
const HIDDEN = 10_000;

/** Milliseconds after which a kernel is asked again that was not there yet. */
const AGAIN = 100;

/** Milliseconds without an answer after which the page says so. */
const SILENCE = 10_000;

const SILENT =
  "No frame has come for 10 seconds: the kernel may be busy. It goes on by itself; Stop ends it.";
const HIDDEN_WORDS = "The camera has ended, as it was out of sight for 10 seconds.";
const LOST = "The kernel is gone. Run the cell again.";

/** Milliseconds between two changes of what is said of the rate. */
const BREATH = 400;

/** How many frames the rate is counted over. */
const COUNTED = 20;

/** Canvases for the frames under way, and the one that is shown. */
const RING = 4;

/**
 * @typedef {{ id: number, sentAt: number, waited: boolean, image: HTMLCanvasElement | null }} Flight
 */

export class LiveFeed {
  #model;
  #store;
  #camera = new Camera();
  #pacing = new Pacing();
  #client = crypto.randomUUID?.() ?? String(Math.random());
  #id = Math.floor(Math.random() * 2 ** 48);
  /** @type {Map<number, Flight>} frames of the camera that are under way */
  #flying = new Map();
  /** How many frames of the kernel's source are still to come. */
  #credit = 0;
  /** @type {Map<number, HeldScale>} by layer */
  #held = new Map();
  /** @type {HTMLCanvasElement[]} */
  #ring = Array.from({ length: RING }, () => document.createElement("canvas"));
  #captured = 0;
  #pumping = false;
  #rescales = false;
  #factsAt = -FACTS;
  #toldAt = -BREATH;
  #answeredAt = 0;
  /** @type {number[]} when the last frames were shown */
  #shownAt = [];
  /** @type {Set<object>} the views in which somebody looks at it */
  #seeing = new Set();
  #views = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #hiding;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #watching;
  /** @type {Set<() => void>} */
  #listeners = new Set();
  #stopStore;
  #order = Promise.resolve();
  /** What went wrong, with the way out; empty: nothing. */
  failure = "";
  /** What Python has to say of the way in which it is computed. */
  note = "";
  /** How many frames were left out for newer ones. */
  dropped = 0;
  /** Milliseconds from a frame's capture until it was shown. */
  latency = 0;
  mirrored = true;
  /** Whether the camera is being started. */
  starting = false;

  /**
   * @param {Model} model
   * @param {Store} store
   */
  constructor(model, store) {
    this.#model = model;
    this.#store = store;
    this.#camera.onEnd = (words) => this.#fail(words);
    model.on("msg:custom", (message, buffers) => this.#receive(message, buffers));
    for (const name of ["live_state", "live_source"]) {
      model.on(`change:${name}`, () => this.#follow());
    }
    for (const name of ["layer", "slice"]) model.on(`change:${name}`, () => this.#change());
    this.#stopStore = store.listen(() => {
      if (store.kernelIsLost && (this.#camera.isOn || this.state === RUNNING)) this.#fail(LOST);
    }, false);
    document.addEventListener("visibilitychange", this.#look);
  }

  get state() {
    return this.#model.get("live_state") ?? OFF;
  }

  /** Where frames come from; null: nothing was made live. */
  get source() {
    const source = this.#model.get("live_source");
    return source?.kind ? source : null;
  }

  get isOn() {
    return this.#camera.isOn;
  }

  get camera() {
    return this.#camera;
  }

  /** How many frames were shown in a second. */
  get framesPerSecond() {
    const [first] = this.#shownAt, last = this.#shownAt.at(-1) ?? 0;
    return last > first ? (this.#shownAt.length - 1) * 1000 / (last - first) : 0;
  }

  /** @type {(listener: () => void) => () => void} */
  listen(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell() {
    for (const listener of this.#listeners) listener();
  }

  // Views

  enter() {
    this.#views++;
  }

  /** @type {(view: object, isSeen: boolean) => void} */
  see(view, isSeen) {
    if (isSeen) this.#seeing.add(view);
    else this.#seeing.delete(view);
    this.#look();
  }

  /** @param {object} view that is gone */
  leave(view) {
    this.#seeing.delete(view);
    if (--this.#views) return;
    // Nobody could see that it is on.
    if (this.#camera.isOn) this.stop();
    this.#look();
  }

  get #isSeen() {
    return this.#seeing.size > 0 && !document.hidden;
  }

  #look = () => {
    clearTimeout(this.#hiding);
    if (this.#isSeen) this.#pump();
    else if (this.#camera.isOn) this.#hiding = setTimeout(() => this.#rest(), HIDDEN);
  };

  /** End a camera that nobody has looked at for a while; what stands still is kept. */
  #rest() {
    if (this.state !== PAUSED) {
      this.#fail(HIDDEN_WORDS);
      return;
    }
    this.failure = HIDDEN_WORDS;
    this.#camera.stop();
    this.#tell();
  }

  // What somebody presses

  /** @param {string} [device] */
  async start(device = "") {
    this.failure = "";
    if (this.source?.kind === "camera") {
      this.starting = true;
      this.#tell();
      this.failure = await this.#camera.start(device);
      this.starting = false;
      if (this.failure || !this.#camera.isOn) {
        this.#tell();
        return;
      }
      this.mirrored = this.source?.mirror ?? !this.#camera.facesAway;
    }
    this.#set(RUNNING);
    this.#pump();
    this.#look();
  }

  pause() {
    this.#set(PAUSED);
  }

  resume() {
    if (this.source?.kind === "camera" && !this.#camera.isOn) this.start();
    else this.#set(RUNNING);
  }

  /** @returns {boolean} whether there was something to pause, or to go on with */
  toggle() {
    if (this.state === RUNNING) this.pause();
    else if (this.state === PAUSED) this.resume();
    else return false;
    return true;
  }

  stop() {
    this.#camera.stop();
    this.#set(OFF);
  }

  rescale() {
    this.#rescales = true;
  }

  /** @param {string} state */
  #set(state) {
    this.#model.set("live_state", state);
    if (state === PAUSED) this.#model.set("live_frame", this.#store.live.frame);
    this.#model.save_changes();
  }

  /** @param {string} words */
  #fail(words) {
    this.failure = words;
    this.#camera.stop();
    if (this.state !== OFF) this.#set(OFF);
    this.#tell();
  }

  /** Follow the state, whoever has changed it. */
  #follow() {
    const { state } = this;
    clearInterval(this.#watching);
    if (state === RUNNING) {
      this.failure = "";
      this.#answeredAt = performance.now();
      this.#watching = setInterval(() => this.#watch(), 1000);
    } else {
      this.#flying.clear();
      this.#credit = 0;
      this.#shownAt = [];
    }
    if (state === OFF) {
      this.#camera.stop();
      this.#store.live.clear();
      this.#held.clear();
      this.note = "";
    }
    this.#tell();
    this.#pump();
  }

  #watch() {
    const waits = this.#flying.size > 0 || this.#credit > 0;
    const silent = waits && performance.now() - this.#answeredAt > SILENCE;
    if (silent) this.#askAgain();
    else this.#pump();
    if (silent === (this.failure === SILENT)) return;
    this.failure = silent ? SILENT : "";
    this.#tell();
  }

  /** What is under way is lost, or was never heard. */
  #askAgain() {
    this.#flying.clear();
    this.#credit = 0;
    this.#pump();
  }

  // Frames

  /** Something else is wanted of the next frames. */
  #change() {
    if (this.state !== RUNNING || this.source?.kind !== "kernel") return;
    // Frames that are under way come as they were asked for.
    this.#send({ frames: 0 });
  }

  async #pump() {
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      while (this.state === RUNNING && this.#isSeen && await this.#ask());
    } finally {
      this.#pumping = false;
    }
  }

  /** Ask for a frame, or for some; false: not now. */
  async #ask() {
    if (this.source?.kind !== "camera") {
      if (this.#credit > CREDIT / 2) return false;
      this.#credit += CREDIT;
      this.#send({ frames: CREDIT });
      return false;
    }
    if (!this.#camera.isOn || this.#flying.size >= this.#pacing.most) return false;
    const rest = this.#pacing.rest(this.#flying.size, performance.now());
    if (rest > 1) await new Promise((resolve) => setTimeout(resolve, rest));
    await this.#camera.newFrame();
    if (this.state !== RUNNING || !this.#camera.isOn || !this.#isSeen) return false;
    const [{ height, width }] = this.#model.get("layers");
    const image = this.#ring[this.#captured++ % RING];
    const sentAt = performance.now(), waited = this.#flying.size > 0;
    const bytes = this.#camera.capture(width, height, this.mirrored, image);
    const id = this.#send({ frames: 0 }, [bytes.buffer]);
    this.#flying.set(id, { id, sentAt, waited, image });
    return true;
  }

  /** @type {(fields: { frames: number }, buffers?: ArrayBufferLike[]) => number} */
  #send(fields, buffers = []) {
    const id = ++this.#id, { layer, slice } = pictureWanted(this.#model), now = performance.now();
    const facts = now - this.#factsAt >= FACTS;
    if (facts) this.#factsAt = now;
    const message = {
      kind: "live",
      id,
      client: this.#client,
      layer,
      slice,
      version: this.#held.get(layer)?.version ?? -1,
      facts,
      compress: this.#pacing.compresses,
      rescale: this.#rescales,
      ...this.#store.live.wanted(layer),
      ...fields,
    };
    this.#rescales = false;
    try {
      this.#model.send(message, undefined, buffers);
    } catch {
      this.#fail(LOST);
    }
    return id;
  }

  /** @type {(message: any, buffers: DataView[]) => void} */
  #receive(message, buffers) {
    if (message.kind === "live-end") {
      this.failure = message.message;
      this.#tell();
      return;
    }
    if (message.kind === "live-not-yet" && message.client === this.#client) {
      setTimeout(() => this.#askAgain(), AGAIN);
      return;
    }
    if (message.kind !== "live" || message.client !== this.#client) return;
    const now = performance.now(), flight = this.#flying.get(message.id);
    this.#answeredAt = now;
    for (const id of [...this.#flying.keys()]) if (id <= message.id) this.#flying.delete(id);
    if (flight) this.#pacing.answered(now, flight.sentAt, message.milliseconds, flight.waited);
    else this.#credit = Math.max(0, this.#credit - 1);
    this.#pump();
    // One after another, though an image takes longer to be decoded than the next.
    this.#order = this.#order.then(() => this.#show(message, buffers, flight)).catch((error) => {
      this.failure = `The frame could not be shown: ${error.message}`;
      this.#tell();
    });
  }

  /** @type {(message: any, buffers: DataView[], flight: Flight | undefined) => Promise<void>} */
  async #show(message, buffers, flight) {
    if (this.state !== RUNNING) return;
    const { layer, frame, frames } = message;
    const found = await readFrame(message, buffers, this.#held.get(layer));
    if (!found) {
      this.#held.delete(layer);
      return;
    }
    this.#held.set(layer, found.held);
    const input = flight?.image ? shownInput(flight.image) : await receivedInput(message, buffers);
    this.dropped = message.dropped;
    this.note = message.note;
    this.#store.showLive({
      ...{ frame, frames, input, overview: found.overview, detail: found.detail },
      answers: message.answers ?? null,
    });
    this.#shown = flight?.sentAt ?? performance.now() - message.milliseconds;
  }

  /** When the frame that is about to be painted was captured. */
  #shown = 0;

  /** The frame is on the screen. */
  painted() {
    if (!this.#shown) return;
    const now = performance.now();
    this.latency = now - this.#shown;
    this.#shown = 0;
    this.#shownAt.push(now);
    if (this.#shownAt.length > COUNTED) this.#shownAt.shift();
    if (now - this.#toldAt < BREATH) return;
    this.#toldAt = now;
    this.#tell();
  }

  close() {
    this.#camera.stop();
    this.#stopStore();
    clearTimeout(this.#hiding);
    clearInterval(this.#watching);
    document.removeEventListener("visibilitychange", this.#look);
    this.#listeners.clear();
  }
}
