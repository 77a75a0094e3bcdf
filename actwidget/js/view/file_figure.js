/** The downloaded picture: its title, and a last softmax as bars; as in actwidget/export. */

/** @import { Attribution, Model, Overview } from "../types.js" */
/** @import { ClassBar } from "./class_bars.js" */
/** @import { Theme } from "./plotly_chart.js" */
/** @import { Scene } from "./scene.js" */

import { channelWord, format } from "./labels.js";
import { fileTitle, fit, plain, TEXT, TITLE, WIDE } from "./file_title.js";

/** Pixels around all, of a bar with its space, and across. */
const EDGE = 12, ROW = 20, WIDTH = 640;

/** The share of the width that names take at most. */
const NAMES = 0.4;

/**
 * What a title says: model, layer, slice, channel, image and normalization.
 *
 * @type {(model: Model, scene: Scene) => string[]}
 */
export function titleParts(model, { layer, overview, channel, asBars, why }) {
  const parts = [model.get("model_name"), layer.path, quantityOf(model, overview, why)];
  if (layer.depth > 1) parts.push(`slice ${overview.slice}`);
  if (channel >= 0) parts.push(`${channelWord(layer)} ${channel}`);
  parts.push(`image ${overview.image}`, asBars ? "raw" : model.get("normalization"));
  return parts.filter(Boolean);
}

/**
 * What is shown in place of the layer's values; empty: they are.
 *
 * @type {(model: Model, overview: Overview, why: Attribution | null) => string}
 */
function quantityOf(model, { variant }, why) {
  if (!variant) return "";
  const ablated = model.get("ablated");
  return ablated
    ? `without ${ablated[0]} ${ablated[1]}`
    : `${model.get("show")} of the ${why?.name}`;
}

/**
 * @type {(bars: ClassBar[], rest: string, parts: string[], theme: Theme) => { data: any[],
 *   layout: any }}
 */
export function barsFile(bars, rest, parts, theme) {
  const title = fileTitle(parts, WIDTH - 2 * EDGE), top = EDGE + title.height + 10;
  const most = Math.floor(NAMES * WIDTH / (TEXT * WIDE));
  const names = bars.map(({ name }) => fit(name, most));
  const texts = bars.map(({ value }) => format(value, 7));
  const wide = (/** @type {string[]} */ all) =>
    Math.max(...all.map((text) => text.length)) * TEXT * WIDE;
  const rows = bars.length + (rest ? 1 : 0);
  const axis = { showgrid: false, zeroline: false };
  return {
    data: [{
      type: "bar",
      orientation: "h",
      x: bars.map(({ value }) => Math.min(1, Math.max(0, value || 0))),
      y: bars.map((_, place) => place),
      text: texts,
      textposition: "outside",
      textfont: { size: TEXT, color: theme.text },
      cliponaxis: false,
      marker: { color: bars.map(({ opened }) => opened ? "#1667c7" : "#7f9fc4") },
      width: 0.7,
    }],
    layout: {
      width: WIDTH,
      height: top + EDGE + ROW * Math.max(2, rows),
      margin: { l: EDGE + 10 + wide(names), r: EDGE + 8 + wide(texts), t: top, b: EDGE },
      paper_bgcolor: theme.back,
      plot_bgcolor: theme.back,
      font: { color: theme.text, family: theme.font },
      title: {
        text: title.text,
        font: { size: TITLE },
        x: EDGE / WIDTH,
        xanchor: "left",
        y: 1,
        yanchor: "top",
        pad: { t: EDGE + 4 },
      },
      xaxis: { ...axis, range: [0, 1], showticklabels: false },
      yaxis: {
        ...axis,
        range: [Math.max(2, rows) - 0.5, -0.5],
        tickvals: bars.map((_, place) => place),
        ticktext: names.map(plain),
        tickfont: { size: TEXT },
        ticks: "outside",
        ticklen: 5,
        tickcolor: "rgba(0,0,0,0)",
      },
      annotations: rest
        ? [{
          text: rest,
          x: 0,
          y: bars.length,
          xanchor: "left",
          showarrow: false,
          font: { size: TEXT },
        }]
        : [],
    },
  };
}
