/** The picture on the screen: a canvas until Plotly is there, then one Plotly heatmap. */

/** @import { Range } from "./types.js" */
/** @import { Box, Drawing } from "./chart.js" */
/** @import { Plotly } from "./library.js" */

import { chartLayout, pictureBox, trace } from "./chart.js";
import { colour, GAP } from "./colours.js";
import { element } from "./dom.js";
import { Overlay } from "./overlay.js";

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
    const { width, height } = this.#size();
    const layout = chartLayout(this.#drawing, this.box, this.#size());
    const figure = {
      data: [trace(this.#drawing)],
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
    this.box = pictureBox(drawing, this.#size());
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
      const layout = chartLayout(drawing, this.box, this.#size());
      await plotly.react(this.#chart, [trace(drawing)], layout, this.#config);
      if (!first) return;
      this.#canvas.remove();
      this.#listen();
    });
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
