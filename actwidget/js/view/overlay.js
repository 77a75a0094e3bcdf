/** What is drawn over the heatmap: gaps, hatches, numbers, bars and an outline. */

/** @import { Layout, Overview, Range, Raster } from "../types.js" */
/** @import { Box, Size, Theme } from "./plotly_chart.js" */

import { NOT_FINITE } from "../numerics/colormaps.js";
import { drawCaptions } from "./captions.js";
import { drawChange } from "./change_bars.js";
import { element } from "./dom.js";
import { isGrid, mapRange, tilesIn } from "../numerics/mosaic.js";
import { channelState, largest } from "../numerics/channel_table.js";
import { crossed, dots, hatching, patternOf } from "./patterns.js";

/** Pixels that a tile needs for its number, and from which that is as large as other notes. */
const NUMBERED = 26, LARGE = 32;

/** Pixels between a tile and its caption. */
const CAPTIONED_GUTTER = 4;

/** Pixels of a tile from which its number has a plate of its own. */
const PLATE = 40;

/**
 * @typedef {object} Marks
 * @prop {Layout} layout
 * @prop {Overview} overview
 * @prop {Raster} raster
 * @prop {boolean} [asImage] whether it is an image, which may be one grey: nothing is hatched
 * @prop {boolean} strength whether each tile has a bar of its strength: where a colour does not
 *   mean the same in every channel
 * @prop {(number | null)[] | null} [effects] how much each channel adds to the target: a bar below
 *   its tile, in place of its strength; in a single unit's cell; of a sequence below its column
 * @prop {(number | null)[] | null} [changes] how much each channel differs between two recordings: a
 *   bar below its tile, where there are no effects
 * @prop {boolean} [isSequence] whether the columns of a single map are channels
 * @prop {Set<number> | null} [deadOnAll] the channels that are dead on a whole data set, if that is
 *   known: they are hatched both ways
 * @prop {number} opened the channel that was opened last, or -1
 * @prop {number} column of a sequence, the channel that is framed, or -1
 * @prop {Pick<Theme, "text" | "back" | "line" | "font" | "promotes" | "opposes">} theme
 */

export class Overlay {
  canvas = element("canvas", "actwidget-overlay");

  /**
   * @param {Marks} marks
   * @param {Box} box where the picture lies, in pixels
   * @param {Range} range what is in sight
   * @param {Size} size of the whole, in pixels
   */
  draw(marks, box, range, size) {
    const ratio = globalThis.devicePixelRatio || 1;
    this.canvas.width = Math.round(size.width * ratio);
    this.canvas.height = Math.round(size.height * ratio);
    const context = this.canvas.getContext("2d");
    if (!context) return;
    context.scale(ratio, ratio);
    context.beginPath();
    context.rect(box.left, box.top, box.width, box.height);
    context.clip();
    drawMarks(context, marks, box, range);
  }
}

