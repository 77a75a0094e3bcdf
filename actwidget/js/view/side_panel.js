/** Beside the picture: the input, the model's answers, and the tile under the pointer enlarged. */

/** @import { Heatmap, InputImage, Layer, Overview, Pixels, UnitPosition } from "../types.js" */
/** @import { Answer } from "./answers.js" */
/** @import { ComparedAnswers } from "./compared_answers.js" */
/** @import { RoomKind } from "./frame.js" */
/** @import { Scene } from "./scene.js" */

import { colour, NOT_FINITE } from "../numerics/colormaps.js";
import { keyText } from "../store/picture_key.js";
import { answerList } from "./answers.js";
import { element } from "./dom.js";
import { channelLayout } from "../numerics/mosaic.js";
import { channelState } from "../numerics/channel_table.js";
import { draw } from "../numerics/raster.js";
import { channelWord } from "./labels.js";

/** Pixels of the longer side of both pictures, and where there is less room. */
const SIDE = 128, STRIP_SIDE = 88, PHONE_SIDE = 92;

/** The same of an enlarged tile that has a filmstrip above it. */
const BELOW_FILM = 96;

/** The colour of a heatmap, as opaque as it is strong: none that means a value or an effect. */
const HEAT = [255, 140, 0];

/**
 * @typedef {{ box: [number, number, number, number], words: string }} Seen top, left, bottom and
 *   right of what a unit sees, as shares of the input
 */

