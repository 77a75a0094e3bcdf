/** Rooms import only from the rooms below them, so that data flows one way. */

import * as assert from "./assert.js";

const SOURCES = new URL("../../actwidget/js/", import.meta.url);

/**
 * The rooms from the top down; `main.js` stands between the exported page and the view, and for
 * notebooks `notebook.js` gives it a style sheet, which `packed.js` carries.
 */
const ROOMS = [
  "packed.js",
  "notebook.js",
  "export",
  "main.js",
  "view",
  "live",
  "store",
  "protocol",
  "numerics",
  "types.js",
];

/**
 * @param {URL} folder
 * @returns {string[]} the paths of all modules below it
 */
function modules(folder) {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    if (isDirectory) return modules(new URL(`${name}/`, folder));
    return name.endsWith(".js") ? [new URL(name, folder).pathname] : [];
  });
}

/** @param {string} path */
function roomOf(path) {
  return path.slice(SOURCES.pathname.length).split("/")[0];
}

Deno.test("every module is in a room", () => {
  const unknown = modules(SOURCES).filter((path) => !ROOMS.includes(roomOf(path)));
  assert.deepEqual(unknown, []);
});

Deno.test("rooms import downward only", () => {
  const upward = modules(SOURCES).flatMap((path) => {
    const source = Deno.readTextFileSync(path);
    const imports = [...source.matchAll(/^(?:import|export)\b[^;]*?from "(\.[^"]+)"/gms)];
    assert.ok(imports.length > 0 || !source.includes("\nimport "), `${path}: imports not read`);
    return imports
      .map(([, relative]) => new URL(relative, `file://${path}`).pathname)
      .filter((imported) => imported.startsWith(SOURCES.pathname))
      .filter((imported) => ROOMS.indexOf(roomOf(imported)) < ROOMS.indexOf(roomOf(path)))
      .map((imported) => `${path} imports ${imported}`);
  });
  assert.deepEqual(upward, []);
});
