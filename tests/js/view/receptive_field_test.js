import * as assert from "../assert.js";

import { boxOf } from "../../../actwidget/js/view/receptive_field.js";

/** @import { Field } from "../../../actwidget/js/types.js" */

const INPUT = { height: 48, width: 40 };

/** @type {Field} */
const FIELD = [[20, 4, -2, 48], [10, 2, 0, 36]];

Deno.test("a unit's box follows from size, stride and offset, and ends where the input does", () => {
  assert.deepEqual(boxOf(FIELD, 3, 4, INPUT), [10, 8, 30, 18]);
  assert.deepEqual(boxOf(FIELD, 0, 0, INPUT), [0, 0, 18, 10]);
  assert.deepEqual(boxOf(FIELD, 9, 15, INPUT), [34, 30, 48, 36]);
});

Deno.test("a unit may see the whole image, or it is not known what", () => {
  assert.deepEqual(boxOf("whole", 0, 0, INPUT), [0, 0, 48, 40]);
  assert.equal(boxOf("probe", 0, 0, INPUT), null);
  assert.equal(boxOf(undefined, 0, 0, INPUT), null);
});
