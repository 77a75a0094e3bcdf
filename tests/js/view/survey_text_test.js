import * as assert from "../assert.js";

import { classMeans } from "../../../actwidget/js/view/class_means.js";
import { description, silenceText } from "../../../actwidget/js/view/description.js";
import {
  captionText,
  countText,
  dataSetOf,
  imageText,
  shortText,
  silentText,
} from "../../../actwidget/js/view/survey_text.js";
import { inside } from "../../../actwidget/js/view/whole_image.js";
import { layerOf, overviewOf, tableOf } from "../builders.js";
import { withDocument } from "../fake_document.js";

/** @import { FakeElement } from "../fake_document.js" */

const HEADER = { images: 10_000, own: false, classes: true, layers: [0] };
const FACTS = { active: [0, 9120, 3], dead: [0], selectivity: null };

Deno.test("how many images it is of is said with separators, and of one as of one", () => {
  assert.equal(captionText(HEADER, 9, false), "the 9 strongest of 10,000 images");
  assert.equal(captionText(HEADER, 9, true), "0 on all 10,000 images");
  const one = { ...HEADER, images: 1 };
  assert.equal(captionText(one, 1, false), "the strongest image of 1 image");
  assert.equal(captionText(one, 1, true), "0 on its 1 image");
  const own = { ...HEADER, own: true, images: 12 };
  assert.equal(captionText(own, 9, false), "the 9 strongest among these 12 images");
  assert.equal(captionText(own, 0, false), "no image has a finite value");
});

Deno.test("dead here is told from dead on all images", () => {
  const data = dataSetOf(HEADER, FACTS, 1);
  assert.ok(data);
  assert.deepEqual(countText(data, 7), {
    text: "7 dead here, 1 on all 10,000",
    note: " images; here: this image",
  });
  assert.deepEqual(
    countText({ ...data, dead: new Set() }, 7).text,
    "7 dead here, none on all 10,000",
  );
  assert.deepEqual(countText(data, 0), { text: "1 dead on all 10,000", note: " images" });
  assert.equal(silentText(data, 40), "1 of 40 dead on all 10,000 images");
  assert.equal(
    silentText({ ...data, dead: new Set() }, 40),
    "none of 40 dead on all 10,000 images: all are shown",
  );
  assert.equal(dataSetOf(HEADER, FACTS, 3)?.here, "these 3 images");
  assert.equal(dataSetOf({ ...HEADER, own: true }, FACTS, 3), null);
  assert.equal(dataSetOf(null, FACTS, 3), null);
});

Deno.test("of a dead channel it is said where, and on how many images it is active", () => {
  const layer = layerOf({ channels: 3, height: 2, width: 2 });
  const groups = [0, 0, 0], table = tableOf(groups, groups, [groups], [groups]);
  // The minimum, the mean and the maximum are 0, and all channels dead.
  for (const row of [2, 3, 4]) table.fill(0, row * 3, row * 3 + 3);
  table.fill(2, 15, 18);
  const overview = overviewOf(layer, () => 0, { groups: 3, table });
  const dataSet = dataSetOf(HEADER, FACTS, 1);
  assert.equal(silenceText(overview, 0, dataSet), "dead: all 0 on all 10,000 images");
  assert.equal(
    silenceText(overview, 1, dataSet),
    "dead: all 0 on this image, active on 9,120 of 10,000",
  );
  assert.equal(silenceText(overview, 1), "dead: all 0");
  const all = description([layer], overview, -1, { dataSet });
  assert.deepEqual(all.warnings.map(({ text, short }) => [text, short]), [
    ["3 dead here, 1 on all 10,000", "3"],
  ]);
  const silent = description([layer], overview, -1, { dataSet, deadOnly: true });
  assert.ok(silent.plain.includes("1 of 3 dead on all 10,000 images"));
});

Deno.test("an image is told by its value, its class and its name", () => {
  const top = {
    images: [7, 8],
    names: ["cat.png", "8"],
    labels: ["cat", ""],
    values: [1.23456, null],
    boxes: [null, null],
    width: 4,
    means: null,
    pixels: null,
  };
  assert.equal(imageText(top, 0), "1st · 1.235 · cat · cat.png");
  assert.equal(imageText(top, 1), "2nd · NaN · image 8");
  assert.equal(shortText(top, 0), "1.23 · cat");
  assert.equal(shortText(top, 1), "NaN · image 8");
});

Deno.test("each class has a bar of its mean, and there is room for five", () => {
  /** @type {[string, number | null][]} */
  const means = [["a", 4], ["b", 1], ["c", -2], ["<b>d</b>", null], ["e", 0], ["f", 0]];
  const rows = withDocument(() => {
    const el = /** @type {FakeElement} */ (/** @type {unknown} */ (classMeans(means, 0.6)));
    assert.equal(el.find("actwidget-means-caption")[0].text, "mean by class · selectivity 0.60");
    return el.find("actwidget-means-row").map((row) => [
      row.find("actwidget-means-name")[0].text,
      row.find("actwidget-means-bar")[0].style.width,
      row.find("actwidget-means-value")[0].text,
    ]);
  });
  assert.deepEqual(rows, [
    ["a", "100%", "4"],
    ["b", "25%", "1"],
    ["c", "50%", "−2"],
    ["<b>d</b>", "0%", "–"],
    ["e", "0%", "0"],
  ]);
});

Deno.test("the mark of a field ends where the image does", () => {
  assert.deepEqual(inside([-4, 12, 12, 60], [48, 48]), [0, 0.25, 0.25, 1]);
});
