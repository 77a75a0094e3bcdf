/** The picture by keyboard: channels, layers, units, zoom. */

/** @import { UnitPosition, Range, Layer, Layout, Overview, Detail } from "../types.js" */

import { zoomedTo } from "../numerics/zoom.js";

/**
 * @typedef {object} KeyActions what the keys can do
 * @prop {() => { layer: Layer, layout: Layout, range: Range, full: Range, overview: Overview,
 *   detail: Detail | null } | null} scene
 * @prop {() => UnitPosition | null} pointed
 * @prop {(place: UnitPosition | null) => void} point
 * @prop {(place: UnitPosition) => void} open
 * @prop {() => void} goBack
 * @prop {(range: Range | null) => void} onRange
 * @prop {(name: "layer" | "channel" | "slice", by: number) => void} step
 * @prop {(by: 1 | -1) => void} stepOfKind to the next layer of the same kind
 * @prop {() => void} overlay lays the map over the input, or shows it alone again
 * @prop {() => void} explain begins to explain the likeliest class, or ends it
 * @prop {() => void} switchOff switches the open channel off, or on again
 * @prop {() => void} find a layer
 * @prop {() => boolean} pause pauses what is live, or has it go on; false where nothing is
 */

/** @type {Record<string, [number, number]>} rows down, columns across */
const ARROWS = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
};

/** @type {(stage: HTMLElement, actions: KeyActions) => void} */
export function followKeys(stage, actions) {
  stage.addEventListener("keydown", (event) => {
    if (event.target !== stage || event.ctrlKey || event.metaKey) return;
    if (!act(event, actions)) return;
    // The notebook is not to take the key for one of its own.
    event.preventDefault();
    event.stopPropagation();
  });
}

/**
 * @type {(event: KeyboardEvent, actions: KeyActions) => boolean} whether the key means something
 *   here
 */
function act({ key, shiftKey, altKey }, actions) {
  const scene = actions.scene();
  const arrow = ARROWS[key];
  if (altKey) {
    if (!arrow || arrow[1]) return false;
    actions.stepOfKind(arrow[0] > 0 ? 1 : -1);
  } else if (arrow && shiftKey) {
    if (scene) actions.point(neighbour(scene, actions.pointed(), arrow));
  } else if (arrow) {
    const [down, across] = arrow;
    if (across) actions.step("channel", across);
    else actions.step("layer", down);
  } else if ((key === "PageUp" || key === "PageDown") && scene && scene.layer.depth > 1) {
    actions.step("slice", key === "PageDown" ? 1 : -1);
  } else if (key === "Enter") {
    const place = actions.pointed();
    if (place) actions.open(place);
  } else if (key === "Escape") {
    actions.point(null);
    actions.goBack();
  } else if (key === "+" || key === "=") {
    if (scene) actions.onRange(zoomed(scene, actions.pointed(), 0.5));
  } else if (key === "-") {
    if (scene) actions.onRange(zoomed(scene, actions.pointed(), 2));
  } else if (key === "0") {
    actions.onRange(null);
  } else if (key === "o") {
    actions.overlay();
  } else if (key === "y") {
    actions.explain();
  } else if (key === "x") {
    actions.switchOff();
  } else if (key === "/") {
    actions.find();
  } else if (key === " ") {
    return actions.pause();
  } else {
    return false;
  }
  return true;
}

/**
 * The next unit in one direction, across tiles.
 *
 * @param {{ layout: Layout, overview: Overview, detail: Detail | null }} scene
 * @param {UnitPosition | null} place
 * @param {[number, number]} arrow
 * @returns {UnitPosition}
 */
export function neighbour({ layout, overview, detail }, place, [down, across]) {
  if (!place || !layout.order.includes(place.channel)) {
    return { channel: layout.order[0], row: 0, column: 0 };
  }
  const step = detail?.block ?? overview.block;
  const position = layout.order.indexOf(place.channel);
  let tileRow = Math.floor(position / layout.columns), tileColumn = position % layout.columns;
  let row = (Math.floor(place.row / step) + down) * step;
  let column = (Math.floor(place.column / step) + across) * step;
  if (row < 0 || row >= layout.height) {
    tileRow += down;
    row = down < 0 ? layout.height - 1 : 0;
  }
  if (column < 0 || column >= layout.width) {
    tileColumn += across;
    column = across < 0 ? layout.width - 1 : 0;
  }
  const inside = tileRow >= 0 && tileColumn >= 0 && tileColumn < layout.columns;
  const channel = inside ? layout.order[tileRow * layout.columns + tileColumn] : undefined;
  return channel === undefined ? place : { channel, row, column };
}

/**
 * A range about the pointed unit, or the middle, larger or smaller and within the whole picture.
 *
 * @param {{ layout: Layout, range: Range, full: Range }} scene
 * @param {UnitPosition | null} place
 * @param {number} factor
 * @returns {Range}
 */
export function zoomed(scene, place, factor) {
  const { layout, range } = scene, position = place ? layout.order.indexOf(place.channel) : -1;
  const about = place && position >= 0
    ? {
      x: position % layout.columns + (place.column + 0.5) / layout.period[1],
      y: Math.floor(position / layout.columns) + (place.row + 0.5) / layout.period[0],
    }
    : { x: (range.left + range.right) / 2, y: (range.top + range.bottom) / 2 };
  return zoomedTo(scene, about, factor);
}
