/** The picture on the screen: a canvas until Plotly is there, then one Plotly heatmap. */

/** @import { Colouring, Layout, Range, Raster } from "./types.js" */
/** @import { Plotly } from "./library.js" */
/** @import { Marks } from "./overlay.js" */

import { colour, GAP } from "./colours.js";
import { element } from "./dom.js";
import { aspect, ticks } from "./geometry.js";
import { Overlay } from "./overlay.js";
import { colourBarTicks } from "./words.js";

/** Pixels around the picture: the same for every layer, so that nothing jumps. */
const MARGIN = { left: 52, right: 112, top: 30, bottom: 30 };

/**
 * What is drawn.
 *
 * @typedef {object} Drawing
 * @prop {Layout} layout
 * @prop {Range} full the whole picture
 * @prop {Range} range what is in sight
 * @prop {Raster} raster
 * @prop {Colouring} colouring
 * @prop {boolean} below whether values lie below the lower limit
 * @prop {boolean} above
 * @prop {Omit<Marks, "layout" | "raster">} marks what is drawn over it
 * @prop {string} name for a downloaded file
 * @prop {{ text: string, line: string, font: string }} theme
 */

/** @typedef {{ left: number, top: number, width: number, height: number }} Box in pixels */

export class Plot {
  /** @type {HTMLElement} */
  el;
  /** @type {HTMLCanvasElement} */
  #canvas = element("canvas", "actwidget-canvas");
  /** @type {HTMLElement} */
  #chart = element("div", "actwidget-chart");
  #overlay = new Overlay();
  /** @type {Plotly | null} */
  #plotly = null;
  /** @type {Drawing | null} */
  #drawing = null;
  /** @type {Box} */
  box = { left: 0, top: 0, width: 0, height: 0 };
  /** @type {(range: Range | null) => void} */
  #onRange;
  #config;
  #queue = Promise.resolve();

  /**
   * @param {(range: Range | null) => void} onRange somebody zoomed or panned; null: reset
   */
  constructor(onRange) {
    this.#onRange = onRange;
    this.el = element("div", "actwidget-plot", {}, [
      this.#chart,
      this.#canvas,
      this.#overlay.canvas,
    ]);
    this.#config = { displaylogo: false };
  }

