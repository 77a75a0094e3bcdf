/** Pictures that move have the colours of those that stand still. */

/** @import { Colouring, Overview } from "../../../actwidget/js/types.js" */

import { drawCodes } from "../../../actwidget/js/numerics/code_raster.js";
import { colour } from "../../../actwidget/js/numerics/colormaps.js";
import { gridLayout } from "../../../actwidget/js/numerics/mosaic.js";
import { draw } from "../../../actwidget/js/numerics/raster.js";
import constants from "../../../actwidget/constants.json" with { type: "json" };
import * as assert from "../assert.js";
import { layerOf, overviewOf, tableOf } from "../builders.js";

/** @type {Colouring} */
const COLOURING = {
  limits: [-2, 3],
  colours: [[0, "#053061"], [0.4, "#f7f7f7"], [1, "#67001f"]],
  title: "value",
  diverging: false,
  comparable: true,
  clipped: 0,
};

/** @type {(height: number, width: number, repeat?: [number, number]) => any} */
function picture(height, width, repeat) {
  const cells = repeat ? { repeat } : {};
  const layer = layerOf({ channels: 3, tiles: 3, height, width, columns: 2, ...cells });
  const table = tableOf([-1, 0, -5], [0.01, 0.02, 0.05], [[1, 1, 0.5]], [[0, 0.2, 0]]);
  const overview = /** @type {Overview} */ (overviewOf(layer, () => 0, { groups: 3, table }));
  const units = new Uint8Array(3 * height * width);
  for (let k = 0; k < units.length; k++) units[k] = (k * 37) % (constants.archiveCodes.last + 1);
  return { layout: gridLayout(layer), overview: { ...overview, encoding: "codes", units } };
}

/** @type {(one: ImageData, other: ImageData, most: number) => void} */
function isAlike(one, other, most) {
  assert.deepEqual([one.width, one.height], [other.width, other.height]);
  for (let k = 0; k < one.data.length; k++) {
    const by = Math.abs(one.data[k] - other.data[k]);
    assert.ok(by <= most, `byte ${k} is ${one.data[k]} for ${other.data[k]}`);
  }
}

for (
  const [name, height, width, repeat] of /** @type {any[]} */ ([
    ["large maps", 20, 30, [1, 1]],
    ["maps of few units, whose cells are repeated", 3, 4, [4, 3]],
  ])
) {
  Deno.test(`${name} have the colours of a picture that stands still`, () => {
    const { layout, overview } = picture(height, width, repeat);
    const still = draw(layout, overview, null, 0), moving = drawCodes(layout, overview, null, 0);
    const { z: _z, bad: _bad, ...place } = still;
    for (const [key, value] of Object.entries(place)) {
      assert.equal(/** @type {any} */ (moving)[key], value);
    }
    // One of 4,096 colours in place of any.
    isAlike(/** @type {any} */ (moving.paint)(COLOURING), colour(still, COLOURING), 1);
    assert.deepEqual(moving.z, still.z);
  });
}

Deno.test("what is not finite is left out of the colours and marked", () => {
  const { layout, overview } = picture(20, 30);
  overview.units[31] = constants.archiveCodes.nan;
  const still = draw(layout, overview, null, 0), moving = drawCodes(layout, overview, null, 0);
  assert.deepEqual(moving.bad, still.bad);
  assert.equal(moving.bad.length, 1);
  isAlike(/** @type {any} */ (moving.paint)(COLOURING), colour(still, COLOURING), 1);
});

Deno.test("other colours are no colours of before", () => {
  const { layout, overview } = picture(20, 30);
  const moving = drawCodes(layout, overview, null, 0), still = draw(layout, overview, null, 0);
  const paint = /** @type {any} */ (moving.paint);
  paint(COLOURING);
  const greys = { ...COLOURING, colours: [[0, "#000000"], [1, "#ffffff"]] };
  isAlike(paint(greys), colour(still, /** @type {any} */ (greys)), 1);
});
