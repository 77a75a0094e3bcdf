import * as assert from "../assert.js";

import { answerList } from "../../../actwidget/js/view/answers.js";
import { withDocument } from "../fake_document.js";

/** @import { FakeElement } from "../fake_document.js" */
/** @import { Answer } from "../../../actwidget/js/view/answers.js" */

/** @param {Answer[]} answers */
function shown(answers) {
  return withDocument(() => {
    const list = /** @type {FakeElement} */ (/** @type {unknown} */ (answerList(answers)));
    return list.find("actwidget-answer").map((row) => [
      row.find("actwidget-answer-name")[0].text,
      row.find("actwidget-answer-value")[0].text,
      row.find("actwidget-answer-bar")[0].style.width,
    ]);
  });
}

Deno.test("each answer has its name, its value and a bar of its length", () => {
  assert.deepEqual(shown([["happy", 0.97], ["sad", 0.021]]), [
    ["happy", "0.97", "97%"],
    ["sad", "0.02", "2.1%"],
  ]);
});

Deno.test("values that are no shares are drawn against the largest", () => {
  assert.deepEqual(shown([["a", 8], ["b", 2], ["c", -3]]), [
    ["a", "8.00", "100%"],
    ["b", "2.00", "25%"],
    ["c", "−3.00", "0%"],
  ]);
});

Deno.test("what is not finite has no bar", () => {
  assert.deepEqual(shown([["a", 0.5], ["b", null]])[1], ["b", "NaN", "0%"]);
});
