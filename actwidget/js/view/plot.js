/** The picture on the screen: our cells and colour bar at once, and Plotly's axes around them. */

/** @import { Range } from "../types.js" */
/** @import { BarPlace } from "./frame.js" */
/** @import { Box, Drawing, Margins, Size } from "./plotly_chart.js" */
/** @import { Plotly } from "./plotly_js.js" */

import { proportional } from "../numerics/zoom.js";
import { CellCanvas } from "./cell_canvas.js";
import { ColourBar } from "./colour_bar.js";
import { element } from "./dom.js";
import { afterFrame } from "./frames.js";
import { Overlay } from "./overlay.js";
import {
  cells,
  chartLayout,
  fileLayout,
  fileSize,
  inside,
  marginsAround,
  marginsOfTiles,
  oneCell,
  pictureBox,
  trace,
} from "./plotly_chart.js";
import { themeOf } from "./theme.js";

/** Milliseconds from one drawing of the axes to the next while pictures follow each other. */
const BREATH = 100;

/** @param {string} name */
export function fileName(name) {
  return name.replace(/[^\p{L}\p{N}._-]+/gu, "_");
}

export class Plot {
  el;
  #cells = new CellCanvas();
  #chart = element("div", "actwidget-chart");
  #overlay = new Overlay();
  bar;
  /** @type {Plotly | null} */
  #plotly = null;
  /** @type {Drawing | null} */
  #drawing = null;
  /** @type {Box} */
  box = { left: 0, top: 0, width: 0, height: 0 };
  #onRange;
  #config = {};
  /** What the axes were drawn for last, of which picture, and when. */
  #framed = "";
  /** @type {Drawing | null} */
  #framedDrawing = null;
  #framedAt = -BREATH;
  #framing = false;
  #listening = false;
  /** Whether a button is down on the axes: Plotly draws a box, or pans. */
  #dragging = false;
  #size = { width: 0, height: 0 };

  /**
   * @param {(range: Range | null, moving?: boolean) => void} onRange somebody zoomed or panned, or is
   *   moving still; null: reset
   * @param {boolean} canSet whether the limits of the colours can be set at their bar
   */
  constructor(onRange, canSet) {
    this.#onRange = onRange;
    this.bar = new ColourBar(canSet);
    this.el = element("div", "actwidget-plot", {}, [
      this.#cells.canvas,
      this.#chart,
      this.#overlay.canvas,
      this.bar.el,
    ]);
    this.#chart.addEventListener("mousedown", () => this.#followDrag(), true);
  }

  /**
   * Leave the axes alone while somebody drags in them: Plotly throws at the end of a drag that
   * began on others.
   */
  #followDrag() {
    this.#dragging = true;
    // After Plotly's own listener, which is the document's.
    globalThis.addEventListener("mouseup", () => {
      this.#dragging = false;
      if (this.#drawing !== this.#framedDrawing) this.#frameSoon();
    }, { once: true });
  }

  /** @param {Plotly} plotly */
  use(plotly) {
    this.#plotly = plotly;
    this.#config = {
      displaylogo: false,
      displayModeBar: false,
      // Wheel and fingers are ours: the page keeps its scrolling.
      scrollZoom: false,
      doubleClick: false,
      showTips: false,
    };
    if (this.#drawing) this.draw(this.#drawing);
  }

