import * as assert from "../assert.js";

import { answersText } from "../../../actwidget/js/export/answers.js";

Deno.test("answers stand below their heading and question, and an empty one says so", () => {
  const heading = "1 · What goes in";
  const entries = [
    { heading, asked: "A line?", label: "I predict", answer: " <b>numbers</b>\nand more \n" },
    { heading, asked: "", label: "I found", answer: " " },
    { heading: "2 · One filter", asked: "Where?", label: "I predict", answer: "left" },
  ];

  assert.equal(
    answersText("Lesson", entries),
    `Lesson

1 · What goes in

A line?

I predict: <b>numbers</b>
and more

I found: (nothing written)


2 · One filter

Where?

I predict: left
`,
  );
});
