/** Beside an open channel's map: what is known of it, its neighbours, and how it lies over the input. */

/** @import { Model } from "../types.js" */
/** @import { Store } from "../store/store.js" */
/** @import { Box, Size } from "./plotly_chart.js" */
/** @import { Scene } from "./scene.js" */

import { channelState, channelStatistics, largest, lastCode } from "../numerics/channel_table.js";
import { colour, NOT_FINITE } from "../numerics/colormaps.js";
import { channelLayout } from "../numerics/mosaic.js";
import { PLANES } from "../numerics/photograph.js";
import { draw } from "../numerics/raster.js";
import { keyText } from "../store/picture_key.js";
import { element, OWN_KEYS } from "./dom.js";
import { BAR_HEIGHT, BAR_WIDTH, SPACE } from "./frame.js";
import { isOfGradients } from "../store/variant.js";
import { channelWord, format, ordinal, percent } from "./labels.js";
import { activeText, deadText } from "./survey_text.js";
import { alphaOf, toggled } from "./underlay.js";
import { move } from "./view_state.js";

/** Pixels that the facts need, and from which more stands beside them. */
const LEAST = 150, WIDE = 440;

/** Pixels of a frame's height below which it stands in columns; and of bars at least. */
const LOW = 260, BARS = 300;

/** Pixels of a neighbour's longer side. */
const SIDE = 56;

