import * as assert from "../assert.js";

import { hasKernel } from "../../../actwidget/js/store/kernel_source.js";
import { FakeModel } from "../builders.js";

/** @param {object | null} own what the page's widget manager has of the model */
function modelOf(own) {
  const model = new FakeModel({ view_id: "grid" });
  model.widget_manager = { get_model: () => Promise.resolve(/** @type {any} */ (own)) };
  return model;
}

Deno.test("a manager that knows of kernels tells whether there is one", async () => {
  assert.equal(await hasKernel(modelOf({ comm_live: true })), true);
  assert.equal(await hasKernel(modelOf({ comm_live: false })), false);
});

Deno.test("a page that has no model of its own has no kernel", async () => {
  assert.equal(await hasKernel(modelOf(null)), false);
});

Deno.test("marimo has a kernel, but not in its exported pages", async () => {
  assert.equal(await hasKernel(modelOf({})), true);
  const page = /** @type {any} */ (globalThis);
  page.__MARIMO_STATIC__ = { files: {} };
  try {
    assert.equal(await hasKernel(modelOf({})), false);
  } finally {
    delete page.__MARIMO_STATIC__;
  }
});
