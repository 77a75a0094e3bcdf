/** Whether a widget has a kernel. */

/** @import { Model } from "../types.js" */

import { widgetId } from "./picture_key.js";

/**
 * @param {Model} model
 * @returns {Promise<boolean>}
 */
export async function hasKernel(model) {
  // What anywidget actions on does not tell; the manager's own model does.
  const own = await model.widget_manager?.get_model(widgetId(model));
  if (!own) return false;
  if (typeof own.comm_live === "boolean") return own.comm_live;
  // marimo's models know of no kernel that is lost; its exported pages have none.
  return !("__MARIMO_STATIC__" in globalThis);
}
