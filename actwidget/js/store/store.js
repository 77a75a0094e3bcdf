/** The pictures that the page holds, and the questions for those that it does not. */

/** @import { InputImage, Model, Overview, Patch, Place } from "../types.js" */
/** @import { BeyondQuestion, Exact, ExactQuestion, News, Question, Which } from "../protocol/requests.js" */

import { Archive } from "../protocol/archive.js";
import { Held, pictureKey } from "./picture_cache.js";
import { hasKernel } from "./kernel.js";
import { Known } from "./value_cache.js";
import { Questions } from "../protocol/requests.js";
import { pictureWanted } from "./slices.js";
import { unpack } from "../protocol/unpack.js";

/** One widget's pictures, shared by all its views. */
export class Store {
  #held = new Held();
  #known = new Known();
  /** @type {Set<string>} the overviews that have come and are being unpacked */
  #arriving = new Set();
  /** @type {Set<string>} those that were asked for before they are wanted */
  #ahead = new Set();
  /** @type {Set<number>} the layers whose pictures need no more than to be made */
  #prepared = new Set();
  /** @type {Questions} */
  #questions;
  /** @type {Set<(news: News, which?: Which) => void>} */
  #listeners = new Set();
  /** @type {Model} */
  #model;
  /** What Python said went wrong with the last question, if anything. */
  failure = "";
  /** Whether there is a kernel to ask. */
  alive = true;
  /** Whether there was one since the page was opened. */
  wasAlive = false;
  /** @type {Archive | null} the pictures that came with the page */
  #archive = null;

