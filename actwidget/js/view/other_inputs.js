/** The inputs of the other recordings, where each was given images of its own. */

/** @import { InputImage, Model, Overview } from "../types.js" */
/** @import { Store } from "../store/store.js" */

import { holdersOf, pictureOfRecording, recordingShown } from "../store/picture_key.js";
import { element } from "./dom.js";

export class OtherInputs {
  el = element("div", "actwidget-other-inputs");
  #model;
  #store;
  /** @type {(InputImage | undefined)[]} */
  #shown = [];

  /**
   * @param {Model} model
   * @param {Store} store
   */
  constructor(model, store) {
    this.#model = model;
    this.#store = store;
    this.el.hidden = !model.get("compared")?.inputs || !model.get("has_input_image");
  }

  /** The name of the recording whose input stands above these; empty: all have the same. */
  nameOf(/** @type {Overview} */ overview) {
    if (this.el.hidden) return "";
    return this.#model.get("compared").names[recordingShown(this.#model, overview)];
  }

  /** @param {Overview} overview what is on the screen */
  show(overview) {
    if (this.el.hidden) return;
    const { names } = this.#model.get("compared"), first = recordingShown(this.#model, overview);
    const others = holdersOf(this.#model, overview.layer).filter((each) => each !== first);
    const inputs = others.map((recording) => {
      const key = pictureOfRecording(this.#model, overview, recording);
      const input = key ? this.#store.input(key) : undefined;
      if (key && !input) this.#store.requestOverview(key);
      return input;
    });
    const isSame = inputs.length === this.#shown.length &&
      inputs.every((input, k) => input === this.#shown[k]);
    if (isSame && this.el.dataset.first === String(first)) return;
    this.#shown = inputs;
    this.el.dataset.first = String(first);
    this.el.dataset.count = String(others.length);
    this.el.replaceChildren(...inputs.map((input, k) => figure(input, names[others[k]])));
  }
}

/** @type {(input: InputImage | undefined, name: string) => HTMLElement} */
function figure(input, name) {
  const canvas = element("canvas", "actwidget-input", { role: "img", "aria-label": name });
  const { pixels = null, width = 1, height = 1 } = input ?? {};
  canvas.width = pixels?.width ?? 1;
  canvas.height = pixels?.height ?? 1;
  if (pixels) canvas.getContext("2d")?.drawImage(pixels, 0, 0);
  canvas.style.aspectRatio = `${width} / ${height}`;
  canvas.classList.toggle("actwidget-input-small", Math.max(width, height) <= 128);
  const caption = element("figcaption", "", { title: name }, [name]);
  return element("figure", "actwidget-figure", {}, [canvas, caption]);
}
