/** Several images as a filmstrip: what each looks like, its number and its likeliest class. */

/** @import { Model } from "../types.js" */
/** @import { Store } from "../store/store.js" */

import { element } from "./dom.js";
import { move } from "./view_state.js";

/** Pixels from one frame to the next. */
const PITCH = 44;

/** Frames beside those in sight that are drawn, too. */
const SPARE = 2;

export class Filmstrip {
  #frames = element("div", "actwidget-film-frames");
  /**
   * For the pointer: the slider of the images is what keys and screen readers use. As it scrolls,
   * the Tab key would stop at it.
   */
  el = element("div", "actwidget-film", { "aria-hidden": "true", tabindex: "-1" }, [this.#frames]);
  #model;
  #store;
  #slider;
  /** @type {Map<number, HTMLElement>} those that are drawn */
  #drawn = new Map();
  #image = -1;
  /** @type {string[]} */
  #names;

  /**
   * @param {Model} model
   * @param {Store} store
   * @param {HTMLInputElement} slider of the images
   */
  constructor(model, store, slider) {
    this.#model = model;
    this.#store = store;
    this.#slider = slider;
    const images = model.get("images"), answers = model.get("predictions");
    this.#names = Array.from({ length: images }, (_, image) => answers[image]?.[0]?.[0] ?? "");
    this.el.classList.toggle("actwidget-film-named", this.#names.some(Boolean));
    this.el.classList.toggle("actwidget-film-bare", !model.get("has_input_image"));
    this.el.style.setProperty("--images", String(images));
    this.el.addEventListener("scroll", () => this.draw());
    this.el.addEventListener("click", ({ target }) => {
      const frame = target instanceof Element ? target.closest(".actwidget-film-frame") : null;
      if (!(frame instanceof HTMLElement)) return;
      move(this.#model, { image_index: Number(frame.dataset.image) });
      this.#slider.focus({ preventScroll: true });
    });
  }

  /** Show which image is shown, in sight. */
  update() {
    const image = this.#model.get("image_index");
    if (image === this.#image) return;
    this.#image = image;
    const { scrollLeft, clientWidth } = this.el, left = image * PITCH;
    const most = left, least = left + PITCH - clientWidth;
    // At once: of what passes by nothing is asked for.
    this.el.scrollLeft = Math.min(most, Math.max(least, scrollLeft));
    this.draw();
  }

  /** Draw the frames in sight, with what is known of their pictures. */
  draw() {
    const { scrollLeft, clientWidth } = this.el;
    if (!clientWidth) return;
    const shown = framesIn(scrollLeft, clientWidth, this.#names.length);
    for (const [image, el] of this.#drawn) {
      if (shown.includes(image)) continue;
      el.remove();
      this.#drawn.delete(image);
    }
    for (const image of shown) {
      const el = this.#drawn.get(image) ?? this.#frame(image);
      el.classList.toggle("actwidget-film-shown", image === this.#image);
      this.#paint(el, image);
    }
    if (this.#model.get("has_input_image")) this.#store.thumbnails.want(shown);
  }

  /** @param {number} image */
  #frame(image) {
    const name = this.#names[image];
    const el = element("div", "actwidget-film-frame", {
      "data-image": String(image),
      title: name ? `image ${image}: ${name}` : `image ${image}`,
    }, [
      element("span", "actwidget-film-picture", {}, [
        element("canvas", ""),
        element("span", "actwidget-film-number", {}, [String(image)]),
      ]),
      element("span", "actwidget-film-name", {}, [name]),
    ]);
    el.style.left = `${image * PITCH}px`;
    this.#drawn.set(image, el);
    this.#frames.append(el);
    return el;
  }

  /** @type {(el: HTMLElement, image: number) => void} */
  #paint(el, image) {
    const pixels = this.#store.thumbnails.get(image), canvas = el.querySelector("canvas");
    if (!pixels || !canvas || el.dataset.painted) return;
    el.dataset.painted = "true";
    canvas.width = pixels.width;
    canvas.height = pixels.height;
    canvas.getContext("2d")?.drawImage(pixels, 0, 0);
  }
}

/**
 * The frames in sight of a strip, and some beside them.
 *
 * @type {(left: number, width: number, count: number) => number[]}
 */
export function framesIn(left, width, count) {
  const first = Math.max(0, Math.floor(left / PITCH) - SPARE);
  const last = Math.min(count, Math.ceil((left + width) / PITCH) + SPARE);
  return Array.from({ length: Math.max(0, last - first) }, (_, place) => first + place);
}
