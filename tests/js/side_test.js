import * as assert from "./assert.js";

import { hasPlaceIn } from "../../actwidget/js/side.js";
import { layerOf } from "./builders.js";

Deno.test("a unit has a place in the input where both are images, or both sequences", () => {
  const image = layerOf(), sequence = layerOf({ kind: "sequence" });
  assert.ok(hasPlaceIn(image, layerOf()));
  assert.ok(hasPlaceIn(sequence, sequence));
  assert.ok(!hasPlaceIn(image, sequence));
  assert.ok(!hasPlaceIn(sequence, image));
});

Deno.test("a layer that sees only another input has no place in this one", () => {
  assert.ok(!hasPlaceIn(layerOf(), layerOf({ sees: false })));
});
