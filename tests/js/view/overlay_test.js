import * as assert from "../assert.js";

import { NOT_FINITE } from "../../../actwidget/js/numerics/colormaps.js";
import { channelLayout, fullRange, gridLayout } from "../../../actwidget/js/numerics/mosaic.js";
import { captionsOf } from "../../../actwidget/js/view/captions.js";
import { Overlay } from "../../../actwidget/js/view/overlay.js";
import { draw } from "../../../actwidget/js/numerics/raster.js";
import { layerOf, overviewOf, tableOf } from "../builders.js";
import { withDocument } from "../fake_document.js";

/** @import { FakeElement } from "../fake_document.js" */
/** @import { Layer, Layout, Overview, Range } from "../../../actwidget/js/types.js" */
/** @import { Marks } from "../../../actwidget/js/view/overlay.js" */

const BOX = { left: 50, top: 20, width: 620, height: 300 };
const SIZE = { width: 700, height: 340 };
const THEME = {
  text: "#1c1e21",
  back: "#fefefe",
  line: "#5f656d",
  font: "system-ui",
  promotes: "#1b7837",
  opposes: "#762a83",
};

/**
 * Six maps in two rows whose largest |x| are 300 and the number; each other state by choice.
 *
 * @param {Partial<Layer>} [changes]
 * @param {number[]} [states] 1 for flat, 2 for dead
 */
function pictureOf(changes = {}, states = []) {
  const layer = layerOf(changes);
  const groups = Array.from({ length: layer.channels }, () => 0);
  const ones = groups.map(() => 1);
  const table = tableOf(groups, ones, [ones], [groups]);
  states.forEach((state, group) => table[5 * groups.length + group] = state);
  const overview = overviewOf(layer, () => 1, { groups: groups.length, table });
  return { layer, overview, layout: gridLayout(layer) };
}

/**
 * What is drawn over a picture.
 *
 * @param {{ layout: Layout, overview: Overview }} picture
 * @param {Partial<Marks>} [marks]
 * @param {Range} [range]
 */
function drawn({ layout, overview }, marks = {}, range = fullRange(layout)) {
  return withDocument(() => {
    const overlay = new Overlay();
    const raster = draw(layout, overview, null, 0);
    overlay.draw(
      { layout, overview, raster, strength: false, opened: -1, column: -1, theme: THEME, ...marks },
      BOX,
      range,
      SIZE,
    );
    return /** @type {FakeElement} */ (/** @type {unknown} */ (overlay.canvas)).context;
  });
}

/**
 * What is filled but for the plates below numbers.
 *
 * @param {ReturnType<typeof drawn>} context
 */
function filled(context) {
  return context.all("fillRect").filter(({ fill }) => fill !== THEME.back);
}

/** @param {unknown} style what something was filled with: the colour that its pattern begins with */
function patternOf(style) {
  const pattern = /** @type {any} */ (style).pattern;
  return pattern ? pattern.context.calls[0].name : style;
}

Deno.test("nothing is drawn outside the picture", () => {
  const { calls } = drawn(pictureOf());
  const clip = calls.findIndex(({ name }) => name === "clip");
  const [x, y, width, height] = calls[clip - 1].args;
  assert.deepEqual([x, y, width, height], [BOX.left, BOX.top, BOX.width, BOX.height]);
  assert.ok(calls.findIndex(({ name }) => name.startsWith("fill")) > clip);
});

// Strength

Deno.test("a bar under each tile has the length of its share of the layer's largest |x|", () => {
  const picture = pictureOf();
  const found = filled(drawn(picture, { strength: true }));
  assert.equal(found.length, 6);
  const tile = BOX.width / fullRange(picture.layout).right * 20 / 21;
  found.forEach(({ args: [left, top, width, height] }, channel) => {
    assert.ok(Math.abs(width - tile * (300 + channel) / 305) < 1, `${width} of ${tile}`);
    assert.ok(height >= 2 && height <= 4);
    const right = BOX.left + (channel % 3) * tile * 21 / 20;
    assert.ok(Math.abs(left - right) < 1);
    const below = BOX.top + BOX.height / fullRange(picture.layout).bottom *
        (Math.floor(channel / 3) + 14 / 15);
    assert.ok(Math.abs(top - below) < 10, `${top} is not at ${below}`);
  });
});

