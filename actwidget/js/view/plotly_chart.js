/** A drawing as Plotly takes it: one heatmap trace and its layout. */

/** @import { Colouring, Layout, Range, Raster } from "../types.js" */
/** @import { Spread } from "./colour_bar.js" */
/** @import { BarPlace } from "./frame.js" */
/** @import { Underlay } from "./underlay.js" */
/** @import { Marks } from "./overlay.js" */

import { aspect, isGrid, sequenceRatio } from "../numerics/mosaic.js";
import { BAR_HEIGHT, BAR_WIDTH } from "./frame.js";
import { colourBarTicks, percent, WORTH_SAYING } from "./labels.js";
import { fileTitle, plain, titleLines } from "./file_title.js";
import { ticks } from "./ticks.js";

/** Pixels of the axes around one map, and of a title beside each; tiles have none. */
const AXES = { left: 34, top: 6, right: 0, bottom: 20 }, TITLE = 16;

/** Pixels of a digit beside an axis, and of its mark and the space around it. */
const DIGIT = 7, TICK = 13;

/** Pixels around the picture in a file: its title, and Plotly's own colour bar. */
const FILE = { left: 10, top: 20, bottom: 10 };

/** Pixels of Plotly's bar in a file, with its labels and what the colours mean. */
const FILE_BAR = 158;

/** Pixels of a file's colour bar at least. */
const LEAST_BAR = 150;

const SMALL = { size: 11 };

/** A title in a margin. */
const MARGIN_TEXT = { xref: "paper", yref: "paper", showarrow: false, font: SMALL };

/**
 * @typedef {{ text: string, line: string, back: string, font: string, promotes: string,
 *   opposes: string }} Theme colours and a font family
 * @typedef {{ width: number, height: number }} Size in pixels
 * @typedef {{ left: number, top: number } & Size} Box in pixels
 * @typedef {{ left: number, top: number, right: number, bottom: number }} Margins in pixels
 *
 * @typedef {object} Drawing what is drawn
 * @prop {Layout} layout
 * @prop {Range} full the whole picture
 * @prop {Range} range what is in sight
 * @prop {Raster} raster
 * @prop {Colouring} colouring
 * @prop {boolean} below whether values lie below the lower limit
 * @prop {boolean} above
 * @prop {Omit<Marks, "layout" | "raster" | "theme">} marks what is drawn over it
 * @prop {{ row: string, column: string } | null} titles of the axes, where they are not plain rows
 *   and columns
 * @prop {number | null} beyond the share of the shown units beyond the colours, where known
 * @prop {Spread} spread how the shown values are spread along the colours
 * @prop {Underlay | null} underlay the input, if the map lies over it
 * @prop {BarPlace} bar where the colour bar is
 * @prop {string} name for a downloaded file
 * @prop {string[]} caption what its title says
 */

/**
 * Titles in the margins, which leave no room for Plotly's own.
 *
 * @param {Drawing["titles"]} titles
 * @param {Box} box
 * @param {Size} room inside the margins
 */
function axisTitles(titles, box, room) {
  if (!titles) return [];
  const y = 1 - box.height / room.height, x = box.width / room.width / 2;
  const left = { x: 0, y: (1 + y) / 2, xanchor: "center", xshift: 8 - box.left, textangle: -90 };
  // Below the numbers.
  const below = { x, y, xanchor: "center", yanchor: "top", yshift: 1 - AXES.bottom };
  return [
    { ...MARGIN_TEXT, ...left, text: titles.row },
    { ...MARGIN_TEXT, ...below, text: titles.column },
  ];
}

/** @type {(bar: BarPlace) => Margins} what is around tiles: the colour bar */
export function marginsOfTiles(bar) {
  const right = bar === "beside" ? BAR_WIDTH : 0, bottom = bar === "below" ? BAR_HEIGHT : 0;
  return { left: 0, top: 0, right, bottom };
}

/**
 * What is around the picture: the colour bar, and where it is one map axes and their titles.
 *
 * @type {(drawing: Pick<Drawing, "layout" | "titles" | "bar">) => Margins}
 */
export function marginsAround({ layout, titles, bar }) {
  const margins = marginsOfTiles(bar);
  if (isGrid(layout)) return margins;
  const title = titles ? TITLE : 0, digits = String(layout.height - 1).length;
  return {
    left: Math.max(AXES.left, TICK + DIGIT * digits) + title,
    top: AXES.top,
    right: margins.right + AXES.right,
    bottom: margins.bottom + AXES.bottom + title,
  };
}

/** @type {(outer: Size, margins: Margins) => Size} what the margins leave */
export function inside({ width, height }, { left, top, right, bottom }) {
  return { width: Math.max(50, width - left - right), height: Math.max(50, height - top - bottom) };
}

/**
 * Find where the picture lies, as large as it can be: with square units, but for a sequence.
 *
 * @param {Drawing} drawing
 * @param {Size} outer the whole
 * @returns {Box}
 */
export function pictureBox(drawing, outer) {
  const { layout, full, titles } = drawing, margins = marginsAround(drawing);
  const room = inside(outer, margins), { width, height } = room;
  const across = full.right - full.left;
  const down = titles
    ? across * sequenceRatio(layout.height, layout.width, room)
    : (full.bottom - full.top) * aspect(layout);
  const scale = Math.min(width / across, height / down);
  return {
    left: margins.left,
    top: margins.top,
    width: Math.max(1, across * scale),
    height: Math.max(1, down * scale),
  };
}

/**
 * @param {Drawing} drawing
 * @param {Theme} theme
 */