  /** @param {Plotly} plotly */
  use(plotly) {
    this.#plotly = plotly;
    this.#config = /** @type {any} */ ({
      displaylogo: false,
      displayModeBar: true,
      scrollZoom: true,
      doubleClick: false,
      showTips: false,
      modeBarButtons: [[
        {
          name: "reset",
          title: "Reset the view (double-click)",
          icon: plotly.Icons.home,
          click: () => this.#onRange(null),
        },
        {
          name: "png",
          title: "Download as PNG",
          icon: plotly.Icons.camera,
          click: () => this.download(),
        },
      ]],
    });
    if (this.#drawing) this.draw(this.#drawing);
  }

  download() {
    if (!this.#plotly || !this.#drawing) return;
    const filename = this.#drawing.name.replace(/[^\p{L}\p{N}._-]+/gu, "_");
    const { clientWidth: width, clientHeight: height } = this.#chart;
    const layout = this.#layout(this.#drawing);
    const figure = {
      data: [this.#trace(this.#drawing)],
      layout: {
        ...layout,
        paper_bgcolor: getComputedStyle(this.el).getPropertyValue("--actwidget-back"),
        title: { text: filename, font: { size: 12 }, x: 0.5, y: 0.99 },
        images: [this.#overlayImage(layout)],
      },
    };
    const options = { format: "png", scale: 2, width, height, filename };
    this.#plotly.downloadImage(/** @type {any} */ (figure), options);
  }

  /**
   * What lies over the picture as a part of it, for the file.
   *
   * @param {{ width: number, height: number, margin: { l: number, r: number, t: number, b: number } }} layout
   */
  #overlayImage({ width, height, margin: { l, r, t, b } }) {
    const inner = { width: width - l - r, height: height - t - b };
    return {
      source: this.#overlay.canvas.toDataURL(),
      xref: "paper",
      yref: "paper",
      x: -l / inner.width,
      y: 1 + t / inner.height,
      sizex: width / inner.width,
      sizey: height / inner.height,
      sizing: "stretch",
      layer: "above",
    };
  }

  /** @param {Drawing} drawing */
  draw(drawing) {
    this.#drawing = drawing;
    this.#measure(drawing);
    if (this.#plotly) this.#drawChart(this.#plotly, drawing);
    else this.#drawCanvas(drawing);
    const { layout, raster, range, marks } = drawing;
    this.#overlay.draw({ ...marks, layout, raster }, this.box, range, this.#size());
  }

  #size() {
    return { width: this.el.clientWidth, height: this.el.clientHeight };
  }

  /** Nothing to show. */
  clear() {
    this.#drawing = null;
  }

  /** After a change of size. */
  resize() {
    if (this.#drawing) this.draw(this.#drawing);
  }

  /**
   * Find where the picture lies, with square units and as large as it can be.
   *
   * @param {Drawing} drawing
   */
  #measure({ layout, full }) {
    const width = Math.max(50, this.el.clientWidth - MARGIN.left - MARGIN.right);
    const height = Math.max(50, this.el.clientHeight - MARGIN.top - MARGIN.bottom);
    const across = full.right - full.left, down = (full.bottom - full.top) * aspect(layout);
    const scale = Math.min(width / across, height / down);
    this.box = {
      left: MARGIN.left,
      top: MARGIN.top,
      width: Math.max(1, across * scale),
      height: Math.max(1, down * scale),
    };
  }

  /** @param {Drawing} drawing */
  #drawCanvas({ raster, colouring, range }) {
    const canvas = this.#canvas;
    canvas.width = raster.columns;
    canvas.height = raster.rows;
    canvas.getContext("2d")?.putImageData(colour(raster, colouring), 0, 0);
    const { left, top, width, height } = this.box;
    const x = width / (range.right - range.left), y = height / (range.bottom - range.top);
    Object.assign(canvas.style, {
      background: GAP,
      left: `${left + (raster.left - range.left) * x}px`,
      top: `${top + (raster.top - range.top) * y}px`,
      width: `${raster.columns * raster.dx * x}px`,
      height: `${raster.rows * raster.dy * y}px`,
    });
  }

  /**
   * @param {Plotly} plotly
   * @param {Drawing} drawing
   */
  #drawChart(plotly, drawing) {
    const first = this.#canvas.isConnected;
    this.#queue = this.#queue.then(async () => {
      // One at a time, and only the last: Plotly draws in steps of its own.
      if (drawing !== this.#drawing) return;
      await plotly.react(this.#chart, [this.#trace(drawing)], this.#layout(drawing), this.#config);
      if (!first) return;
      this.#canvas.remove();
      this.#listen();
    });
  }

  /** @param {Drawing} drawing */
  #trace({ raster, colouring, below, above, theme }) {
    const bar = colourBarTicks(colouring.limits, below, above);
    return {
      type: "heatmap",
      z: raster.z,
      x0: raster.left + raster.dx / 2,
      dx: raster.dx,
      y0: raster.top + raster.dy / 2,
      dy: raster.dy,
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
        x: 1.02,
        tickvals: bar.at,
        ticktext: bar.text,
        tickfont: { size: 11 },
        ticks: "outside",
        tickcolor: theme.line,
        ticklen: 4,
      },
    };
  }

  /** @param {Drawing} drawing */
  #layout({ layout, full, range, theme, colouring }) {
    const { left, top, width, height } = this.box;
    const outer = this.#size();
    const room = {
      width: outer.width - MARGIN.left - MARGIN.right,
      height: outer.height - MARGIN.top - MARGIN.bottom,
    };
    const wide = layout.columns > 99 ? 40 : 32;
    const x = ticks(
      range.left,
      range.right,
      width,
      wide,
      layout.columns,
      (c) => `+${c}`,
      layout.period[1],
      layout.width,
    );
    const y = ticks(
      range.top,
      range.bottom,
      height,
      16,
      layout.rows,
      (r) => String(layout.order[r * layout.columns]),
      layout.period[0],
      layout.height,
    );
    const axis = {
      showgrid: false,
      zeroline: false,
      ticks: "outside",
      ticklen: 4,
      tickcolor: theme.line,
      tickfont: { size: 11 },
      autorange: false,
    };
    return {
      ...outer,
      annotations: [{
        // Not the colour bar's own title, which may lie over its labels.
        text: colouring.title,
        xref: "paper",
        yref: "paper",
        x: 1,
        y: 0.5,
        xanchor: "right",
        xshift: MARGIN.right - 4,
        textangle: 90,
        showarrow: false,
        font: { size: 11 },
      }],
      autosize: false,
      margin: { l: left, r: MARGIN.right, t: top, b: MARGIN.bottom, autoexpand: false },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: GAP,
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

  #listen() {
    const chart = /** @type {any} */ (this.#chart);
    // While somebody drags or turns the wheel, what lies over the picture moves along.
    chart.on("plotly_relayouting", (/** @type {any} */ changes) => {
      const ends = ["xaxis", "yaxis"].map((axis) =>
        [0, 1].map((end) => changes[`${axis}.range[${end}]`] ?? chart.layout[axis].range[end])
      );
      const [[left, right], [bottom, top]] = ends;
      this.#overlay.move(this.box, { left, right, top, bottom }, this.#size());
    });
    chart.on("plotly_relayout", (/** @type {any} */ changes) => {
      const keys = Object.keys(changes);
      if (!keys.some((key) => key.includes("axis.range"))) return;
      const { xaxis, yaxis } = chart.layout;
      const [left, right] = xaxis.range, [bottom, top] = yaxis.range;
      this.#onRange({ left, right, top, bottom });
    });
    chart.on("plotly_doubleclick", () => this.#onRange(null));
  }

  close() {
    this.#drawing = null;
    this.#plotly?.purge(this.#chart);
  }
}