Deno.test("what speaks for the target goes from the middle to the right, the rest to the left", () => {
  const effects = [2, -1, 0.5, null, 0, -2];
  const found = filled(drawn(pictureOf(), { strength: true, effects }));
  const bars = found.filter(({ fill }) => fill === THEME.promotes || fill === THEME.opposes);
  assert.deepEqual(
    bars.map(({ fill }) => fill),
    [THEME.promotes, THEME.opposes, THEME.promotes, THEME.opposes],
  );
  const middles = found.filter(({ fill, args: [, , width] }) => fill === THEME.text && width === 1);
  assert.equal(middles.length, 6);
  const [longest, half] = bars.map(({ args }) => args);
  assert.equal(longest[0], middles[0].args[0]);
  assert.equal(half[0] + half[2], middles[1].args[0]);
  assert.ok(Math.abs(longest[2] - 2 * half[2]) <= 1);
});

Deno.test("a single unit has its bar in its own cell, where that has room for one", () => {
  const few = { kind: /** @type {const} */ ("units"), height: 1, width: 1, gutter: 0 };
  const effects = [2, -1, 0.5, null, 0, -2];
  const picture = pictureOf(few), { layout } = picture;
  const isBar = (/** @type {{ fill?: unknown }} */ { fill }) =>
    fill === THEME.promotes || fill === THEME.opposes;
  const bars = filled(drawn(picture, { effects })).filter(isBar);
  assert.equal(bars.length, 4);
  const cell = BOX.height / layout.rows;
  bars.forEach(({ args: [, top, , height] }, place) => {
    const bottom = BOX.top + (place === 3 ? 2 : 1) * cell;
    assert.ok(top + height <= bottom && top > bottom - cell / 2, `${top} is not in its cell`);
  });
  const many = pictureOf({ ...few, channels: 6000, columns: 200 });
  const all = Array.from({ length: 6000 }, () => 1);
  assert.equal(filled(drawn(many, { effects: all })).filter(isBar).length, 0);
});

Deno.test("each column of a sequence has a bar, upwards if it speaks for the target", () => {
  const sequence = { kind: /** @type {const} */ ("sequence"), height: 8, width: 4, tiles: 1 };
  const { layer, overview } = pictureOf({ ...sequence, channels: 4, columns: 1 });
  const picture = { layout: gridLayout({ ...layer, gutter: 0 }), overview };
  const effects = [2, -1, null, 1];
  const found = filled(drawn(picture, { effects, isSequence: true }));
  const bars = found.filter(({ fill }) => fill === THEME.promotes || fill === THEME.opposes);
  assert.deepEqual(
    bars.map(({ fill }) => fill),
    [THEME.promotes, THEME.opposes, THEME.promotes],
  );
  const middle = found.find(({ fill }) => fill === THEME.text)?.args[1] ?? NaN;
  const [strongest, against, half] = bars.map(({ args }) => args);
  assert.equal(strongest[1] + strongest[3], middle);
  assert.equal(against[1], middle + 1);
  assert.ok(Math.abs(strongest[3] - 2 * half[3]) <= 1);
  const column = BOX.width / 4;
  [0, 1, 3].forEach((place, number) =>
    assert.ok(Math.abs(bars[number].args[0] - BOX.left - place * column) <= 1)
  );
  assert.equal(filled(drawn(picture, { effects })).length, 0);
});

Deno.test("bars go with their tiles in any order, and their length stays when zoomed in", () => {
  const { layer, overview } = pictureOf();
  const layout = gridLayout(layer, [5, 4, 3, 2, 1, 0]);
  const widths = (/** @type {Range} */ range) =>
    filled(drawn({ layout, overview }, { strength: true }, range)).map(({ args }) => args[2]);
  const all = widths(fullRange(layout));
  assert.deepEqual(all, all.toSorted((a, b) => b - a));
  const [zoomed] = widths({ left: 2, right: 2.9, top: 1, bottom: 1.9 });
  const tile = BOX.width / 0.9 * 20 / 21;
  assert.ok(Math.abs(zoomed - tile * 300 / 305) < 1);
});