  /** @param {Model} model */
  constructor(model) {
    this.#model = model;
    this.#questions = new Questions((question) => this.#send(question));
    model.on("msg:custom", (message, buffers) => this.#receive(message, buffers));
    model.on("change:picture", () => this.#takeState());
    for (const name of ["layer", "image", "slice"]) {
      model.on(`change:${name}`, () => this.#wantShown());
    }
    model.on("comm_live_update", () => this.#setAlive());
    model.on("change:archive", () => this.#changeArchive());
    this.#takeArchive();
    this.#takeState();
    this.#setAlive();
  }

  /** @param {(news: News, which?: Which) => void} listener is told which overview has come */
  listen(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * @param {number} layer
   * @param {number} image
   * @param {number} [slice]
   * @returns {Overview | undefined}
   */
  overview(layer, image, slice = 0) {
    return this.#held.overview({ layer, image, slice });
  }

  /**
   * Whether an overview is held, or has come and is being unpacked. (To ask is not to use it.)
   *
   * @param {number} layer
   * @param {number} image
   * @param {number} [slice]
   */
  holds(layer, image, slice = 0) {
    const which = { layer, image, slice };
    return this.#held.has(which) || this.#arriving.has(pictureKey(which));
  }

  /**
   * Make an overview the one that a saved notebook holds.
   *
   * @param {Overview} overview
   */
  keep(overview) {
    const state = this.#model.get("picture"), message = this.#held.message(overview);
    if (!state || !message || pictureKey(state) === pictureKey(overview)) return;
    // In place: `set` would send the picture back to Python with the next change.
    for (const name of Object.keys(state)) delete state[name];
    const input = this.#held.input(overview.image)?.message;
    Object.assign(state, message, input ? { input } : {});
  }

  /**
   * @param {number} image
   * @returns {InputImage | undefined}
   */
  input(image) {
    return this.#held.input(image);
  }

  /**
   * Ask for an overview; only the last one wanted counts.
   *
   * @param {number} layer
   * @param {number} image
   * @param {number} [slice]
   */
  wantOverview(layer, image, slice = 0) {
    this.#ahead.delete(pictureKey({ layer, image, slice }));
    this.#askOverview(layer, image, slice);
  }

  /**
   * Ask for an overview that may be wanted next.
   *
   * @param {number} layer
   * @param {number} image
   * @param {number} [slice]
   */
  wantAhead(layer, image, slice = 0) {
    this.#ahead.add(pictureKey({ layer, image, slice }));
    this.#askOverview(layer, image, slice);
  }

  /**
   * @param {number} layer
   * @param {number} image
   * @param {number} slice
   */
  #askOverview(layer, image, slice) {
    if (this.#arriving.has(pictureKey({ layer, image, slice }))) return;
    const input = this.#model.get("has_input_image") && !this.#held.input(image);
    this.#ask({ kind: "overview", layer, image, slice, input });
  }

  /**
   * Whether a layer's statistics are worked out: then its pictures come soon.
   *
   * @param {number} layer
   */
  isPrepared(layer) {
    return this.#prepared.has(layer) || this.keeps(layer);
  }

  /**
   * Have Python work on a layer's statistics for a moment.
   *
   * @param {number} layer
   * @param {number} seconds
   */
  prepare(layer, seconds) {
    this.#ask({ kind: "prepare", layer, seconds });
  }

  /**
   * A detail that is held.
   *
   * @param {Which} picture of it
   * @param {number} block
   * @param {Patch[]} patches
   */
  detail(picture, block, patches) {
    return this.#held.detail(picture, block, patches);
  }

  /**
   * @param {Which} picture of it
   * @param {number} block
   * @param {Patch[]} patches
   */
  wantDetail({ layer, image, slice }, block, patches) {
    this.#ask({ kind: "detail", layer, image, slice, block, patches });
  }

  /**
   * The exact value of a block, asked for where it is not known yet.
   *
   * @param {Which} picture of it
   * @param {Place} place
   * @param {number} block
   * @returns {Exact | undefined}
   */
  exact({ layer, image, slice }, place, block) {
    const row = Math.floor(place.row / block), column = Math.floor(place.column / block);
    const { channel } = place;
    /** @type {ExactQuestion} */
    const question = { kind: "value", layer, image, slice, channel, row, column, block };
    const known = this.#known.exact(question);
    if (!known) this.#ask(question);
    return known;
  }

  /**
   * The share of a layer's units beyond limits that are not its own, asked for where not known.
   *
   * @param {number} layer
   * @param {number} normalization
   * @param {[number, number]} limits
   * @returns {number | null}
   */
  shareBeyond(layer, normalization, limits) {
    /** @type {BeyondQuestion} */
    const question = { kind: "clipped", layer, normalization, limits };
    const known = this.#known.beyond(question);
    if (known === undefined) this.#ask(question);
    return known ?? null;
  }

  /**
   * The finest level of detail that can be had of a layer.
   *
   * @param {number} layer
   */
  finest(layer) {
    if (this.alive) return 1;
    return this.#archive?.has(layer) ? this.#archive.block(layer) : Infinity;
  }

  /**
   * Whether a layer came with the page.
   *
   * @param {number} layer
   */
  keeps(layer) {
    return this.#archive?.has(layer) ?? false;
  }

  /** Whether what came with the page is rounded. */
  get approximate() {
    return this.#archive?.approximate ?? false;
  }

  /** @param {Question} question */
  #ask(question) {
    if (this.#archive?.has(question.layer) && this.#look(this.#archive, question)) return;
    if (this.alive) this.#questions.ask(question);
  }

  /**
   * Look for an answer in the archive.
   *
   * @param {Archive} archive
   * @param {Question} question
   * @returns {boolean} whether it is there
   */
  #look(archive, question) {
    if (question.kind === "overview") {
      this.#lookUp(archive, question).catch((error) => this.#fail(error));
    } else if (question.kind === "detail" && question.block % archive.block(question.layer) === 0) {
      const { block, patches } = question;
      const layer = this.#model.get("layers")[question.layer];
      archive.detail(question, layer, block, patches).then((detail) => {
        this.#held.putDetail(detail);
        this.#tell("detail");
      }, (error) => this.#fail(error));
    } else {
      return false;
    }
    return true;
  }

  /**
   * Take an overview and its input image from the archive.
   *
   * @param {Archive} archive
   * @param {Which} which
   */
  async #lookUp(archive, which) {
    const { layer, image } = which, key = pictureKey(which);
    this.#arriving.add(key);
    try {
      const overview = await archive.overview(which, this.#model.get("layers")[layer]);
      const input = archive.input(image);
      if (input && !this.#held.input(image)) this.#held.putInput(image, input, input.data);
      if (archive !== this.#archive) return;
      this.#held.put(overview, null);
    } finally {
      this.#arriving.delete(key);
    }
    this.#tell("overview");
  }

  /** @param {Error} error in what came with the page */
  #fail({ message }) {
    this.failure = message;
    this.#tell("error");
  }

  /** Whether an overview has been asked for and is not there yet. */
  get waiting() {
    return this.#questions.asked("overview").length > 0 || this.#arriving.size > 0;
  }

  /** How many bytes of pictures are held. */
  get bytes() {
    return this.#held.bytes;
  }

  /**
   * @param {any} message
   * @param {DataView[]} buffers
   */
  async #receive(message, buffers) {
    const { kind } = message;
    const question = this.#questions.take(message.id);
    /** @type {News} */
    let news = kind;
    if (kind === "overview") {
      const key = pictureKey(message);
      // Python also sends pictures that nobody asked for, before a change of its own.
      const own = question?.kind === "overview" && question;
      this.#arriving.add(key);
      // Before it is unpacked: Python makes the next one meanwhile.
      if (own) {
        this.#questions.answered(
          own,
          (next) => next.kind !== "overview" || !this.holds(next.layer, next.image, next.slice),
        );
      }
      await this.#takeOverview(message, buffers[0], buffers[1]);
      const [layer, image, slice] = pictureWanted(this.#model);
      const ahead = this.#ahead.delete(key) || !own;
      if (key !== pictureKey({ layer, image, slice })) news = ahead ? "ahead" : "passing";
    } else if (kind === "prepare") {
      if (message.done) this.#prepared.add(message.layer);
      this.#questions.answered(question);
    } else if (kind === "detail") {
      const arrays = await unpack(message.arrays, /** @type {any} */ (buffers[0]));
      const { layer, image, slice, block, encoding, patches } = message;
      this.#held.putDetail({ layer, image, slice, block, encoding, patches, ...arrays });
      this.#questions.answered(question);
    } else if (question?.kind === "value" && kind === "value") {
      this.#known.putExact({ question, ...message });
      this.#questions.answered(question);
    } else if (question?.kind === "clipped" && kind === "clipped") {
      this.#known.putBeyond({ question, share: message.share });
      this.#questions.answered(question);
    } else if (kind === "error" && question) {
      const { layer, kind: failed } = question;
      // What was tried ahead says nothing of what is wanted; its picture tells what is wrong.
      if (failed === "prepare") this.#prepared.add(layer);
      if (failed !== "prepare" && layer === this.#model.get("layer")) {
        this.failure = message.message;
      }
      this.#questions.failed(question);
    }
    this.#tell(news, kind === "overview" ? message : undefined);
  }

  /**
   * @param {any} message
   * @param {DataView} data
   * @param {DataView | undefined} input
   */
  async #takeOverview(message, data, input) {
    if (message.input && input) this.#held.putInput(message.image, message.input, input);
    const key = pictureKey(message);
    this.#arriving.add(key);
    this.#prepared.add(message.layer);
    const arrays = await unpack(message.arrays, /** @type {any} */ (data));
    this.#arriving.delete(key);
    const { input: _input, ...own } = message;
    const { arrays: _layout, kind: _kind, ...rest } = own;
    const bytes = arrays.bytes + data.byteLength;
    this.#held.put({ ...rest, ...arrays, bytes }, { ...own, data });
    this.failure = "";
  }

  #takeArchive() {
    const archive = this.#model.get("archive");
    if (!archive?.data) return;
    const { buffer, byteOffset, byteLength } = archive.data;
    this.#archive = new Archive(archive.index, new Uint8Array(buffer, byteOffset, byteLength));
  }

  /** Take an archive that came later, by which layers may be laid out anew. */
  #changeArchive() {
    this.#takeArchive();
    this.#held.clear();
    this.#tell("overview");
  }

  /** Whether there are pictures that came with the page. */
  get hasArchive() {
    return this.#archive !== null;
  }

  /**
   * Ask for the picture of a step at once: Python makes it while all that follows from the step is
   * still being said.
   */
  #wantShown() {
    const wanted = pictureWanted(this.#model);
    if (this.#listeners.size && !this.holds(...wanted)) this.wantOverview(...wanted);
  }

  /** Take the picture that came with the widget's state. */
  async #takeState() {
    const picture = this.#model.get("picture");
    if (!picture?.data) return;
    const { data, input, ...message } = picture;
    const { data: pixels, ...size } = input ?? {};
    await this.#takeOverview({ ...message, input: input && size }, data, pixels);
    this.#tell("overview");
  }

  /** @param {Question & { id: number }} question */
  #send(question) {
    try {
      this.#model.send(question);
    } catch {
      // JupyterLab does not tell of a kernel that was shut down; it lets nothing be sent there.
      this.#takeAlive(false);
    }
  }

  async #setAlive() {
    this.#takeAlive(await hasKernel(this.#model));
  }

  /** @param {boolean} alive */
  #takeAlive(alive) {
    this.wasAlive ||= alive;
    if (alive === this.alive) return;
    this.alive = alive;
    if (!alive) this.#questions.clear();
    this.#tell("overview");
  }

  /**
   * @param {News} news
   * @param {Which} [which]
   */
  #tell(news, which) {
    for (const listener of this.#listeners) listener(news, which);
  }

  /** Let go of everything. */
  close() {
    this.#held.close();
    this.#listeners.clear();
  }
}

/** @type {Map<string, Store>} */
const stores = new Map();

/**
 * The one store of a widget: `initialize` and each view get proxies of their own of its model.
 *
 * @param {Model} model
 */
export function storeOf(model) {
  const id = model.get("grid_id");
  let store = stores.get(id);
  if (!store) {
    store = new Store(model);
    stores.set(id, store);
  }
  return store;
}

/** @param {Model} model */
export function closeStore(model) {
  stores.get(model.get("grid_id"))?.close();
  stores.delete(model.get("grid_id"));
}
