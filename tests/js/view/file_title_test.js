import * as assert from "../assert.js";

import { fileTitle, titleLines } from "../../../actwidget/js/view/file_title.js";
import { barsFile } from "../../../actwidget/js/view/file_figure.js";

const THEME = {
  text: "#000000",
  line: "#888888",
  back: "#ffffff",
  font: "sans-serif",
  promotes: "#1b7837",
  opposes: "#762a83",
};

Deno.test("a title is joined by dots to lines that fit", () => {
  const parts = ["model", "conv1", "image 0", "raw"];
  assert.deepEqual(titleLines(parts, 600), ["model · conv1 · image 0 · raw"]);
  const lines = titleLines(parts, 120);
  assert.deepEqual(lines, ["model · conv1", "image 0 · raw"]);
});

Deno.test("a part that is too long loses its middle, whatever its letters are", () => {
  const [first, second] = titleLines(["x".repeat(300) + "end", "raw"], 200);
  assert.ok(first.length <= 27 && first.includes("…") && first.endsWith("end"));
  assert.equal(second, "raw");
});

Deno.test("a title is text to Plotly", () => {
  assert.equal(fileTitle(["<b>", "$x$"], 600).text, "&#60;b&#62; · &#36;x&#36;");
});

Deno.test("a file of bars names the classes, with the rest in a line of its own", () => {
  const bars = [
    { unit: 2, name: "<i>cat</i>", value: 0.75, opened: true },
    { unit: 0, name: "d".repeat(400), value: NaN, opened: false },
  ];
  const { data: [bar], layout } = barsFile(bars, "7 more", ["net"], THEME);
  assert.deepEqual(bar.x, [0.75, 0]);
  assert.deepEqual(bar.text, ["0.75", "NaN"]);
  assert.equal(layout.yaxis.ticktext[0], "&#60;i&#62;cat&#60;/i&#62;");
  assert.ok(layout.yaxis.ticktext[1].length < 60);
  assert.ok(layout.margin.l + layout.margin.r < layout.width);
  assert.equal(layout.annotations[0].text, "7 more");
});
