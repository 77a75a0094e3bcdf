/** Pictures of what strongest units see: of a strip, or cut out of the images themselves. */

/** @import { Pixels } from "../types.js" */
/** @import { Store } from "../store/store.js" */
/** @import { Box, SurveyImage, TopImages } from "../store/survey_store.js" */

import { element } from "./dom.js";

/** Pixels of a side below which each one is to be seen. */
const SHARP = 32;

export class Pictures {
  #store;
  /** @type {{ canvas: HTMLCanvasElement, image: number, box: Box | null }[]} those still to be drawn */
  #awaited = [];

  /** @param {Store} store */
  constructor(store) {
    this.#store = store;
  }

  /** Nobody waits for those that are not drawn yet. */
  forget() {
    this.#awaited = [];
  }

  /**
   * One of the strongest images. Of the recording's own a page without a kernel has no strips: they
   * are cut out of the images that it holds.
   *
   * @type {(top: TopImages, place: number) => HTMLElement}
   */
  of({ pixels, width, images, boxes }, place) {
    const { header } = this.#store.survey;
    if (pixels && width) {
      const canvas = canvasOf(width, pixels.height), { height } = pixels, from = place * width;
      canvas.getContext("2d")?.drawImage(pixels, from, 0, width, height, 0, 0, width, height);
      return canvas;
    }
    if (header?.own && width) {
      const canvas = canvasOf(1, 1);
      this.#awaited.push({ canvas, image: images[place], box: boxes[place] });
      return canvas;
    }
    return element("span", "actwidget-top-picture actwidget-top-none", {}, [String(images[place])]);
  }

  /** Draw those whose images have come. */
  draw() {
    this.#awaited = this.#awaited.filter(({ canvas, image, box }) => {
      const found = this.#store.survey.image(image);
      if (!found) return true;
      if (found.pixels) cut(canvas, found, found.pixels, box);
      return false;
    });
  }
}

/** @type {(width: number, height: number) => HTMLCanvasElement} */
function canvasOf(width, height) {
  const canvas = element("canvas", "actwidget-top-picture");
  canvas.width = width;
  canvas.height = height;
  canvas.style.imageRendering = Math.max(width, height) < SHARP ? "pixelated" : "";
  return canvas;
}

/**
 * Draw the part of an image in a box; what lies beyond it stays empty.
 *
 * @type {(canvas: HTMLCanvasElement, image: SurveyImage, pixels: Pixels, box: Box | null) => void}
 */
function cut(canvas, { size: [rows, columns] }, pixels, box) {
  const [top, left, bottom, right] = box ?? [0, 0, rows, columns];
  const down = pixels.height / rows, across = pixels.width / columns;
  const width = Math.max(1, Math.round((right - left) * across));
  const height = Math.max(1, Math.round((bottom - top) * down));
  canvas.width = width;
  canvas.height = height;
  canvas.style.imageRendering = Math.max(width, height) < SHARP ? "pixelated" : "";
  canvas.getContext("2d")?.drawImage(pixels, -left * across, -top * down);
}
