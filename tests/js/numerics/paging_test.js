import * as assert from "../assert.js";

import { arrange } from "../../../actwidget/js/numerics/arrangement.js";
import { pageAt, tilesPerPage } from "../../../actwidget/js/numerics/paging.js";
import { layerOf } from "../builders.js";

const ROOM = { width: 390, height: 390 };

/** @param {Record<string, unknown>} [changes] */
function layer(changes = {}) {
  return layerOf({
    channels: 64,
    tiles: 64,
    height: 30,
    width: 30,
    gutter: 1,
    columns: null,
    ...changes,
  });
}

Deno.test("a page holds what fills a phone from edge to edge, four in a row", () => {
  assert.equal(tilesPerPage(layer(), ROOM), 16);
  assert.equal(tilesPerPage(layer({ height: 15 }), ROOM), 32);
  assert.equal(tilesPerPage(layer({ height: 60 }), ROOM), 8);
  for (const height of [8, 15, 30, 60]) {
    const of = layer({ height }), per = tilesPerPage(of, ROOM);
    assert.equal(arrange(of, per, ROOM).columns, 4);
  }
});

Deno.test("columns that are given rule on a page, too", () => {
  assert.equal(tilesPerPage(layer({ columns: 2 }), ROOM), 4);
  assert.equal(tilesPerPage(layer({ columns: 16 }), ROOM), 256);
});

Deno.test("tiles that are higher than the screen stand in one row", () => {
  const of = layer({ height: 5000, width: 1 }), per = tilesPerPage(of, ROOM);
  assert.equal(arrange(of, per, ROOM).columns, per);
});

Deno.test("single units are not paged", () => {
  assert.equal(tilesPerPage(layer({ height: 1, width: 1, gutter: 0 }), ROOM), Infinity);
});

Deno.test("a page that does not exist is the nearest that does", () => {
  assert.deepEqual(pageAt(40, 16, 1), { number: 1, pages: 3, first: 16, end: 32, per: 16 });
  assert.deepEqual(pageAt(40, 16, 9), { number: 2, pages: 3, first: 32, end: 40, per: 16 });
  assert.deepEqual(pageAt(40, 16, -1)?.number, 0);
  assert.equal(pageAt(16, 16, 1), null);
});