Deno.test("a dead channel has a bar of no length", () => {
  const picture = pictureOf();
  for (const row of [2, 3, 4]) picture.overview.table[row * 6] = 0;
  const [first] = filled(drawn(picture, { strength: true }));
  assert.equal(first.args[2], 0);
});

Deno.test("where colours can be compared, and of one channel alone, there are no bars", () => {
  const { layer, overview, layout } = pictureOf();
  assert.deepEqual(filled(drawn({ layout, overview })), []);
  const alone = { layout: channelLayout(layer, 3), overview };
  assert.deepEqual(filled(drawn(alone, { strength: true })), []);
});

// Silence

Deno.test("flat and dead tiles are hatched, whatever the normalization", () => {
  for (const strength of [true, false]) {
    const context = drawn(pictureOf({}, [0, 1, 2, 0, 0, 1]), { strength });
    const hatched = filled(context).filter(({ fill }) => fill !== THEME.text);
    assert.deepEqual(hatched.map(({ args }) => Math.round((args[0] - BOX.left) / 207)), [1, 2, 2]);
    for (const { fill } of hatched) assert.equal(patternOf(fill), "beginPath");
  }
});

Deno.test("what is dead on the whole data set is hatched both ways", () => {
  const hatches = (/** @type {Set<number> | null} */ deadOnAll) =>
    filled(drawn(pictureOf({}, [2, 2, 1]), { deadOnAll })).map(({ fill }) => fill);
  const [plain, ...others] = hatches(null);
  assert.ok(others.every((fill) => fill === plain));
  // The third is flat here, whatever it is elsewhere.
  const told = hatches(new Set([1, 2]));
  assert.deepEqual(told.map((fill) => fill === plain), [true, false, true]);
});

Deno.test("a flat channel is hatched when it is open", () => {
  const { layer, overview } = pictureOf({}, [0, 1]);
  const hatched = (/** @type {number} */ channel) =>
    drawn({ layout: channelLayout(layer, channel), overview }).all("fillRect").length;
  assert.deepEqual([hatched(0), hatched(1)], [0, 1]);
});

Deno.test("single units are not hatched", () => {
  const units = { height: 1, width: 1, gutter: 0 };
  assert.deepEqual(drawn(pictureOf(units, [1, 1, 1, 1, 1, 1])).all("fillRect"), []);
});

// Not finite

Deno.test("what is not finite is filled with dotted magenta, just its cells", () => {
  const { layer, overview, layout } = pictureOf();
  // Of channel 1 the units 3 and 4 of the second row.
  overview.units.set([NaN, Infinity], 14 * 20 + 20 + 3);
  const found = filled(drawn({ layout, overview }));
  const x = BOX.width / fullRange(layout).right / 21,
    y = BOX.height / fullRange(layout).bottom / 15;
  const area = found.map(({ args: [, , width, height] }) => width * height).reduce((a, b) => a + b);
  assert.ok(Math.abs(area - 2 * x * y) < 0.3 * x * y);
  for (const { fill, args } of found) {
    assert.equal(/** @type {any} */ (fill).pattern.context.calls[0].fill, NOT_FINITE);
    const column = (args[0] - BOX.left) / x - 21;
    assert.ok(column > 2.8 && column < 4.2, `${column}`);
    assert.ok(Math.abs((args[1] - BOX.top) / y - 1) < 0.2);
  }
  assert.equal(layer.channels, 6);
});

// Numbers

Deno.test("tiles have their true numbers in any order", () => {
  const { layer, overview } = pictureOf();
  const layout = gridLayout(layer, [5, 3, 1, 4, 2, 0]);
  const texts = drawn({ layout, overview }).all("fillText").map(({ args }) => args[0]);
  assert.deepEqual(texts, ["5", "3", "1", "4", "2", "0"]);
});

