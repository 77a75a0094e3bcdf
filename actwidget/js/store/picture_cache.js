/** One widget's pictures, up to a limit of bytes: the least recently used goes first. */

/** @import { Detail, InputImage, Overview, Patch, PictureKey } from "../types.js" */

import { keyText } from "./picture_key.js";
import { isOfOtherImage } from "./variant.js";

/** How many bytes of pictures a page keeps for one widget. */
export const CACHE_BYTES = 128 * 1024 * 1024;

/** How many details are kept beside them: those of the last few views. */
const DETAILS = 12;

export class PictureCache {
  /** @type {Map<string, Overview>} least recently used first */
  #overviews = new Map();
  /** @type {Set<string>} the overviews that are being unpacked */
  #expected = new Set();
  /** @type {Map<string, object>} the messages that the overviews came in, by the same keys */
  #messages = new Map();
  /** @type {Map<string, Detail>} */
  #details = new Map();
  /** @type {Map<string, InputImage>} as `inputKey` has them */
  #inputs = new Map();
  /** How many bytes the overviews take. */
  bytes = 0;

  /**
   * Whether an overview is cached. (To ask is not to use it.)
   *
   * @param {PictureKey} key
   */
  has(key) {
    return this.#overviews.has(keyText(key));
  }

  /** @type {(key: PictureKey) => boolean} whether an overview is cached or will be at once */
  holds(key) {
    return this.has(key) || this.#expected.has(keyText(key));
  }

  /** Whether some overview is being unpacked. */
  get expecting() {
    return this.#expected.size > 0;
  }

  /** @param {PictureKey} key an overview that is being unpacked */
  expect(key) {
    this.#expected.add(keyText(key));
  }

  /** @param {PictureKey} key an overview that could not be unpacked */
  forget(key) {
    this.#expected.delete(keyText(key));
  }

  /** @param {PictureKey} picture */
  overview(picture) {
    const key = keyText(picture), found = this.#overviews.get(key);
    if (found) {
      this.#overviews.delete(key);
      this.#overviews.set(key, found);
    }
    return found;
  }

  /**
   * The message that an overview came in, if it came from Python.
   *
   * @param {PictureKey} key
   */
  message(key) {
    return this.#messages.get(keyText(key));
  }

  /**
   * @param {Overview} overview
   * @param {object | null} message it came in
   */
  put(overview, message) {
    const key = keyText(overview);
    this.#expected.delete(key);
    this.#drop(key);
    this.#overviews.set(key, overview);
    if (message) this.#messages.set(key, message);
    this.bytes += overview.bytes;
    for (const oldest of this.#overviews.keys()) {
      if (this.bytes <= CACHE_BYTES || oldest === key) break;
      this.#drop(oldest);
    }
  }

  /** @type {(key: PictureKey, block: number, patches: Patch[]) => Detail | undefined} */
  detail(key, block, patches) {
    return this.#details.get(detailKey({ ...key, block, patches }));
  }

  /** @param {Detail} detail */
  putDetail(detail) {
    this.#details.set(detailKey(detail), detail);
    const oldest = this.#details.keys().next().value;
    if (this.#details.size > DETAILS && oldest) this.#details.delete(oldest);
  }

  /** @param {string} key */
  input(key) {
    return this.#inputs.get(key);
  }

  /** @type {(key: string, input: InputImage) => void} */
  putInput(key, input) {
    close(this.#inputs.get(key));
    this.#inputs.set(key, input);
    // Of live frames, and of a survey’s images, one at a time is shown.
    if (!isOfOtherImage(key)) return;
    for (const other of [...this.#inputs.keys()]) {
      if (isOfOtherImage(other) && other !== key) this.#dropInput(other);
    }
  }

  /** @param {string} key */
  #dropInput(key) {
    close(this.#inputs.get(key));
    this.#inputs.delete(key);
  }

  /** @type {(isStale: (layer: number) => boolean) => void} drop the pictures of some layers */
  drop(isStale) {
    for (const [key, { layer }] of this.#overviews) if (isStale(layer)) this.#drop(key);
    for (const [key, { layer }] of this.#details) if (isStale(layer)) this.#details.delete(key);
  }

  close() {
    for (const input of this.#inputs.values()) close(input);
    this.#inputs.clear();
    this.drop(() => true);
  }

  /** @param {string} key */
  #drop(key) {
    this.bytes -= this.#overviews.get(key)?.bytes ?? 0;
    this.#overviews.delete(key);
    this.#messages.delete(key);
  }
}

/** @param {InputImage | undefined} input */
function close(input) {
  if (input?.pixels instanceof ImageBitmap) input.pixels.close();
}

/** @param {PictureKey & { block: number, patches: Patch[] }} detail */
function detailKey({ block, patches, ...key }) {
  return JSON.stringify([keyText(key), block, patches]);
}