export class SidePanel {
  // A canvas, which holds pixels and nothing else, whatever the file was that they came in.
  #image = element("canvas", "actwidget-input", { role: "img", "aria-label": "the input image" });
  #heat = element("canvas", "actwidget-heat");
  #cross = element("div", "actwidget-cross", { title: "the centre of what the unit sees" });
  #seen = element("div", "actwidget-seen", { title: "what the unit sees" });
  /** The input, and what lies over it. */
  frame = element("div", "actwidget-input-frame", {}, [
    this.#image,
    this.#heat,
    this.#seen,
    this.#cross,
  ]);
  #caption = element("figcaption", "", {}, ["input"]);
  #inputWords = "input";
  #heatWords = "";
  #coverWords = "";
  /** @type {Heatmap | null} */
  #painted = null;
  #tile = element("canvas", "actwidget-tile");
  #unit = element("div", "actwidget-tile-unit");
  #tileFrame = element("div", "actwidget-input-frame", {}, [this.#tile, this.#unit]);
  #tileCaption = element("figcaption", "", {});
  #tileFigure = element("figure", "actwidget-figure actwidget-figure-tile", {}, [
    this.#tileFrame,
    this.#tileCaption,
  ]);
  #inputFigure = element("figure", "actwidget-figure", {}, [this.frame, this.#caption]);
  #answers = element("div", "actwidget-answers-box");
  /** For the choice of the image, and for controls that have no room elsewhere. */
  images = element("div", "actwidget-images");
  slot = element("div", "actwidget-slot");
  el = element("div", "actwidget-side", {}, [
    this.#inputFigure,
    element("div", "actwidget-side-rest", {}, [this.#answers, this.images, this.slot]),
    this.#tileFigure,
  ]);
  #shown = "";
  /** @type {Overview | null} */
  #enlarged = null;
  #said = "";
  #isBare;
  #isEmpty;
  #isFilm;
  #side = SIDE;
  /** @type {InputImage | null} */
  #input = null;

  /**
   * Somebody points at the input; from 0 to 1 in both directions.
   *
   * @type {(share: { x: number, y: number } | null) => void}
   */
  onPoint = () => {};

  /**
   * Somebody has chosen a class: its place among the likeliest.
   *
   * @type {(place: number) => void}
   */
  onClass = () => {};

  /**
   * @param {object} has
   * @param {boolean} has.image whether there is an input that can be shown
   * @param {boolean} has.answers whether there are classes
   * @param {boolean} has.several whether there are several images
   */
  constructor({ image, answers, several }) {
    this.#inputFigure.hidden = !image;
    this.#answers.hidden = !answers;
    // Of models that work on vectors and sequences alone nothing would ever stand here.
    this.#isBare = !image && !answers;
    this.#isEmpty = this.#isBare && !several;
    this.#isFilm = several;
    this.el.classList.toggle("actwidget-side-film", several);
    /** @param {PointerEvent} event */
    const onMove = (event) => {
      const rect = this.#image.getBoundingClientRect();
      const x = (event.clientX - rect.left) / rect.width;
      const y = (event.clientY - rect.top) / rect.height;
      this.onPoint(x >= 0 && y >= 0 && x < 1 && y < 1 ? { x, y } : null);
    };
    this.#image.addEventListener("pointermove", onMove);
    // A finger does not move before it is there, and what it pointed at stays when it is lifted.
    this.#image.addEventListener("pointerdown", onMove);
    this.#image.addEventListener("pointerleave", (event) => {
      if (event.pointerType !== "touch") this.onPoint(null);
    });
    // Until something is shown a canvas is 300 pixels wide, which would push the picture aside.
    fit(this.#tile, 1, 1, SIDE);
    fit(this.#image, 1, 1, SIDE);
    this.point(null, null);
  }

  /**
   * @param {InputImage | undefined} input
   * @param {string} number which image, or empty where there is one
   * @param {Answer[]} answers
   * @param {{ chosen: number, without: (number | null)[] | null, canExplain: boolean,
   *   compared?: ComparedAnswers | null }} why the place of the class that is explained, or −1, what
   *   is left of each with a channel switched off, and what other models made of it
   */
  show(input, number, answers, why) {
    // Changes that are not seen are not drawn: live ones come thirty times a second.
    const said = JSON.stringify([answers.map(([name, value]) => [name, value?.toFixed(3)]), why]);
    if (said !== this.#said) {
      const choose = why.canExplain ? (/** @type {number} */ place) => this.onClass(place) : null;
      this.#answers.replaceChildren(
        answerList(answers, why.chosen, why.without, choose, why.compared),
      );
    }
    this.#said = said;
    if (!input || input === this.#input) return;
    this.#input = input;
    paint(this.#image, input.pixels);
    this.#fitInput();
    const missing = input.pixels ? "" : " · cannot be shown";
    this.#inputWords = `input${number} · ${input.height} × ${input.width}${missing}`;
    this.#say("");
    this.#image.setAttribute("aria-label", `the input image${number}`);
  }

  /**
   * Lay a heatmap over the input.
   *
   * @type {(heat: { map: Heatmap | null, words: string } | null, opacity: number) => void}
   */
  lay(heat, opacity) {
    const map = heat?.map ?? null;
    this.#heat.hidden = !map;
    this.#heat.style.opacity = String(opacity);
    this.#heatWords = heat?.words ?? "";
    this.#say("");
    if (!map || map === this.#painted) return;
    this.#painted = map;
    paintHeat(this.#heat, map);
  }

  /** @param {string} words of what is pointed at; else it says what is seen */
  #say(words) {
    this.#caption.textContent = this.#coverWords || words || this.#heatWords || this.#inputWords;
    this.#caption.title = this.#caption.textContent;
  }

  /** @param {string} words of what lies over the input in its place; empty: nothing does */
  cover(words) {
    if (words === this.#coverWords) return;
    this.#coverWords = words;
    this.#say("");
  }

  /** Pixels of the input's longer side. */
  get size() {
    return this.#side;
  }

  /** @param {HTMLElement | null} back the way back from another image, in place of the choice of one */
  explore(back) {
    this.el.classList.toggle("actwidget-side-exploring", back !== null);
    this.el.classList.toggle("actwidget-side-film", this.#isFilm || back !== null);
    if (back && back.parentElement !== this.images) this.images.prepend(back);
    else if (!back) this.images.querySelector(".actwidget-back-to")?.remove();
  }

  /**
   * Where it is narrow it stands above the picture, in a strip; on a phone that has controls, too.
   *
   * @param {RoomKind} kind
   * @param {boolean} small whether the frame is
   */
  fit(kind, small) {
    this.el.hidden = this.#isEmpty && !(kind === "phone" && this.slot.hasChildNodes());
    this.el.classList.toggle("actwidget-side-bare", this.#isBare && !this.#isFilm);
    const strip = kind === "phone" ? PHONE_SIDE : STRIP_SIDE;
    this.#side = kind === "wide" && !small ? SIDE : strip;
    this.#fitInput();
  }

  #fitInput() {
    if (!this.#input) return;
    const { width, height } = this.#input;
    fit(this.#image, width, height, this.#side);
    const small = Math.max(width, height) <= this.#side;
    this.#image.style.imageRendering = small ? "pixelated" : "";
  }

  /**
   * Enlarge the tile of a unit, and mark on the input what the unit sees, or where its centre is.
   *
   * @type {(place: UnitPosition | null, scene: Scene | null, seen?: Seen | null) => void}
   */
  point(place, scene, seen = null) {
    const layer = place && scene?.layer;
    const enlarged = layer && !scene?.inColours && isEnlarged(layer);
    this.#tileFigure.classList.toggle("actwidget-hidden", !enlarged);
    const isPlace = layer && layer.height * layer.width > 1 && layer.sharesInputGrid;
    this.#seen.hidden = !isPlace || !seen;
    this.#cross.hidden = !isPlace || Boolean(seen);
    this.#say(isPlace && seen ? seen.words : "");
    if (isPlace && seen) {
      const [top, left, bottom, right] = seen.box;
      Object.assign(this.#seen.style, {
        inset: `${100 * top}% ${100 * (1 - right)}% ${100 * (1 - bottom)}% ${100 * left}%`,
      });
    }
    if (!place || !layer) return;
    const x = (place.column + 0.5) / layer.width, y = (place.row + 0.5) / layer.height;
    this.#cross.classList.toggle("actwidget-cross-time", layer.kind === "sequence");
    const left = layer.kind === "sequence" ? 0 : x;
    Object.assign(this.#cross.style, { left: `${100 * left}%`, top: `${100 * y}%` });
    if (!enlarged) return;
    this.#enlarge(place.channel, scene);
    Object.assign(this.#unit.style, { left: `${100 * x}%`, top: `${100 * y}%` });
  }

  /**
   * From what the page holds: the overview's cells.
   *
   * @type {(channel: number, scene: Scene) => void}
   */
  #enlarge(channel, { overview, layer, normalization, colouring }) {
    const key = JSON.stringify([keyText(overview), channel, normalization, colouring.limits]);
    // The same picture may have come anew, in another level of detail.
    if (key === this.#shown && overview === this.#enlarged) return;
    this.#shown = key;
    this.#enlarged = overview;
    const raster = draw(channelLayout(layer, channel), overview, null, normalization);
    const canvas = this.#tile;
    canvas.width = raster.columns;
    canvas.height = raster.rows;
    const context = canvas.getContext("2d");
    if (!context) return;
    context.putImageData(colour(raster, colouring), 0, 0);
    context.fillStyle = NOT_FINITE;
    for (const [row, column, columns] of raster.bad) context.fillRect(column, row, columns, 1);
    this.#tileFrame.classList.toggle("actwidget-silent", channelState(overview, channel) !== "");
    fit(canvas, layer.width, layer.height, this.#isFilm ? BELOW_FILM : SIDE);
    this.#tileCaption.textContent = `${channelWord(layer)} ${channel}`;
  }
}

/**
 * Whether a tile of a layer is shown enlarged: a sequence is one tile, as large as can be already.
 *
 * @param {Layer} layer
 */
function isEnlarged(layer) {
  return layer.kind !== "sequence" && layer.height * layer.width > 1;
}

/** @type {(canvas: HTMLCanvasElement, map: Heatmap) => void} a square for each of its units */
function paintHeat(canvas, { height, width, codes }) {
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  if (!context) return;
  const image = context.createImageData(width, height);
  for (let k = 0; k < codes.length; k++) image.data.set([...HEAT, codes[k]], 4 * k);
  context.putImageData(image, 0, 0);
}

/** @type {(canvas: HTMLCanvasElement, pixels: Pixels | null) => void} */
function paint(canvas, pixels) {
  // To set its size clears it.
  canvas.width = pixels?.width ?? 1;
  canvas.height = pixels?.height ?? 1;
  if (pixels) canvas.getContext("2d")?.drawImage(pixels, 0, 0);
}

/** @type {(el: HTMLElement, width: number, height: number, side: number) => void} */
function fit(el, width, height, side) {
  const scale = side / Math.max(width, height);
  // A map of 2 × 300 would be a hair: it is stretched to where it can be seen.
  el.style.width = `${Math.max(12, width * scale)}px`;
  el.style.height = `${Math.max(12, height * scale)}px`;
}
