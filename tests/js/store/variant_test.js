import * as assert from "../assert.js";

import { keyText, layerText, pictureWanted } from "../../../actwidget/js/store/picture_key.js";
import { isOfGradients, variantName, variantOf } from "../../../actwidget/js/store/variant.js";
import { layerOf } from "../builders.js";

/** @import { Model } from "../../../actwidget/js/types.js" */

/** @type {(state: Record<string, unknown>) => Model} */
function modelOf(state) {
  const all = { layers: [layerOf({ path: "a" })], layer: "a", image_index: 2, slice: 0, ...state };
  return /** @type {any} */ ({ get: (/** @type {keyof typeof all} */ name) => all[name] });
}

Deno.test("a variant has the name that Python gives it", () => {
  assert.equal(variantName("activation", "top", null), "");
  assert.equal(variantName("gradient", 3, null), '["gradient",3]');
  assert.equal(
    variantName("gradient × activation", ["conv", 17, [3, 4]], null),
    '["gradient × activation",["conv",17,[3,4]]]',
  );
  assert.equal(variantName("activation", null, ["conv", 17]), '["without","conv",17]');
});

Deno.test("a picture's key says what is shown in place of the values", () => {
  const plain = pictureWanted(modelOf({}));
  assert.deepEqual(plain, { layer: 0, image: 2, slice: 0 });
  const shown = pictureWanted(modelOf({ show: "gradient", target: "top", ablated: null }));
  assert.deepEqual(shown, { ...plain, variant: '["gradient","top"]' });
  assert.ok(keyText(shown) !== keyText(plain));
  assert.ok(layerText(shown) !== layerText(plain));
});

Deno.test("what an older version saved shows the layers' own values", () => {
  assert.deepEqual(variantOf(modelOf({})), {});
});

Deno.test("a channel that is switched off leaves activations", () => {
  assert.ok(isOfGradients('["gradient",3]'));
  assert.ok(!isOfGradients('["without","conv",17]'));
  assert.ok(!isOfGradients(""));
  assert.ok(!isOfGradients(undefined));
});
