/** What is in sight after zooming and panning, always within the whole picture. */

/** @import { Layout, Range } from "../types.js" */

/** @typedef {{ x: number, y: number }} Point on the picture's axes, or a share of what is in sight */

/**
 * A range larger or smaller by a factor, in which a point keeps its place on the screen.
 *
 * @param {{ layout: Layout, range: Range, full: Range }} scene
 * @param {Point} about on the picture's axes
 * @param {number} factor of the width and the height
 * @returns {Range}
 */
export function zoomedAbout({ layout, range, full }, about, factor) {
  const { width, height } = sizeAfter(layout, range, full, factor);
  const left = about.x - (about.x - range.left) * width / (range.right - range.left);
  const top = about.y - (about.y - range.top) * height / (range.bottom - range.top);
  return within(full, { left, top, width, height });
}

/**
 * The least range that holds another and has the proportions of the whole picture.
 *
 * @type {(range: Range, full: Range) => Range}
 */
export function proportional({ left, right, top, bottom }, full) {
  const across = full.right - full.left, down = full.bottom - full.top;
  const share = Math.min(1, Math.max((right - left) / across, (bottom - top) / down));
  const width = share * across, height = share * down;
  const middle = { x: (left + right) / 2, y: (top + bottom) / 2 };
  return within(full, { left: middle.x - width / 2, top: middle.y - height / 2, width, height });
}

/**
 * The range about a point in the middle, larger or smaller by a factor.
 *
 * @type {(scene: { layout: Layout, range: Range, full: Range }, about: Point, factor: number) => Range}
 */
export function zoomedTo({ layout, range, full }, about, factor) {
  const { width, height } = sizeAfter(layout, range, full, factor);
  return within(full, { left: about.x - width / 2, top: about.y - height / 2, width, height });
}

/**
 * The range after two fingers have moved: what was between them is between them again.
 *
 * @param {{ layout: Layout, range: Range, full: Range }} scene when the fingers came down
 * @param {Point} from the point between them then, as a share of what is in sight
 * @param {Point} to the same now
 * @param {number} factor of the width and the height
 * @returns {Range}
 */
export function pinched({ layout, range, full }, from, to, factor) {
  const { width, height } = sizeAfter(layout, range, full, factor);
  const x = range.left + from.x * (range.right - range.left);
  const y = range.top + from.y * (range.bottom - range.top);
  return within(full, { left: x - to.x * width, top: y - to.y * height, width, height });
}

/**
 * @param {Layout} layout
 * @param {Range} range
 * @param {Range} full
 * @param {number} factor
 */
function sizeAfter({ period: [down, across] }, range, full, factor) {
  const width = range.right - range.left, height = range.bottom - range.top;
  const most = Math.max((full.right - full.left) / width, (full.bottom - full.top) / height);
  // A unit is the least that there is to see.
  const least = Math.min(1, Math.max(1 / across / width, 1 / down / height));
  const by = Math.min(most, Math.max(least, factor));
  return {
    width: Math.min(full.right - full.left, width * by),
    height: Math.min(full.bottom - full.top, height * by),
  };
}

/**
 * @param {Range} full
 * @param {{ left: number, top: number, width: number, height: number }} area
 * @returns {Range}
 */
function within(full, { left, top, width, height }) {
  const x = Math.min(Math.max(left, full.left), full.right - width);
  const y = Math.min(Math.max(top, full.top), full.bottom - height);
  return { left: x, right: x + width, top: y, bottom: y + height };
}
