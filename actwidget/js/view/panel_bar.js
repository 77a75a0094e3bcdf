/** One colour bar for several pictures: how the values of all of them are spread along it. */

/** @import { Limits, Model } from "../types.js" */
/** @import { Spread } from "./colour_bar.js" */
/** @import { Scene } from "./scene.js" */

import { barRange, histogram } from "../numerics/histogram.js";
import { keyText } from "../store/picture_key.js";
import { ColourBar, PARTS } from "./colour_bar.js";
import { element } from "./dom.js";
import { BAR_HEIGHT } from "./frame.js";
import { ALL, clipped } from "./scene.js";
import { move } from "./view_state.js";

export class PanelBar {
  #model;
  #bar;
  el;
  #of = "";
  #size = { width: 0, height: 0 };
  /** @type {Omit<Spread, "held">} */
  #spread = { range: [0, 1], counts: [] };

  /** @param {Model} model */
  constructor(model) {
    this.#model = model;
    this.#bar = new ColourBar(model.get("controls"));
    this.#bar.onLimits = (limits) => move(model, limits ? { limits } : { hold_scale: false });
    this.el = element("div", "actwidget-panels-bar", {}, [this.#bar.el]);
  }

  /**
   * @param {Scene[]} scenes of all panels, the first one first
   * @param {boolean} lying whether it lies below them
   * @param {number} top pixels of the panels' titles, beside which it begins below these
   */
  show(scenes, lying, top) {
    const [{ colouring, asBars }] = scenes;
    this.el.hidden = asBars;
    if (asBars) return;
    // While a page changes its theme, or hides it, nothing has a height.
    const { clientWidth, clientHeight } = this.el, none = { right: 0, top: 0 };
    if (clientHeight) this.#size = { width: clientWidth, height: clientHeight };
    const { width, height } = this.#size;
    const box = lying
      ? { left: 0, top: 0, width, height: 0 }
      : { left: 0, top, width: 0, height: height - top };
    const margins = { left: 0, bottom: lying ? BAR_HEIGHT : 0, ...none };
    this.#bar.place(box, margins, { width, height });
    const ends = scenes.map((scene) => {
      const { overview, order, channel, alone, normalization, layer } = scene;
      const channels = alone ? [channel] : order;
      return clipped(overview, channels, normalization, scene.colouring, layer.isImage);
    });
    const below = ends.some((each) => each.below), above = ends.some((each) => each.above);
    const held = this.#model.get("hold_scale"), beyond = beyondAll(scenes);
    this.#bar.show(colouring, { below, above }, beyond, { ...this.#spreadOf(scenes), held });
  }

  /** @param {Scene[]} scenes */
  #spreadOf(scenes) {
    const [{ normalization, colouring: { limits }, channel, alone }] = scenes;
    const of = [...scenes.map(({ overview }) => keyText(overview)), normalization, limits];
    const key = JSON.stringify([...of, alone ? channel : ALL]);
    if (key === this.#of) return this.#spread;
    this.#of = key;
    const channelsOf = (/** @type {Scene} */ { layer }) =>
      alone ? [channel] : Array.from({ length: layer.tiles }, (_, k) => k);
    const ranges = scenes.map((scene) =>
      barRange(scene.overview, normalization, channelsOf(scene), limits)
    );
    /** @type {Limits} */
    const range = [
      Math.min(...ranges.map(([low]) => low)),
      Math.max(...ranges.map(([, high]) => high)),
    ];
    const counts = new Float64Array(PARTS);
    for (const scene of scenes) {
      const { overview, layer: { tiles } } = scene, channels = channelsOf(scene);
      const own = histogram(overview, normalization, channels, range, PARTS, tiles);
      for (let part = 0; part < PARTS; part++) counts[part] += own[part];
    }
    return this.#spread = { range, counts };
  }
}

/** @type {(scenes: Scene[]) => number | null} the share of all their units; null: not yet known */
function beyondAll(scenes) {
  let units = 0, outside = 0;
  for (const { beyond, layer: { height, width, tiles }, alone } of scenes) {
    if (beyond === null) return null;
    const own = height * width * (alone ? 1 : tiles);
    units += own;
    outside += own * beyond;
  }
  return outside / Math.max(1, units);
}
