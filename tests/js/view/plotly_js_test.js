import * as assert from "../assert.js";

import { loadPlotly } from "../../../actwidget/js/view/plotly_js.js";
import { FakeModel } from "../builders.js";

const loaded = /** @type {any} */ (globalThis).__actwidget_plotly;

/** A widget whose library is no longer there, as marimo has it when a cell was run again. */
function modelWithoutLibrary() {
  const model = new FakeModel({ library: "IPY_MODEL_closed" });
  model.widget_manager = { get_model: () => Promise.reject(new Error("not found")) };
  return model;
}

Deno.test("a library that is gone is said with what to do", async () => {
  let message = "";
  await loadPlotly(modelWithoutLibrary()).catch((error) => message = error.message);
  assert.equal(message, "it did not come with the widget; run the cell again");
});

Deno.test("instead of a library that is gone another's is taken", async () => {
  const plotly = { react: () => {} };
  loaded["4.1"] = Promise.resolve(plotly);
  try {
    assert.equal(await loadPlotly(modelWithoutLibrary()), plotly);
  } finally {
    delete loaded["4.1"];
  }
});
