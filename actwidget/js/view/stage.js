/** Where the picture is: cells, axes, bars, and the frame around a unit. */

/** @import { Limits, Model, UnitPosition, Range, Raster } from "../types.js" */
/** @import { Store } from "../store/store.js" */
/** @import { Spread } from "./colour_bar.js" */
/** @import { BarPlace } from "./frame.js" */
/** @import { Scene } from "./scene.js" */

import { barRange, histogram } from "../numerics/histogram.js";
import { drawPhotograph } from "../numerics/photograph.js";
import { drawCodes } from "../numerics/code_raster.js";
import { draw } from "../numerics/raster.js";
import { keyText } from "../store/picture_key.js";
import { LIVE } from "../store/variant.js";
import { bars, largestBars } from "./class_bars.js";
import { PARTS } from "./colour_bar.js";
import { element, keepKeys } from "./dom.js";
import { Facts } from "./facts.js";
import { barsFile, titleParts } from "./file_figure.js";
import { HoverLabel } from "./hover.js";
import { fileName, Plot } from "./plot.js";
import { ALL, clipped } from "./scene.js";
import { themeOf } from "./theme.js";
import { move } from "./view_state.js";
import { axisWords, channelWord, wheelHintText } from "./labels.js";

/** Milliseconds for which a hint stands over the picture. */
const HINT = 1000;

export class Stage {
  plot;
  el;
  #list = element("div", "actwidget-list");
  /** What is known of the unit under the pointer. */
  hover;
  /** Beside a single map. */
  facts;
  #hint = element("div", "actwidget-hint", { hidden: "" });
  #hinted = false;
  #ending = 0;
  #model;
  #store;
  /** @type {Raster | null} */
  #raster = null;
  /** @type {unknown[]} what the raster was drawn of */
  #drawn = [];
  /** @type {Omit<Spread, "held">} */
  #counts = { range: [0, 1], counts: [] };
  #spreadOf = "";
  /** The channel that was opened last: coming back, its tile is outlined. */
  #opened = ALL;
  /** @type {Scene | null} */
  #scene = null;

