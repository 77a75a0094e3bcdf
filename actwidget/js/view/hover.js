/** What is known of the unit under the pointer, and the frames around it and its tile. */

/** @import { Model, Range, Reading, UnitPosition } from "../types.js" */
/** @import { Box } from "./plotly_chart.js" */
/** @import { Scene } from "./scene.js" */
/** @import { ExactValue } from "../store/source.js" */
/** @import { Store } from "../store/store.js" */

import { element } from "./dom.js";
import { blockRange, intersection, isGrid, mapRange } from "../numerics/mosaic.js";
import { shown } from "../numerics/channel_table.js";
import { read } from "../numerics/raster.js";
import { PLANES } from "../numerics/photograph.js";
import { comparedLine, effectLine, selectivityText } from "./compare_text.js";
import { silenceText } from "./description.js";
import { axisWords, coloursLabel, label } from "./labels.js";
import { isOfGradients } from "../store/variant.js";

/** Pixels of a unit from which its own frame is seen within its tile's. */
const LEAST = 3;

export class HoverLabel {
  #model;
  el = element("div", "actwidget-hover", { role: "status" });
  cursor = element("div", "actwidget-cursor");
  #tile = element("div", "actwidget-hovered");
  /** What lies over the picture. */
  over = [this.#tile, this.cursor];

  /** @param {Model} model */
  constructor(model) {
    this.#model = model;
  }

  hide() {
    this.el.hidden = this.cursor.hidden = this.#tile.hidden = true;
  }

  /**
   * Show what is known of a place.
   *
   * @param {UnitPosition} place
   * @param {Scene} scene
   * @param {Store} store
   * @param {Box} box where the picture lies
   */
  show(place, scene, store, box) {
    const { overview, layer, normalization, colouring } = scene;
    if (scene.inColours) {
      this.#showColours(place, scene, store, box);
      return;
    }
    const { reading, exact } = readExactly(place, scene, store);
    const value = shown(overview, normalization, place.channel, reading.value);
    const lines = label(layer, place, reading, value, colouring.limits, overview.slice);
    if (exact && reading.block > 1) {
      const words = axisWords(layer);
      lines[lines.length - 1] += `, at ${words.row} ${exact.row} · ${words.column} ${exact.column}`;
    }
    const compared = comparedLine(this.#model, store, place, scene, reading);
    // Of a sequence the columns are channels.
    const channel = layer.kind === "sequence" ? place.column : place.channel;
    const effect = effectLine(this.#model, store, channel, scene);
    if (effect) lines.push(effect);
    const silent = isOfGradients(overview.variant)
      ? ""
      : silenceText(overview, place.channel, scene.dataSet);
    const prefers = selectivityText(this.#model, store, overview.layer, place.channel);
    if (prefers) lines.push(prefers);
    if (silent && overview.groups === layer.tiles) lines.push(silent);
    this.#say(lines, compared);
    this.#frame(place, reading.block, scene, box);
  }

  /**
   * The three values of a pixel.
   *
   * @type {(place: UnitPosition, scene: Scene, store: Store, box: Box) => void}
   */
  #showColours(place, scene, store, box) {
    const readings = PLANES.map((_, channel) =>
      readExactly({ ...place, channel }, scene, store).reading
    );
    const [{ block }] = readings;
    this.#say(coloursLabel(place, readings));
    this.#frame(place, block, scene, box);
  }

  /** @type {(lines: string[], compared?: string[] | null) => void} in place of the value, if any */
  #say(lines, compared = null) {
    const parts = lines.map(lineOf);
    if (compared) {
      lines.splice(1, 1, compared.join(""));
      parts.splice(
        1,
        1,
        element("div", "", {}, compared.map((each, k) => k % 2 ? bold(each) : each)),
      );
    }
    this.el.replaceChildren(...parts);
    this.el.title = lines.join(" · ");
    this.el.hidden = this.cursor.hidden = false;
  }

  /**
   * @param {UnitPosition} place
   * @param {number} size of the block
   * @param {Scene} scene
   * @param {Box} box
   */
  #frame(place, size, { layout, range }, box) {
    const several = isGrid(layout), single = layout.height * layout.width === 1;
    const unit = lay(this.cursor, blockRange(layout, place, size), range, box);
    const map = mapRange(layout, layout.order.indexOf(place.channel));
    this.#tile.hidden = !several || single;
    if (several) lay(this.#tile, intersection(map, range), range, box);
    this.cursor.classList.toggle("actwidget-cursor-small", Math.min(...unit) < LEAST);
  }
}

/**
 * What the page holds of a place, or the model's own number once it is there.
 *
 * @type {(place: UnitPosition, scene: Scene, store: Store) => { reading: Reading, exact:
 *   ExactValue | undefined }}
 */
function readExactly(place, { overview, detail, layout }, store) {
  const reading = read(layout, overview, detail, place);
  const exact = store.value(overview, place, reading.block);
  if (exact) Object.assign(reading, { value: exact.value, exact: true });
  return { reading, exact };
}

/** A value's name, and its number. */
const NUMBER = /((?:value|red|green|blue) )((?:≈ )?\S+)/;

/** @type {(line: string) => HTMLElement} a value's number stands out */
function lineOf(line) {
  const parts = line.split(NUMBER);
  return element("div", "", {}, parts.map((part, k) => k % 3 === 2 ? bold(part) : part));
}

/** @param {string} text */
function bold(text) {
  return element("b", "", {}, [text]);
}

/** @type {(el: HTMLElement, area: Range, range: Range, box: Box) => [number, number]} its size */
function lay(el, area, range, box) {
  const x = box.width / (range.right - range.left), y = box.height / (range.bottom - range.top);
  const left = box.left + (area.left - range.left) * x;
  const top = box.top + (area.top - range.top) * y;
  const width = (area.right - area.left) * x, height = (area.bottom - area.top) * y;
  Object.assign(el.style, {
    transform: `translate(${left}px, ${top}px)`,
    width: `${Math.max(1, width)}px`,
    height: `${Math.max(1, height)}px`,
  });
  return [width, height];
}