Deno.test("tiles of less than 26 pixels have none until they are zoomed in to", () => {
  // 24 × 12 tiles of 25.8 × 25 pixels.
  const picture = pictureOf({ height: 10, width: 10, channels: 288, columns: 24 });
  assert.deepEqual(drawn(picture).all("fillText"), []);
  const range = { left: 2, right: 4, top: 3, bottom: 5 };
  const texts = drawn(picture, {}, range).all("fillText").map(({ args }) => args[0]);
  assert.deepEqual(texts, ["74", "75", "98", "99"]);
  const most = pictureOf({ height: 10, width: 10, channels: 200, columns: 20 });
  assert.equal(drawn(most).all("fillText").length, 200);
});

Deno.test("one channel alone has no number", () => {
  const { layer, overview } = pictureOf();
  assert.deepEqual(drawn({ layout: channelLayout(layer, 3), overview }).all("fillText"), []);
});

// The outline

Deno.test("the channel that was open is outlined where its tile is now", () => {
  const { layer, overview } = pictureOf();
  const left = (/** @type {number} */ opened) => {
    const layout = gridLayout(layer, [5, 3, 1, 4, 2, 0]);
    return drawn({ layout, overview }, { opened }).all("strokeRect").map(({ args }) =>
      Math.round((args[0] - BOX.left) / 207)
    );
  };
  assert.deepEqual(left(-1), []);
  assert.deepEqual(left(3), [1, 1]);
  assert.deepEqual(left(0), [2, 2]);
});

Deno.test("the channel of a sequence is framed all along, and nothing else", () => {
  const changes = { height: 30, width: 10, channels: 10, tiles: 1, columns: 1, gutter: 0 };
  const layer = layerOf({ ...changes, kind: "sequence" });
  const overview = overviewOf(layer, () => 1);
  const picture = { overview, layout: gridLayout(layer) };
  assert.deepEqual(drawn(picture).all("strokeRect"), []);
  const frames = drawn(picture, { column: 3 }).all("strokeRect");
  assert.deepEqual(frames.map(({ stroke }) => stroke), ["#000000", "#ffffff"]);
  const [left, top, width, height] = frames[0].args;
  assert.deepEqual([left, width], [BOX.left + 186 - 1, 62 + 2]);
  assert.deepEqual([top, height], [BOX.top - 1, BOX.height + 2]);
});

Deno.test("marks move with the view", () => {
  const [before] = drawn(pictureOf(), { opened: 4 }).all("strokeRect");
  const range = { left: 1, right: 2, top: 1, bottom: 2 };
  const [after] = drawn(pictureOf(), { opened: 4 }, range).all("strokeRect");
  assert.ok(before.args[0] > BOX.left + 100);
  assert.ok(Math.abs(after.args[0] - BOX.left) < 3);
  assert.ok(after.args[2] > 2 * before.args[2]);
});

// Captions

Deno.test("a caption has a tile's number and how strong it is, or what it is instead", () => {
  const picture = pictureOf({}, [0, 2, 1]);
  const overview = { ...picture.overview, blank: [3] }, { period } = picture.layout;
  /** @type {Layout} */
  const layout = { ...picture.layout, captions: true, period: [period[0] + 4, period[1]] };
  const texts = drawn({ layout, overview }).all("fillText");
  assert.deepEqual(texts.map(({ args }) => args[0]), [
    ...["0", "max |x| 300", "1", "dead", "2", "flat"],
    ...["3", "not finite", "4", "max |x| 304", "5", "max |x| 305"],
  ]);
  const [number, strength] = texts;
  const scale = [BOX.width / fullRange(layout).right, BOX.height / 2];
  assert.equal(number.args[1], BOX.left);
  assert.ok(number.args[2] >= BOX.top + scale[1] * 14 / layout.period[0]);
  assert.ok(Math.abs(strength.args[1] + 66 + 6 - BOX.left - scale[0] * 20 / period[1]) < 1);
});

Deno.test("where it is narrow a caption has the number of its strength alone, or its own", () => {
  const { overview } = pictureOf();
  assert.deepEqual(captionsOf(overview, 2), ["max |x| 302", "302"]);
  assert.deepEqual(captionsOf({ ...overview, groups: 1 }, 2), []);
});