export class Facts {
  el = element("div", "actwidget-about", { hidden: "" });
  /** How the map lies over the input: where there is no room here, it stands elsewhere. */
  over;
  #model;
  #store;
  #title = element("div", "actwidget-about-title");
  #list = element("dl", "actwidget-about-list");
  #caption = element("div", "actwidget-soft");
  #neighbours = element("div", "actwidget-about-maps");
  #slider = element("input", "actwidget-slider", {
    type: "range",
    min: "0",
    max: "100",
    "aria-label": "opacity over the input",
  });
  #shown = "";
  #holds = false;
  /** The opacity before the map was shown alone. */
  #last = 1;
  #why = "";

  /**
   * @param {Model} model
   * @param {Store} store
   */
  constructor(model, store) {
    this.#model = model;
    this.#store = store;
    this.#slider.addEventListener("input", () => {
      move(model, { alpha_overlay: Number(this.#slider.value) / 100 });
    });
    const key = element("kbd", "actwidget-key", {}, ["o"]);
    this.over = element("label", "actwidget-over", OWN_KEYS, [
      element("span", "actwidget-soft", {}, ["over the input "]),
      key,
      this.#slider,
    ]);
    this.el.append(this.#title, this.#list, this.#caption, this.#neighbours, this.over);
  }

  /**
   * Have something stand among the facts: where there is little room, in place of the neighbours.
   *
   * @param {HTMLElement | null} el
   */
  hold(el) {
    this.#holds = el !== null;
    this.el.classList.toggle("actwidget-about-top", this.#holds);
    if (el && el.parentElement !== this.el) this.#list.after(el);
  }

  /**
   * Lay the map over the input, or show it alone again.
   *
   * @returns {string} why it cannot, or nothing
   */
  toggle() {
    if (this.#why) return this.#why;
    const alpha = alphaOf(this.#model);
    if (alpha < 1) this.#last = alpha;
    move(this.#model, { alpha_overlay: toggled(alpha, this.#last) });
    return "";
  }

  /**
   * @param {Scene} scene
   * @param {Box} box where the picture lies
   * @param {Size} outer the whole
   * @param {boolean} lying whether the colour bar lies below the picture
   */
  show(scene, box, outer, lying) {
    const alpha = alphaOf(this.#model);
    this.#why = scene.whyNot;
    this.#slider.value = String(Math.round(100 * alpha));
    this.#slider.style.setProperty("--share", String(alpha));
    this.#slider.setAttribute("aria-valuetext", percent(alpha));
    this.#slider.disabled = Boolean(scene.whyNot);
    this.over.title = scene.whyNot || "how much of the map is seen over the input: o";
    this.over.hidden = !scene.alone || scene.layer.isImage;
    const left = box.left + box.width + SPACE + (lying ? 0 : BAR_WIDTH);
    // Bars take all the room but that of what is held.
    const fits = scene.asBars ? this.#holds : outer.width - left >= LEAST;
    const has = (scene.alone || scene.inColours) && fits;
    this.el.hidden = !has;
    if (!has) return;
    const least = scene.asBars ? BARS : left;
    this.el.style.left = scene.asBars ? "" : `${left}px`;
    this.el.classList.toggle("actwidget-about-wide", outer.width - least >= WIDE);
    this.el.classList.toggle("actwidget-about-low", this.#holds && outer.height < LOW);
    this.el.style.bottom = lying ? `${BAR_HEIGHT}px` : "";
    if (!lying && this.over.parentElement !== this.el) this.el.append(this.over);
    this.#fill(scene);
  }

  /** @param {Scene} scene */
  #fill(scene) {
    const { overview, layer, normalization, colouring, channel, order, inColours } = scene;
    const measures = layer.isImage ? null : this.#store.measures(overview.layer);
    const { effects, dataSet } = scene;
    const key = [
      ...[keyText(overview), channel, normalization, colouring.limits, order],
      ...[measures, effects, dataSet?.active[channel]],
    ];
    const shown = JSON.stringify(key);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const word = channelWord(layer);
    this.#title.textContent = inColours ? "The input" : titleOf(scene);
    const facts = inColours ? imageFacts(scene) : channelFacts(scene, measures);
    this.#list.replaceChildren(
      ...facts.flatMap(([name, value]) => [
        element("dt", "actwidget-soft", {}, [name]),
        element("dd", "", {}, [value]),
      ]),
    );
    const near = inColours ? [0, 1, 2] : neighbours(order, channel);
    this.#caption.textContent = inColours
      ? `its ${word}s: a click opens one`
      : near.length > 1
      ? "its neighbours in this order"
      : "";
    this.#neighbours.replaceChildren(...near.map((each) => this.#map(each, scene)));
  }

  /** @type {(channel: number, scene: Scene) => HTMLElement} a channel's map, which a click opens */
  #map(channel, { overview, layer, normalization, colouring, channel: open }) {
    const raster = draw(channelLayout(layer, channel), overview, null, normalization);
    const canvas = element("canvas", "");
    canvas.width = raster.columns;
    canvas.height = raster.rows;
    const context = canvas.getContext("2d");
    if (context) {
      context.putImageData(colour(raster, colouring), 0, 0);
      context.fillStyle = NOT_FINITE;
      for (const [row, column, columns] of raster.bad) context.fillRect(column, row, columns, 1);
    }
    const scale = SIDE / Math.max(layer.width, layer.height);
    canvas.style.width = `${Math.max(8, layer.width * scale)}px`;
    canvas.style.height = `${Math.max(8, layer.height * scale)}px`;
    const name = layer.isImage && layer.tiles > 1 ? PLANES[channel] : String(channel);
    const el = element("button", "actwidget-about-map", {
      type: "button",
      "aria-label": `${channelWord(layer)} ${channel}`,
      ...OWN_KEYS,
    }, [canvas, element("span", "", {}, [name])]);
    if (channelState(overview, channel) && !layer.isImage) el.classList.add("actwidget-silent");
    if (channel === open) el.setAttribute("aria-current", "true");
    el.addEventListener("click", () => move(this.#model, { channel }));
    return el;
  }
}

/** @param {Scene} scene */
function titleOf({ layer, channel }) {
  if (layer.isImage && layer.tiles > 1) return `Channel ${channel}: ${PLANES[channel]}`;
  return `${layer.kind === "units" ? "Unit" : "Channel"} ${channel}`;
}

/** @type {(order: number[], channel: number) => number[]} the one before, itself and the next */
export function neighbours(order, channel) {
  const place = order.indexOf(channel);
  return place < 0 ? [] : order.slice(Math.max(0, place - 1), place + 2);
}

/** @type {(scene: Scene) => [string, string][]} */
function imageFacts({ overview, normalization, layer }) {
  const [low, high] = overview.normalizations[normalization].limits;
  return [
    ["size", `${layer.height} × ${layer.width}`],
    ["black", format(low, 4)],
    ["white", format(high, 4)],
  ];
}

/**
 * @type {(scene: Pick<Scene, "overview" | "layer" | "channel" | "order" | "sort" | "effects"> &
 *   { dataSet?: Scene["dataSet"] }, measures: { zeros: number[] } | null) => [string, string][]} what is known
 *   of a channel: its rank, mean and range, its share of zeros and of what is not finite
 */
export function channelFacts(scene, measures) {
  const { overview, layer, channel, order, sort, effects, dataSet } = scene;
  /** @type {[string, string][]} */
  const facts = [];
  const effect = effects?.[channel];
  if (typeof effect === "number") facts.push(["effect", format(effect, 3)]);
  const grouped = overview.groups === layer.tiles;
  if (sort !== "number") {
    facts.push(["place", `${ordinal(order.indexOf(channel) + 1)} of ${layer.tiles}`]);
  }
  if (grouped && layer.tiles > 1 && !layer.isImage) {
    const size = largest(overview, channel);
    let stronger = 0;
    for (let each = 0; each < layer.tiles; each++) {
      const other = largest(overview, each);
      if (other > size || (other === size && each < channel)) stronger++;
    }
    facts.push(["strength", `${ordinal(stronger + 1)} of ${layer.tiles}`]);
  }
  const { minimum, mean, maximum } = channelStatistics(overview, channel);
  if (!Number.isNaN(mean) && grouped) {
    facts.push(["mean", format(mean, 3)]);
    facts.push(["range", `${format(minimum, 3)} to ${format(maximum, 3)}`]);
  }
  if (measures) facts.push(["zeros", percent(measures.zeros[channel])]);
  if (dataSet) facts.push(["active on", activeText(dataSet, channel)]);
  const share = shareNotFinite(overview, layer.tiles, channel);
  if (share > 0) facts.push(["not finite", percent(share)]);
  const state = channelState(overview, channel);
  if (state && grouped && !layer.isImage && !isOfGradients(overview.variant)) {
    const where = dataSet && state === "dead" ? ` ${deadText(dataSet, channel)}` : "";
    facts.push(["state", state + where]);
  }
  return facts;
}

/** @type {(overview: Scene["overview"], tiles: number, channel: number) => number} in this picture */
function shareNotFinite(overview, tiles, channel) {
  const length = overview.units.length / tiles, last = lastCode(overview.units);
  let count = 0;
  for (let k = channel * length; k < (channel + 1) * length; k++) {
    const unit = overview.units[k];
    if (!(unit <= last && unit - unit === 0)) count++;
  }
  return count / length;
}