export function trace({ raster, colouring, below, above, beyond }, theme) {
  const bar = colourBarTicks(colouring.limits, below, above);
  if (beyond !== null && beyond >= WORTH_SAYING) {
    bar.text[4] = `\u00a0<br>${bar.text[4]}<br>${percent(beyond)} beyond`;
  }
  return {
    type: "heatmap",
    ...cells(raster),
    zmin: colouring.limits[0],
    zmax: colouring.limits[1],
    colorscale: colouring.colours,
    zsmooth: false,
    // The pointer is ours: Plotly's own label never names a gap and comes late.
    hoverinfo: "skip",
    // The page has a bar of its own; Plotly's is for files.
    showscale: false,
    colorbar: {
      thickness: 14,
      outlinewidth: 0,
      len: 1,
      y: 0.5,
      ypad: 0,
      x: 1.02,
      tickvals: bar.at,
      ticktext: bar.text,
      ...tickStyle(theme),
    },
  };
}

/** @param {Theme} theme */
function tickStyle({ line }) {
  return { ticks: "outside", ticklen: 4, tickcolor: line, tickfont: SMALL };
}

/**
 * The cells as Plotly takes them.
 *
 * @param {{ z: ArrayLike<number>[] } & Pick<Raster, "left" | "top" | "dx" | "dy">} raster
 */
export function cells({ z, left, top, dx, dy }) {
  return { z, x0: left + dx / 2, dx, y0: top + dy / 2, dy };
}

/**
 * One cell as large as the picture: what Plotly draws, unseen, in the place of those that are on
 * the canvas.
 *
 * @param {Drawing} drawing
 */
export function oneCell({ raster: { left, top, dx, dy, columns, rows }, colouring }) {
  const [low, high] = colouring.limits;
  return cells({ z: [[(low + high) / 2]], left, top, dx: dx * columns, dy: dy * rows });
}

/**
 * @param {Drawing} drawing
 * @param {Box} box where the picture lies
 * @param {Size} outer the whole
 * @param {Theme} theme
 */
export function chartLayout(drawing, box, outer, theme) {
  const { layout, full, range, titles } = drawing, { width, height } = box;
  const margins = marginsAround(drawing), room = inside(outer, margins);
  const { period: [down, across] } = layout, several = isGrid(layout);
  const ratio = height / (full.bottom - full.top) / (width / (full.right - full.left));
  const none = { at: /** @type {number[]} */ ([]), text: /** @type {string[]} */ ([]) };
  const x = several ? none : ticks(range.left, range.right, width / 32, across, layout.width);
  const y = several ? none : ticks(range.top, range.bottom, height / 16, down, layout.height);
  const axis = {
    showgrid: false,
    zeroline: false,
    autorange: false,
    showticklabels: !several,
    ...tickStyle(theme),
    ...(several ? { ticks: "" } : {}),
  };
  return {
    ...outer,
    annotations: axisTitles(titles, box, room),
    autosize: false,
    margin: {
      l: margins.left,
      r: margins.right,
      t: margins.top,
      b: margins.bottom,
      autoexpand: false,
    },
    paper_bgcolor: "rgba(0,0,0,0)",
    // The canvas below brings the picture. The line of a box is dark on such a grey.
    plot_bgcolor: "rgba(128,128,128,0)",
    font: { color: theme.text, family: theme.font },
    dragmode: "zoom",
    xaxis: {
      ...axis,
      side: "bottom",
      domain: [0, Math.min(1, width / room.width)],
      range: [range.left, range.right],
      minallowed: full.left,
      maxallowed: full.right,
      tickvals: x.at,
      ticktext: x.text,
    },
    yaxis: {
      ...axis,
      domain: [Math.max(0, 1 - height / room.height), 1],
      range: [range.bottom, range.top],
      minallowed: full.top,
      maxallowed: full.bottom,
      scaleanchor: "x",
      scaleratio: ratio,
      tickvals: y.at,
      ticktext: y.text,
    },
  };
}

/**
 * A file is as large as its picture, but not lower than its bar.
 *
 * @type {(box: Box, margins: Margins) => Size}
 */
export function fileSize(box, { left, top, right, bottom }) {
  const height = Math.max(LEAST_BAR, box.height);
  return { width: left + Math.max(50, box.width) + right, height: top + height + bottom };
}

/**
 * The same for a file: with a title, and the meaning of the colours beside Plotly's own bar.
 *
 * @param {Drawing} drawing
 * @param {Box} box
 * @param {Size} outer
 * @param {Theme} theme
 */
export function fileLayout(drawing, box, outer, theme) {
  const layout = chartLayout(drawing, box, outer, theme), { margin } = layout;
  const width = outer.width + FILE.left + FILE_BAR - margin.r;
  const title = fileTitle(drawing.caption, width - 2 * FILE.left), top = FILE.top + title.height;
  const meaning = {
    // Not the colour bar's own title, which may lie over its labels.
    ...MARGIN_TEXT,
    text: titleLines(drawing.colouring.title.split(" · "), box.height, SMALL.size).map(plain)
      .join("<br>"),
    x: 1,
    y: 0.5,
    xanchor: "right",
    xshift: FILE_BAR - 6,
    textangle: 90,
  };
  return {
    ...layout,
    width,
    height: outer.height + top + FILE.bottom,
    margin: {
      l: margin.l + FILE.left,
      r: FILE_BAR,
      t: margin.t + top,
      b: margin.b + FILE.bottom,
      autoexpand: false,
    },
    annotations: [...layout.annotations, meaning],
    plot_bgcolor: theme.back,
    paper_bgcolor: theme.back,
    title: {
      text: title.text,
      font: { size: 12 },
      x: FILE.left / width,
      xanchor: "left",
      y: 1,
      yanchor: "top",
      pad: { t: 14 },
    },
  };
}