  /**
   * @param {Model} model
   * @param {Store} store
   * @param {(range: Range | null, moving?: boolean) => void} onRange somebody zoomed or panned, or
   *   is moving still; null: reset
   * @param {HTMLElement[]} over what is said in place of a picture, and over it
   */
  constructor(model, store, onRange, over) {
    this.#model = model;
    this.#store = store;
    this.hover = new HoverLabel(model);
    this.facts = new Facts(model, store);
    this.plot = new Plot(onRange, model.get("controls"));
    this.plot.bar.onLimits = (limits) => move(model, limits ? { limits } : { hold_scale: false });
    this.el = element("div", "actwidget-stage", {
      tabindex: "0",
      role: "group",
      "aria-roledescription": "heatmap",
    }, [this.plot.el, this.#list, this.facts.el, ...this.hover.over, this.#hint, ...over]);
    keepKeys(this.el);
  }

  /**
   * @param {Scene} scene
   * @param {BarPlace} bar where the colour bar is
   */
  show(scene, bar) {
    const { overview, detail, layer, layout, full, range, normalization, channel } = scene;
    if (channel !== ALL) this.#opened = channel;
    else if (this.#scene?.overview.layer !== overview.layer) this.#opened = ALL;
    this.#scene = scene;
    this.#showBars(scene);
    // If only the view or the colours have changed, the cells are the same.
    const shown = [overview, detail, normalization, channel, layout.order.join(), scene.key];
    if (!this.#raster || shown.some((each, k) => each !== this.#drawn[k])) {
      this.#raster = rasterOf(scene);
      this.#drawn = shown;
    }
    const raster = this.#raster, { colouring, name, beyond, underlay } = scene;
    // As the bar is the layer's, so are its ends: on every page of the tiles.
    const all = scene.alone ? [channel] : scene.order;
    const ends = clipped(overview, all, normalization, colouring, layer.isImage);
    const isSequence = layer.kind === "sequence";
    const marks = {
      overview,
      asImage: layer.isImage,
      strength: !colouring.comparable,
      effects: scene.effects,
      changes: scene.changes,
      deadOnAll: scene.dataSet?.dead ?? null,
      isSequence,
      opened: this.#opened,
      column: isSequence ? channel : ALL,
    };
    const titles = isSequence ? axisWords(layer) : null;
    const seen = { layout, full, range, raster };
    // That of all pictures together is somebody else's.
    const spread = bar === "elsewhere" ? { ...this.#counts, held: false } : this.#spread(scene);
    this.plot.draw({
      ...seen,
      colouring,
      ...ends,
      beyond,
      spread,
      marks,
      titles,
      name,
      caption: titleParts(this.#model, scene),
      underlay,
      bar,
    });
    if (bar === "elsewhere") this.facts.el.hidden = this.facts.over.hidden = true;
    else this.facts.show(scene, this.plot.box, this.plot.size, bar === "below");
    this.el.classList.toggle("actwidget-stage-bars", scene.asBars && !this.facts.el.hidden);
    this.el.dataset.layout = JSON.stringify(arrangementOf(layout));
    this.el.classList.toggle("actwidget-openable", scene.canOpen);
    this.el.setAttribute("aria-label", accessibleName(scene));
  }

  /**
   * Show the next frame of what is shown, with the same layout and colours.
   *
   * @param {Scene} scene
   */
  showFrame(scene) {
    this.#scene = scene;
    if (scene.asBars) this.#showBars(scene);
    this.#raster = rasterOf(scene);
    this.#drawn = [];
    this.plot.drawCells(this.#raster, scene.underlay);
  }

  /**
   * How the values of the layer, or of the channel that is open, are spread along the colours.
   *
   * @param {Scene} scene
   */
  #spread({ overview, normalization, colouring, channel, alone, layer }) {
    const channels = alone ? [channel] : Array.from({ length: layer.tiles }, (_, k) => k);
    const { limits } = colouring;
    const key = JSON.stringify([keyText(overview), normalization, limits, alone && channel]);
    if (key !== this.#spreadOf) {
      this.#spreadOf = key;
      // Of an image the bar is of this one alone.
      const range = layer.isImage
        ? widest(limits, overview.normalizations[normalization].limits)
        : barRange(overview, normalization, channels, limits);
      const { tiles } = layer;
      const counts = histogram(overview, normalization, channels, range, PARTS, tiles);
      this.#counts = { range, counts };
    }
    return { ...this.#counts, held: this.#model.get("hold_scale") };
  }

  /** @param {Scene} scene */
  #showBars({ asBars, overview, layer, channel }) {
    this.#list.hidden = !asBars;
    this.plot.el.classList.toggle("actwidget-replaced", asBars);
    if (!asBars) return;
    const names = layer.named ? this.#model.get("class_names") : [];
    const open = (/** @type {number} */ unit) => move(this.#model, { channel: unit });
    this.#list.replaceChildren(bars(overview, layer, names, channel, open));
  }

  /** Save the picture on the screen, or the bars in its place, as a PNG. */
  download() {
    const scene = this.#scene;
    if (!scene) return;
    if (!scene.asBars) {
      this.plot.download();
      return;
    }
    const { overview, layer, channel, name } = scene;
    const names = layer.named ? this.#model.get("class_names") : [];
    const { shown, rest } = largestBars(overview, layer, names, channel);
    const parts = titleParts(this.#model, scene), theme = themeOf(this.el);
    this.plot.save(barsFile(shown, rest, parts, theme), fileName(name));
  }

  /** @param {boolean} hidden whether something is said in place of the picture */
  hide(hidden) {
    this.plot.el.classList.toggle("actwidget-hidden", hidden);
    this.#list.classList.toggle("actwidget-hidden", hidden);
  }

  /** Say, once, how the wheel zooms. */
  hintAtZoom() {
    if (this.#hinted) return;
    this.#hinted = true;
    this.say(wheelHintText(navigator.platform));
  }

  /** @param {string} text is said over the picture, for a second */
  say(text) {
    this.#hint.textContent = text;
    this.#hint.hidden = false;
    clearTimeout(this.#ending);
    this.#ending = setTimeout(() => this.#hint.hidden = true, HINT);
  }

  /** Lay the map over the input, or say why it cannot lie there. */
  toggleOverlay() {
    const why = this.facts.toggle();
    if (why) this.say(`not over the input: ${why}`);
  }

  /**
   * Show what is known of a unit, beside it.
   *
   * @type {(place: UnitPosition | null, scene: Scene | null) => void}
   */
  point(place, scene) {
    if (place && scene) this.hover.show(place, scene, this.#store, this.plot.box);
    else this.hover.hide();
  }
}

/** @type {(scene: Scene) => Raster} */
function rasterOf({ layer, layout, overview, detail, normalization, inColours }) {
  if (inColours) return drawPhotograph(layer, overview, detail, normalization);
  const moves = overview.variant === LIVE && overview.encoding === "codes";
  return (moves ? drawCodes : draw)(layout, overview, detail, normalization);
}

/** @type {(one: Limits, other: Limits) => Limits} */
function widest([low, high], [least, most]) {
  return [Math.min(low, least), Math.max(high, most)];
}

/** @param {Scene["layout"]} layout */
function arrangementOf({ columns, repeat, period }) {
  return { columns, repeat, period };
}

/** @param {Scene} scene */
function accessibleName({ layer, overview, channel, alone }) {
  const what = alone ? `${channelWord(layer)} ${channel}` : "all channels";
  const slice = layer.depth > 1 ? `, slice ${overview.slice}` : "";
  const framed = channel !== ALL && !alone ? `, channel ${channel} framed` : "";
  return `${what} of ${layer.path}${slice}${framed}`;
}
