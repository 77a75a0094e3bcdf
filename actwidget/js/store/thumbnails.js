/** The input images at the size of a filmstrip: asked for one by one, those in sight first. */

/** @import { InputImage } from "../types.js" */

/** Pixels of the longer side that are kept: twice those that are shown, for fine screens. */
const SIDE = 96;

export class Thumbnails {
  /** @type {Map<number, ImageBitmap | null>} null: it cannot be shown */
  #known = new Map();
  /** @type {number[]} */
  #wanted = [];
  #ask;
  #tell;

  /**
   * @param {(image: number) => void} ask for an image
   * @param {() => void} tell that one has come
   */
  constructor(ask, tell) {
    this.#ask = ask;
    this.#tell = tell;
  }

  /** @type {(image: number) => ImageBitmap | null} */
  get(image) {
    return this.#known.get(image) ?? null;
  }

  /** @type {(images: number[]) => void} have those come that are not there; others are forgotten */
  want(images) {
    this.#wanted = images;
    this.#next();
  }

  /** @type {(image: number, input: InputImage) => Promise<void>} */
  async put(image, { pixels }) {
    let small = null;
    if (pixels) {
      const scale = Math.min(1, SIDE / Math.max(pixels.width, pixels.height));
      const [width, height] = [pixels.width, pixels.height].map((side) =>
        Math.max(1, Math.round(side * scale))
      );
      const size = { resizeWidth: width, resizeHeight: height };
      small = await createImageBitmap(pixels, scale < 1 ? size : {});
      if (pixels instanceof ImageBitmap) pixels.close();
    }
    this.#known.set(image, small);
    this.#tell();
    this.#next();
  }

  #next() {
    const next = this.#wanted.find((image) => !this.#known.has(image));
    if (next !== undefined) this.#ask(next);
  }

  close() {
    for (const each of this.#known.values()) each?.close();
    this.#known.clear();
    this.#wanted = [];
  }
}
