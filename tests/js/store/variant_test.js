import * as assert from "../assert.js";

import { keyText, layerText, pictureWanted } from "../../../actwidget/js/store/picture_key.js";
import {
  isExplored,
  isOfFrames,
  isOfGradients,
  isOfOtherImage,
  variantName,
  variantOf,
} from "../../../actwidget/js/store/variant.js";
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

Deno.test("an image of the survey is the only one of its recording", () => {
  assert.equal(variantName("activation", null, null, 512), '["survey",512]');
  const shown = pictureWanted(modelOf({ explored: 512 }));
  assert.deepEqual(shown, { layer: 0, image: 0, slice: 0, variant: '["survey",512]' });
  assert.ok(isExplored(shown.variant) && isOfOtherImage(shown.variant));
  assert.ok(!isOfFrames(shown.variant) && !isOfGradients(shown.variant));
  const live = { explored: 512, live_state: "paused", live_frame: 3 };
  assert.equal(pictureWanted(modelOf(live)).variant, '["frame",3]');
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