  download() {
    if (!this.#plotly || !this.#drawing) return;
    const theme = themeOf(this.el), drawing = this.#drawing, filename = fileName(drawing.name);
    const margins = marginsAround(drawing), outer = fileSize(this.box, margins);
    const layout = fileLayout(drawing, this.box, outer, theme);
    const shown = { ...trace(drawing, theme), showscale: true };
    const images = [this.#overlayImage(margins, inside(outer, margins))];
    if (drawing.underlay || drawing.raster.planes) {
      // Colours that no heatmap has, or two pictures in one: as they are on the screen.
      images.unshift(this.#pictureImage(inside(outer, margins)));
      Object.assign(shown, { opacity: 0 });
    }
    this.save({ data: [shown], layout: { ...layout, images } }, filename);
  }

  /** @type {(figure: { data: any[], layout: any }, filename: string) => void} */
  save(figure, filename) {
    const { width, height } = figure.layout;
    const options = { format: "png", scale: 2, width, height, filename };
    this.#plotly?.downloadImage(/** @type {any} */ (figure), options);
  }

  /** @param {Size} inner */
  #pictureImage(inner) {
    const { width, height } = this.box;
    return {
      source: this.#cells.file(this.box),
      xref: "paper",
      yref: "paper",
      x: 0,
      y: 1,
      sizex: width / inner.width,
      sizey: height / inner.height,
      sizing: "stretch",
      layer: "above",
    };
  }

  /**
   * What lies over the picture as a part of it, for the file.
   *
   * @param {Margins} margins around the picture on the screen
   * @param {Size} inner the room inside them in the file
   */
  #overlayImage(margins, inner) {
    const { width, height } = this.#size;
    return {
      source: this.#overlay.canvas.toDataURL(),
      xref: "paper",
      yref: "paper",
      x: -margins.left / inner.width,
      y: 1 + margins.top / inner.height,
      sizex: width / inner.width,
      sizey: height / inner.height,
      sizing: "stretch",
      layer: "above",
    };
  }

  /** @param {Drawing} drawing */
  draw(drawing) {
    this.#drawing = drawing;
    if (!this.#size.width) this.measure();
    this.box = pictureBox(drawing, this.#size);
    const isElsewhere = drawing.bar === "elsewhere";
    this.bar.el.hidden = isElsewhere;
    if (!isElsewhere) this.#showBar(drawing);
    this.#cells.paint(drawing.raster, drawing.colouring);
    this.#place(drawing.range);
    this.#frameSoon();
  }

  /** @param {Drawing} drawing */
  #showBar(drawing) {
    this.bar.place(this.box, marginsAround(drawing), this.#size);
    this.bar.show(drawing.colouring, drawing, drawing.beyond, drawing.spread);
  }

  /**
   * Draw the next picture of the same layer, layout and colours: its cells alone.
   *
   * @type {(raster: Drawing["raster"], underlay: Drawing["underlay"]) => void}
   */
  drawCells(raster, underlay) {
    const drawing = this.#drawing;
    if (!drawing) return;
    // The same drawing: what is around it needs no change.
    Object.assign(drawing, { raster, underlay });
    this.#cells.paint(raster, drawing.colouring);
    if (raster.bad.length) this.#place(drawing.range);
    else this.#cells.place(this.box, drawing.range, underlay);
  }

  /** @param {Range} range */
  #place(range) {
    if (!this.#drawing) return;
    const { marks, layout, raster, underlay } = this.#drawing;
    this.#cells.place(this.box, range, underlay);
    const theme = themeOf(this.el);
    this.#overlay.draw({ ...marks, layout, raster, theme }, this.box, range, this.#size);
  }

  /** @type {(range: Range) => void} move along with another picture of the same layout */
  follow(range) {
    if (this.#drawing) this.#place(range);
  }

  /** Find out how large it is, after a change of that. */
  measure() {
    // The stage's: what is hidden has no size.
    const { clientWidth: width, clientHeight: height } = this.el.parentElement ?? this.el;
    this.#size = { width, height };
  }

  /** How large it is, in pixels. */
  get size() {
    return this.#size;
  }

  /**
   * The room that tiles have.
   *
   * @param {BarPlace} bar where the colour bar is
   */
  room(bar) {
    if (!this.#size.width) this.measure();
    return inside(this.#size, marginsOfTiles(bar));
  }

  /**
   * Draw what is around the picture once that is on the screen, a frame after its own: Plotly takes
   * longer for it than we for the picture, and of many that follow each other it need not follow
   * each.
   */
  #frameSoon() {
    if (!this.#plotly || this.#framing || this.#dragging) return;
    this.#framing = true;
    this.el.setAttribute("aria-busy", "true");
    const rest = this.#framedAt + BREATH - performance.now();
    const start = () => afterFrame(() => afterFrame(() => this.#frame()));
    if (rest > 0) setTimeout(start, rest);
    else start();
  }

  async #frame() {
    const plotly = this.#plotly, drawing = this.#dragging ? null : this.#drawing;
    if (plotly && drawing) {
      const theme = themeOf(this.el);
      const layout = chartLayout(drawing, this.box, this.#size, theme);
      const empty = { ...trace(drawing, theme), ...oneCell(drawing) };
      const framed = JSON.stringify([empty, layout]);
      if (framed !== this.#framed) {
        await plotly.react(this.#chart, [empty], layout, this.#config);
        if (this.#plotly !== plotly) return;
        this.#framed = framed;
      }
      this.#framedDrawing = drawing;
      // What the chart says that it shows, and shows whenever Plotly draws it from its data.
      const [held] = /** @type {any} */ (this.#chart).data;
      Object.assign(held, cells(drawing.raster));
      this.#listen();
    }
    this.#framedAt = performance.now();
    this.#framing = false;
    if (this.#drawing && this.#drawing !== this.#framedDrawing && !this.#dragging) {
      this.#frameSoon();
    } else this.el.setAttribute("aria-busy", "false");
  }

  /** Whether the axes are those of what is shown. */
  #isFramed() {
    const [shown, framed] = [this.#drawing, this.#framedDrawing].map((drawing) =>
      drawing && JSON.stringify([drawing.layout, drawing.full])
    );
    return shown === framed;
  }

  #listen() {
    if (this.#listening) return;
    this.#listening = true;
    const chart = /** @type {any} */ (this.#chart);
    // While somebody pans, the picture and what lies over it move along; while a
    // box is drawn, which is told of in the same way, they stay.
    chart.on("plotly_relayouting", (/** @type {any} */ changes) => {
      if (this.#chart.querySelector(".zoombox") || !this.#isFramed()) return;
      const ends = ["xaxis", "yaxis"].map((axis) =>
        [0, 1].map((end) => changes[`${axis}.range[${end}]`] ?? chart.layout[axis].range[end])
      );
      const [[left, right], [bottom, top]] = ends;
      this.#place({ left, right, top, bottom });
      this.#onRange({ left, right, top, bottom }, true);
    });
    chart.on("plotly_relayout", (/** @type {any} */ changes) => {
      const keys = Object.keys(changes);
      if (!keys.some((key) => key.includes("axis.range"))) return;
      const { xaxis, yaxis } = chart.layout;
      const [left, right] = xaxis.range, [bottom, top] = yaxis.range;
      this.#framed = "";
      // A box near the edge may have other proportions, which Plotly corrects later.
      const full = this.#drawing?.full;
      // Of axes that are gone, it says nothing.
      if (full && this.#isFramed()) this.#onRange(proportional({ left, right, top, bottom }, full));
    });
    chart.on("plotly_doubleclick", () => this.#onRange(null));
  }

  close() {
    this.#drawing = null;
    this.#plotly?.purge(this.#chart);
    this.#plotly = null;
  }
}
