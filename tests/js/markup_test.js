/** Text and bytes of a recording, which anybody may have shared, reach the page as text and pixels. */

import * as assert from "./assert.js";
import { plain } from "../../actwidget/js/view/file_title.js";

const SOURCES = new URL("../../actwidget/js/", import.meta.url);

/** @param {URL} folder */
function sources(folder) {
  /** @type {URL[]} */
  const found = [];
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) found.push(...sources(new URL(`${name}/`, folder)));
    else if (name.endsWith(".js")) found.push(new URL(name, folder));
  }
  return found;
}

/** @param {RegExp} pattern */
function filesWith(pattern) {
  const found = sources(SOURCES).filter((file) => pattern.test(Deno.readTextFileSync(file)));
  return found.map(({ href }) => href.slice(SOURCES.href.length));
}

Deno.test("nothing is written as markup; an address have scripts of ours, and plain text", () => {
  assert.deepEqual(
    filesWith(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser/),
    [],
  );
  assert.deepEqual(filesWith(/\.(src|href|srcdoc)\s*=|setAttribute\("(src|href|style|on)/), []);
  const scripts = ["packed.js", "view/plotly_js.js"], text = ["export/answers.js"];
  assert.deepEqual(filesWith(/createObjectURL/).sort(), [...text, ...scripts]);
  assert.deepEqual(filesWith(/createObjectURL\(new Blob\(.*text\/plain/), text);
});

Deno.test("Plotly, which reads markup and formulas, gets text that is none", () => {
  assert.equal(plain("value · one scale"), "value · one scale");
  assert.equal(
    plain('<a href="x">&lt;</a> $x$'),
    '&#60;a href="x"&#62;&#38;lt;&#60;/a&#62; &#36;x&#36;',
  );
});
