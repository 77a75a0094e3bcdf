/** What the page holds of one widget: pictures up to a limit, the one not used for longest goes. */

/** @import { Detail, InputImage, Overview, Patch } from "../types.js" */
/** @import { Which } from "../protocol/requests.js" */

/** How many bytes of pictures a page keeps for one widget. */
export const CACHE_BYTES = 128 * 1024 * 1024;

/** How many details are kept beside them: those of the last few views. */
const DETAILS = 12;

export class Held {
  /** @type {Map<string, Overview>} oldest use first */
  #overviews = new Map();
  /** @type {Map<string, object>} the messages that the overviews came in, by the same keys */
  #messages = new Map();
  /** @type {Map<string, Detail>} */
  #details = new Map();
  /** @type {Map<number, InputImage>} */
  #inputs = new Map();
  /** How many bytes the overviews take. */
  bytes = 0;

  /**
   * Whether an overview is held. (To ask is not to use it.)
   *
   * @param {Which} which
   */
  has(which) {
    return this.#overviews.has(pictureKey(which));
  }

  /**
   * @param {Which} which
   * @returns {Overview | undefined}
   */
  overview(which) {
    const key = pictureKey(which), found = this.#overviews.get(key);
    if (found) {
      this.#overviews.delete(key);
      this.#overviews.set(key, found);
    }
    return found;
  }

  /**
   * The message that an overview came in, if it came from Python.
   *
   * @param {Which} which
   */
  message(which) {
    return this.#messages.get(pictureKey(which));
  }

  /**
   * @param {Overview} overview
   * @param {object | null} message it came in
   */
  put(overview, message) {
    const key = pictureKey(overview);
    this.#drop(key);
    this.#overviews.set(key, overview);
    if (message) this.#messages.set(key, message);
    this.bytes += overview.bytes;
    for (const oldest of this.#overviews.keys()) {
      if (this.bytes <= CACHE_BYTES || oldest === key) break;
      this.#drop(oldest);
    }
  }

  /**
   * @param {Which} which picture it is of
   * @param {number} block
   * @param {Patch[]} patches
   */
  detail(which, block, patches) {
    return this.#details.get(detailKey({ ...which, block, patches }));
  }

  /** @param {Detail} detail */
  putDetail(detail) {
    this.#details.set(detailKey(detail), detail);
    const oldest = this.#details.keys().next().value;
    if (this.#details.size > DETAILS && oldest) this.#details.delete(oldest);
  }

  /**
   * @param {number} image
   * @returns {InputImage | undefined}
   */
  input(image) {
    return this.#inputs.get(image);
  }

  /**
   * @param {number} image
   * @param {{ mime: string, height: number, width: number }} size
   * @param {DataView | Uint8Array} data
   */
  putInput(image, { mime, height, width }, data) {
    const url = URL.createObjectURL(new Blob([/** @type {any} */ (data)], { type: mime }));
    const old = this.#inputs.get(image);
    if (old) URL.revokeObjectURL(old.url);
    this.#inputs.set(image, { url, height, width, message: { mime, height, width, data } });
  }

  /** Let go of all pictures: their layers may be laid out anew. */
  clear() {
    this.#overviews.clear();
    this.#messages.clear();
    this.#details.clear();
    this.bytes = 0;
  }

  /** Let go of everything. */
  close() {
    for (const { url } of this.#inputs.values()) URL.revokeObjectURL(url);
    this.clear();
  }

  /** @param {string} key */
  #drop(key) {
    this.bytes -= this.#overviews.get(key)?.bytes ?? 0;
    this.#overviews.delete(key);
    this.#messages.delete(key);
  }
}

/** @param {Which} picture */
export function pictureKey({ layer, image, slice }) {
  return [layer, image, slice].join("/");
}

/** @param {Which & { block: number, patches: Patch[] }} detail */
function detailKey({ layer, image, slice, block, patches }) {
  return JSON.stringify([layer, image, slice, block, patches]);
}