/** @type {(context: CanvasRenderingContext2D, marks: Marks, box: Box, range: Range) => void} */
function drawMarks(context, marks, box, range) {
  const { layout, overview, raster, asImage, strength, opened, column, theme } = marks;
  const effects = isGrid(layout) || marks.isSequence ? marks.effects : null;
  const x = box.width / (range.right - range.left), y = box.height / (range.bottom - range.top);
  /** @param {Range} area */
  const pixels = (area) => {
    const left = Math.round(box.left + (area.left - range.left) * x);
    const top = Math.round(box.top + (area.top - range.top) * y);
    const right = Math.round(box.left + (area.right - range.left) * x);
    const bottom = Math.round(box.top + (area.bottom - range.top) * y);
    return { left, top, width: Math.max(1, right - left), height: Math.max(1, bottom - top) };
  };

  context.fillStyle = (raster.bad.length && patternOf(dots, 6)) || NOT_FINITE;
  for (const [row, column, columns] of raster.bad) {
    const cell = pixels({
      left: raster.left + column * raster.dx,
      right: raster.left + (column + columns) * raster.dx,
      top: raster.top + row * raster.dy,
      bottom: raster.top + (row + 1) * raster.dy,
    });
    context.fillRect(cell.left, cell.top, cell.width, cell.height);
  }

  const tiles = tilesIn(layout, range);
  const single = !isGrid(layout), units = layout.height * layout.width === 1;
  const isHatched = !asImage && !(units && !single);
  const changes = effects || single || units ? null : marks.changes;
  const changed = Math.max(0, ...(changes ?? []).map((each) => each ?? 0));
  const sizes = strength && !effects && !changes && !single
    ? layout.order.map((each) => largest(overview, each))
    : [];
  // Of the layer: bars can be compared from page to page.
  let strongest = 0;
  for (let group = 0; sizes.length && group < overview.groups; group++) {
    strongest = Math.max(strongest, largest(overview, group));
  }
  const most = effects ? Math.max(...effects.map((each) => Math.abs(each ?? 0))) : 0;
  for (const position of tiles) {
    const channel = layout.order[position];
    const map = pixels(mapRange(layout, position));
    if (effects && most > 0 && !single) {
      const share = (effects[channel] ?? 0) / most;
      if (units) drawEffectWithin(context, map, share, theme);
      else drawEffect(context, map, share, theme);
    }
    if (changes && changed > 0) {
      drawChange(context, map, (changes[channel] ?? 0) / changed, theme);
    }
    const state = isHatched && channelState(overview, channel);
    const isDead = state === "dead" && marks.deadOnAll?.has(channel);
    const hatch = state && patternOf(isDead ? crossed : hatching, 10);
    if (hatch) {
      context.fillStyle = hatch;
      context.fillRect(map.left, map.top, map.width, map.height);
    }
    if (strongest > 0) {
      // In the gutter, and where that is thin, a little into the tile's last row.
      const gutter = layout.captions
        ? CAPTIONED_GUTTER
        : (1 - layout.height / layout.period[0]) * y;
      const height = Math.max(2, Math.min(4, gutter - 1));
      const top = map.top + map.height + Math.max(0, (gutter - height) / 2) - (gutter < 2 ? 1 : 0);
      const length = map.width * sizes[position] / strongest;
      context.fillStyle = theme.text;
      context.fillRect(map.left, top, length, height);
    }
    if (!single && channel === opened) outline(context, map, 1);
  }
  if (effects && most > 0 && single) {
    const shares = effects.map((each) => (each ?? 0) / most);
    drawColumnEffects(context, pixels(mapRange(layout, 0)), box, shares, theme);
  }
  if (column >= 0) {
    // Around the column and not in it, which may be a few pixels wide.
    const map = mapRange(layout, 0), across = (map.right - map.left) / layout.width;
    const left = map.left + column * across;
    outline(context, pixels({ ...map, left, right: left + across }), -1);
  }
  if (layout.captions) drawCaptions(context, marks, tiles, pixels, box);
  else if (!single && !units) number(context, layout, tiles, pixels, theme);
}

/** Pixels from a tile to the bar below it, and of that bar. */
const EFFECT_ABOVE = 2, EFFECT_HEIGHT = 4;

/**
 * How much a channel adds to the target: to the right what speaks for it, to the left what speaks
 * against it.
 *
 * @type {(context: CanvasRenderingContext2D, map: Box, share: number, theme: Marks["theme"]) => void}
 */
function drawEffect(context, { left, top, width, height }, share, theme) {
  const y = top + height + EFFECT_ABOVE, middle = left + Math.round(width / 2);
  context.fillStyle = theme.line;
  context.globalAlpha = 0.35;
  context.fillRect(left, y + EFFECT_HEIGHT / 2, width, 1);
  context.globalAlpha = 1;
  const length = Math.round(Math.abs(share) * width / 2);
  context.fillStyle = share < 0 ? theme.opposes : theme.promotes;
  if (length) context.fillRect(share < 0 ? middle - length : middle, y, length, EFFECT_HEIGHT);
  context.fillStyle = theme.text;
  context.fillRect(middle, y - 1, 1, EFFECT_HEIGHT + 2);
}

/** Pixels of a single unit, down and across, from which there is room for a bar in its cell. */
const UNIT_WITH_EFFECT = 16;

/**
 * The same within the cell of a single unit, which has no room below it.
 *
 * @type {(context: CanvasRenderingContext2D, cell: Box, share: number, theme: Marks["theme"]) =>
 *   void}
 */
