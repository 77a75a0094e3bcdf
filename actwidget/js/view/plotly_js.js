/** Plotly.js, carried by a widget of its own and compiled once per page. */

/** @import { Model } from "../types.js" */

import { gunzip } from "../protocol/unpack.js";

/**
 * What we use of it.
 *
 * @typedef {object} Plotly
 * @prop {(el: HTMLElement, data: object[], layout: object, config: object) => Promise<void>} react
 * @prop {(el: HTMLElement, changes: object) => Promise<void>} relayout
 * @prop {(el: HTMLElement) => void} purge
 * @prop {(el: HTMLElement, options: object) => Promise<string>} downloadImage
 * @prop {Record<string, object>} Icons
 * @prop {{ resize(el: HTMLElement): Promise<void> }} Plots
 */

/**
 * Has V8 compile all of it in a thread of its own. Otherwise it compiles function by function as the
 * library starts, which holds up the page for 0.3 s rather than 0.06 s. To others it is a comment.
 */
const EAGER = "//# allFunctionsCalledOnLoad";

/** @type {{ [version: string]: Promise<Plotly> }} */
const loaded = (/** @type {any} */ (globalThis)).__actwidget_plotly ??= {};

/** @type {(model: Model) => Promise<Plotly>} */
export async function loadPlotly(model) {
  // A page may have loaded it from elsewhere.
  if (model.get("library") === "page") {
    const { Plotly } = /** @type {any} */ (globalThis);
    if (!Plotly) throw new Error("the page loads it from elsewhere, and it did not come");
    return Plotly;
  }
  const id = model.get("library").replace("IPY_MODEL_", "");
  /** @type {any} */
  let library = null;
  try {
    library = await model.widget_manager?.get_model(id);
  } catch {
    // Said below. marimo lets go of it when the cell that was first to need it is run again.
  }
  if (!library) {
    const [another] = Object.values(loaded);
    if (another) return await another;
    throw new Error("it did not come with the widget; run the cell again");
  }
  return await (loaded[library.get("version")] ??= compile(library.get("source")));
}

/**
 * @param {BufferSource} source gzipped
 * @returns {Promise<Plotly>}
 */
async function compile(source) {
  const text = new TextDecoder().decode(await gunzip(source));
  // A UMD file: given a `module` of its own it leaves a page's AMD loader alone, and the page gets
  // back whatever it had as `Plotly`.
  const wrapped = [
    EAGER,
    "const module = { exports: {} }, define = undefined, before = globalThis.Plotly;",
    text,
    "if (before === undefined) delete globalThis.Plotly; else globalThis.Plotly = before;",
    "export default module.exports;",
  ].join("\n");
  const url = URL.createObjectURL(new Blob([wrapped], { type: "text/javascript" }));
  try {
    return (await import(url)).default;
  } finally {
    URL.revokeObjectURL(url);
  }
}
