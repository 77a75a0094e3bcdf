/** A drawing as Plotly takes it: one heatmap trace and its layout. */

/** @import { Colouring, Layout, Range, Raster } from "../types.js" */
/** @import { Marks } from "./overlay.js" */

import { GAP } from "../numerics/colormaps.js";
import { aspect } from "../numerics/mosaic.js";
import { ticks } from "./ticks.js";
import { colourBarTicks } from "./labels.js";

/** Pixels around the picture: the same for every layer, so that nothing jumps. */
const WIDE = { left: 52, right: 112, top: 30, bottom: 30 };

/** The same where there are few, as on a phone. */
const NARROW = { left: 30, right: 100, top: 30, bottom: 30 };

/** Pixels across from which there is room. */
const ROOM = 480;

const SMALL = { size: 11 };

/** A title in a margin. */
const MARGIN_TEXT = { xref: "paper", yref: "paper", showarrow: false, font: SMALL };

/**
 * @typedef {{ text: string, line: string, font: string }} Theme two colours and a font family
 * @typedef {{ width: number, height: number }} Size in pixels
 * @typedef {{ left: number, top: number } & Size} Box in pixels
 *
 * @typedef {object} Drawing what is drawn
 * @prop {Layout} layout
 * @prop {Range} full the whole picture
 * @prop {Range} range what is in sight
 * @prop {Raster} raster
 * @prop {Colouring} colouring
 * @prop {boolean} below whether values lie below the lower limit
 * @prop {boolean} above
 * @prop {Omit<Marks, "layout" | "raster">} marks what is drawn over it
 * @prop {{ row: string, column: string } | null} titles of the axes, where they are not plain rows
 *   and columns
 * @prop {string} name for a downloaded file
 */

/**
 * Text that Plotly, which reads its texts as markup and formulas, shows as it is.
 *
 * @param {string} text
 */
export function plain(text) {
  return text.replace(/[&<>$]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

/**
 * Titles in the margins, which leave no room for Plotly's own.
 *
 * @param {Drawing["titles"]} titles
 * @param {Box} box
 * @param {Size} room inside the margins
 */
function axisTitles(titles, box, room) {
  if (!titles) return [];
  const y = 1 - box.height / room.height;
  const left = { x: 0, y: (1 + y) / 2, xanchor: "center", xshift: 8 - box.left, textangle: -90 };
  // In line with the numbers, before the first.
  const below = { x: 0, y, xanchor: "right", xshift: -4, yanchor: "top", yshift: -3 };
  return [
    { ...MARGIN_TEXT, ...left, text: titles.row },
    { ...MARGIN_TEXT, ...below, text: titles.column },
  ];
}

/**
 * Find where the picture lies, with square units and as large as it can be.
 *
 * @param {Drawing} drawing
 * @param {Size} outer the whole
 * @returns {Box}
 */
export function pictureBox({ layout, full }, outer) {
  const margin = marginOf(outer);
  const width = Math.max(50, outer.width - margin.left - margin.right);
  const height = Math.max(50, outer.height - margin.top - margin.bottom);
  const across = full.right - full.left, down = (full.bottom - full.top) * aspect(layout);
  const scale = Math.min(width / across, height / down);
  return {
    left: margin.left,
    top: margin.top,
    width: Math.max(1, across * scale),
    height: Math.max(1, down * scale),
  };
}

/** @param {{ width: number }} outer the whole */
function marginOf({ width }) {
  return width < ROOM ? NARROW : WIDE;
}

/**
 * @param {Drawing} drawing
 * @param {Theme} theme
 */
export function trace({ raster, colouring, below, above }, theme) {
  const bar = colourBarTicks(colouring.limits, below, above);
  return {
    type: "heatmap",
    ...cells(raster),
    zmin: colouring.limits[0],
    zmax: colouring.limits[1],
    colorscale: colouring.colours,
    zsmooth: false,
    // The pointer is ours: Plotly's own label never names a gap and comes late.
    hoverinfo: "skip",
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
 * the canvas. (Of cells that are all gaps it would draw no colour bar.)
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
export function chartLayout({ layout, full, range, colouring, titles }, box, outer, theme) {
  const { left, top, width, height } = box;
  const margin = marginOf(outer);
  const room = {
    width: outer.width - margin.left - margin.right,
    height: outer.height - margin.top - margin.bottom,
  };
  const { order, columns, rows, period: [down, across] } = layout, several = order.length > 1;
  const columnNames = several ? Array.from({ length: columns }, (_, c) => `+${c}`) : null;
  const firsts = several
    ? Array.from({ length: rows }, (_, r) => String(order[r * columns]))
    : null;
  const mostAcross = width / (columns > 99 ? 40 : 32), mostDown = height / 16;
  const x = ticks(range.left, range.right, mostAcross, across, layout.width, columnNames);
  const y = ticks(range.top, range.bottom, mostDown, down, layout.height, firsts);
  const axis = {
    showgrid: false,
    zeroline: false,
    autorange: false,
    ...tickStyle(theme),
  };
  return {
    ...outer,
    annotations: [{
      // Not the colour bar's own title, which may lie over its labels.
      ...MARGIN_TEXT,
      text: plain(colouring.title),
      x: 1,
      y: 0.5,
      xanchor: "right",
      xshift: margin.right - 4,
      textangle: 90,
    }, ...axisTitles(titles, box, room)],
    autosize: false,
    margin: { l: left, r: margin.right, t: top, b: margin.bottom, autoexpand: false },
    paper_bgcolor: "rgba(0,0,0,0)",
    // The canvas below brings the picture and its gaps. The line of a box is dark on such a grey.
    plot_bgcolor: `${GAP}00`,
    font: { color: theme.text, family: theme.font },
    modebar: { bgcolor: "rgba(0,0,0,0)", color: theme.line, activecolor: theme.text },
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
      scaleratio: aspect(layout),
      tickvals: y.at,
      ticktext: y.text,
    },
  };
}