function drawEffectWithin(context, cell, share, theme) {
  const { left, top, width, height } = cell;
  if (Math.min(width, height) < UNIT_WITH_EFFECT) return;
  const taken = EFFECT_ABOVE + EFFECT_HEIGHT + 1;
  fillPlate(context, { left, top: top + height - taken, width, height: taken }, theme);
  drawEffect(context, { ...cell, height: height - taken }, share, theme);
}

/** The strip of bars on a sequence: pixels at most, and at least; its share of what is in sight. */
const STRIP = 24, LEAST_STRIP = 7, STRIP_SHARE = 0.2;

/**
 * How much each column of a sequence adds to the target: upwards what speaks for it, downwards what
 * speaks against it, over the lowest time steps in sight.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Box} map
 * @param {Box} box where the picture lies
 * @param {number[]} shares of each column, of the largest of all
 * @param {Marks["theme"]} theme
 */
function drawColumnEffects(context, map, box, shares, theme) {
  const bottom = Math.min(map.top + map.height, box.top + box.height);
  const seen = bottom - Math.max(map.top, box.top);
  const height = Math.min(STRIP, Math.floor(seen * STRIP_SHARE));
  if (height < LEAST_STRIP) return;
  const top = bottom - height, middle = top + Math.floor(height / 2);
  fillPlate(context, { left: map.left, top, width: map.width, height }, theme);
  const across = map.width / shares.length, gap = across >= 4 ? 1 : 0;
  shares.forEach((share, column) => {
    const left = Math.round(map.left + column * across);
    const width = Math.max(1, Math.round(map.left + (column + 1) * across) - left - gap);
    const length = Math.round(Math.abs(share) * (height / 2 - 1));
    context.fillStyle = share < 0 ? theme.opposes : theme.promotes;
    if (length) context.fillRect(left, share < 0 ? middle + 1 : middle - length, width, length);
  });
  context.fillStyle = theme.text;
  context.fillRect(map.left, middle, map.width, 1);
}

/** @type {(context: CanvasRenderingContext2D, area: Box, theme: Marks["theme"]) => void} */
function fillPlate(context, { left, top, width, height }, theme) {
  context.globalAlpha = 0.85;
  context.fillStyle = theme.back;
  context.fillRect(left, top, width, height);
  context.globalAlpha = 1;
}

/**
 * A dashed line that is seen on every colour.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Box} area
 * @param {number} inset pixels from the area's edge inwards
 */
function outline(context, { left, top, width, height }, inset) {
  context.lineWidth = 2;
  for (const [colour, dash] of /** @type {const} */ ([["#000000", []], ["#ffffff", [4, 4]]])) {
    context.setLineDash([...dash]);
    context.strokeStyle = colour;
    context.strokeRect(left + inset, top + inset, width - 2 * inset, height - 2 * inset);
  }
  context.setLineDash([]);
}

/**
 * The number of each tile that is large enough, in its corner.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Layout} layout
 * @param {number[]} tiles
 * @param {(area: Range) => Box} pixels
 * @param {Marks["theme"]} theme
 */
function number(context, layout, tiles, pixels, theme) {
  context.textBaseline = "top";
  context.lineJoin = "round";
  context.lineWidth = 3;
  for (const position of tiles) {
    const { left, top, width, height } = pixels(mapRange(layout, position));
    const size = Math.min(width, height), text = String(layout.order[position]);
    if (size < NUMBERED) continue;
    const large = size >= LARGE;
    context.font = `${large ? 11 : 9}px system-ui, sans-serif`;
    if (size >= PLATE) {
      context.globalAlpha = 0.85;
      context.fillStyle = theme.back;
      context.fillRect(left, top, context.measureText(text).width + 6, 15);
      context.globalAlpha = 1;
      context.fillStyle = theme.text;
      context.fillText(text, left + 3, top + 2);
      continue;
    }
    const x = left + 2, y = top + (large ? 2 : 1);
    context.strokeStyle = "rgb(255 255 255 / 80%)";
    context.strokeText(text, x, y);
    context.fillStyle = "#000000";
    context.fillText(text, x, y);
  }
}
