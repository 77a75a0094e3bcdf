/** Over the input: an image of the survey that is pointed at, with the field of its strongest unit. */

/** @import { Store } from "../store/store.js" */
/** @import { TopImagesPanel } from "./top_images.js" */

import { element } from "./dom.js";

export class WholeImage {
  #canvas = element("canvas", "actwidget-whole-image");
  #box = element("div", "actwidget-whole-seen");
  el = element("div", "actwidget-whole", { hidden: "" }, [this.#canvas, this.#box]);
  #shown = -1;
  #store;

  /** @param {Store} store */
  constructor(store) {
    this.#store = store;
  }

  /**
   * Show what is pointed at, once it has come.
   *
   * @type {(pointed: TopImagesPanel["pointed"], side: number) => string} what is said of it; empty:
   *   it is not shown
   */
  show(pointed, side) {
    const image = pointed ? this.#store.survey.image(pointed.image) : undefined;
    const pixels = image?.pixels;
    this.el.hidden = !pointed || !pixels;
    if (!pointed || !image || !pixels) return "";
    if (this.#shown !== pointed.image) {
      this.#shown = pointed.image;
      this.#canvas.width = pixels.width;
      this.#canvas.height = pixels.height;
      this.#canvas.getContext("2d")?.drawImage(pixels, 0, 0);
    }
    const scale = side / Math.max(image.width, image.height);
    this.#canvas.style.width = `${Math.max(12, image.width * scale)}px`;
    this.#canvas.style.height = `${Math.max(12, image.height * scale)}px`;
    const isSmall = Math.max(image.width, image.height) <= side;
    this.#canvas.style.imageRendering = isSmall ? "pixelated" : "";
    const seen = pointed.box && inside(pointed.box, image.size);
    this.#box.hidden = !seen;
    if (seen) {
      const [top, left, bottom, right] = seen.map((share) => 100 * share);
      this.#box.style.inset = `${top}% ${100 - right}% ${100 - bottom}% ${left}%`;
    }
    return pointed.words;
  }
}

/**
 * The part of a box that lies in the image, as shares of its sides.
 *
 * @type {(box: [number, number, number, number], size: [number, number]) =>
 *   [number, number, number, number]}
 */
export function inside([top, left, bottom, right], [height, width]) {
  const share = (/** @type {number} */ at, /** @type {number} */ side) =>
    Math.min(1, Math.max(0, at / side));
  return [share(top, height), share(left, width), share(bottom, height), share(right, width)];
}
