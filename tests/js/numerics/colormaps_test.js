import * as assert from "../assert.js";

import { colour, mix, parse } from "../../../actwidget/js/numerics/colormaps.js";
import { RAW } from "../builders.js";

/** @import { Raster } from "../../../actwidget/js/types.js" */

/** @type {[number, string][]} */
const STOPS = [[0, "#053061"], [0.1, "#2166ac"], [0.5, "#f7f7f7"], [1, "#67001f"]];

/**
 * The colour of a value with limits of 0 and 1.
 *
 * @param {[number, string][]} stops
 * @param {number} value
 */
function at(stops, value) {
  const colouring = { ...RAW, limits: /** @type {[number, number]} */ ([0, 1]), colours: stops };
  return [...colour(rasterOf([[value]]), colouring).data];
}

/**
 * @param {number[][]} rows
 * @returns {Raster}
 */
function rasterOf(rows) {
  const z = rows.map((row) => Float32Array.from(row));
  return { z, columns: rows[0].length, rows: rows.length, left: 0, top: 0, dx: 1, dy: 1, bad: [] };
}

/** @param {[number, number]} limits */
function colouringOf(limits) {
  return { ...RAW, limits, colours: STOPS };
}

Deno.test("a colour is read as red, green and blue", () => {
  assert.deepEqual(parse("#0a80ff"), [10, 128, 255]);
});

Deno.test("each stop has its own colour", () => {
  for (const [position, stop] of STOPS) {
    assert.deepEqual(at(STOPS, position), [...parse(stop), 255]);
  }
});

Deno.test("between two stops colours are linear, and rounded", () => {
  const stops = /** @type {[number, string][]} */ ([[0, "#000000"], [1, "#ff8040"]]);
  for (const share of [0.25, 0.5, 0.75, 0.999]) {
    const levels = [255, 128, 64].map((level) => Math.round(level * Math.fround(share)));
    assert.deepEqual(at(stops, share), [...levels, 255]);
  }
});

Deno.test("the limits have the colours' ends, and so has what lies beyond", () => {
  const colouring = colouringOf([-2, 2]);
  const { data } = colour(rasterOf([[-2, 2, -1e30, 1e30]]), colouring);
  const low = [5, 48, 97, 255], high = [103, 0, 31, 255];
  assert.deepEqual([...data], [...low, ...high, ...low, ...high]);
});

Deno.test("the middle of the limits has the middle colour", () => {
  const colouring = colouringOf([-2, 2]);
  const { data } = colour(rasterOf([[0]]), colouring);
  [...data].forEach((level, k) => assert.ok(Math.abs(level - [247, 247, 247, 255][k]) <= 1));
});

Deno.test("gaps stay transparent", () => {
  const colouring = colouringOf([0, 1]);
  const image = colour(rasterOf([[NaN, 0], [1, NaN]]), colouring);
  assert.deepEqual([image.width, image.height], [2, 2]);
  assert.deepEqual([3, 7, 11, 15].map((alpha) => image.data[alpha]), [0, 255, 255, 0]);
});

Deno.test("a colour at a position is linear between its stops, and an end beyond them", () => {
  assert.equal(mix([[0, "#000000"], [1, "#ff8040"]], 0.5), "#804020");
  for (const [position, stop] of STOPS) assert.equal(mix(STOPS, position), stop);
  assert.equal(mix(STOPS, -1), "#053061");
  assert.equal(mix(STOPS, 2), "#67001f");
});

Deno.test("two colours at one position make an edge, at the ends too", () => {
  /** @type {[number, string][]} */
  const stops = [[0, "#ff0000"], [0, "#00ff00"], [0.5, "#00ff00"], [0.5, "#0000ff"]];
  stops.push([1, "#0000ff"], [1, "#ff0000"]);
  assert.deepEqual(at(stops, 0.25), [0, 255, 0, 255]);
  assert.deepEqual(at(stops, 0.5), [0, 0, 255, 255]);
  assert.deepEqual(at(stops, 0.75), [0, 0, 255, 255]);
  for (const share of [0, 1]) {
    const ends = ["255,0,0", "0,255,0", "0,0,255"];
    assert.ok(ends.includes(at(stops, share).slice(0, 3).join(",")), `${at(stops, share)}`);
  }
});

Deno.test("stops that stand close together are all found", () => {
  /** @type {[number, string][]} */
  const stops = Array.from({ length: 900 }, (_, k) => [k / 899, k % 2 ? "#ffffff" : "#000000"]);
  for (let k = 0; k < 899; k++) {
    const [level] = at(stops, (k + 0.5) / 899);
    assert.ok(Math.abs(level - 127.5) < 1, `${k}: ${level}`);
  }
});
