/** Whether there is a kernel to ask. */

/** @import { Model } from "../types.js" */

/**
 * @param {Model} model
 * @returns {Promise<boolean>}
 */
export async function hasKernel(model) {
  // What anywidget hands on does not tell; the manager's own model does.
  const own = await model.widget_manager?.get_model(model.get("grid_id"));
  if (!own) return false;
  if (typeof own.comm_live === "boolean") return own.comm_live;
  // marimo's models know of no kernel that is lost; its exported pages have none.
  return !("__MARIMO_STATIC__" in globalThis);
}
