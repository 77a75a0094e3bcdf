/** What can go wrong with a camera is said in a sentence, with the way out. */

import { Camera, cameraWords } from "../../../actwidget/js/live/camera.js";
import * as assert from "../assert.js";

/** @type {(name: string, message?: string) => string} */
function words(name, message = "") {
  return cameraWords({ name, message });
}

for (
  const [name, part] of [
    ["NotAllowedError", "Allow it beside the address, and press Start again"],
    ["NotFoundError", 'widget.live("clip.mp4")'],
    ["NotReadableError", "Another program uses the camera"],
    ["OverconstrainedError", "Press Start again"],
    ["SecurityError", "in a tab of its own"],
  ]
) {
  Deno.test(`${name} is told with the way out`, () => {
    assert.ok(words(name).includes(part), words(name));
    assert.ok(/[.!]$/.test(words(name)));
  });
}

Deno.test("an error that no browser had when this was written is told as it is", () => {
  assert.equal(
    words("TypeError", "the lens cap is on"),
    "The camera could not be started: the lens cap is on.",
  );
});

/** @type {(secure: boolean, media: unknown) => Promise<string>} */
async function started(secure, media) {
  const before = ["document", "isSecureContext", "navigator"].map((
    name,
  ) => /** @type {const} */ ([name, Object.getOwnPropertyDescriptor(globalThis, name)]));
  const set = (/** @type {string} */ name, /** @type {unknown} */ value) =>
    Object.defineProperty(globalThis, name, { value, configurable: true });
  set("document", { createElement: () => ({}) });
  set("isSecureContext", secure);
  set("navigator", { mediaDevices: media });
  try {
    return await new Camera().start();
  } finally {
    for (const [name, descriptor] of before) {
      if (descriptor) Object.defineProperty(globalThis, name, descriptor);
      else delete (/** @type {any} */ (globalThis)[name]);
    }
  }
}

Deno.test("over plain http a browser has no camera, which is said before it is asked", async () => {
  const said = await started(false, undefined);
  assert.ok(said.includes("https"), said);
  assert.ok(said.includes("ssh tunnel"), said);
});

Deno.test("a page without cameras, as in VS Code, says where there are some", async () => {
  const said = await started(true, undefined);
  assert.ok(said.includes("VS Code"), said);
  assert.ok(said.includes("in a browser"), said);
});
