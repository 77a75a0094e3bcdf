/** An image in colours: three channels that are one picture. */

/** @import { Detail, Layer, Layout, Overview, Raster } from "../types.js" */

import { channelLayout } from "./mosaic.js";
import { draw } from "./raster.js";

/** What the channels are. */
export const PLANES = ["red", "green", "blue"];

/** @type {(layer: Layer, channel: number | null) => boolean} whether it is drawn in colours */
export function isInColours({ isImage, tiles }, channel) {
  return isImage && tiles === PLANES.length && channel === null;
}

/**
 * The cells of an image in colours: a gap in one of the channels is one in all.
 *
 * @type {(layer: Layer, overview: Overview, detail: Detail | null, normalization: number) => Raster}
 */
export function drawPhotograph(layer, overview, detail, normalization) {
  const planes = PLANES.map((_, channel) => {
    const layout = channelLayout(layer, channel);
    return draw(layout, overview, detail && partOf(detail, channel), normalization);
  });
  const bad = planes.flatMap((plane) => plane.bad);
  return { ...planes[0], planes: planes.map(({ z }) => z), bad };
}

/** @type {(layout: Layout, patches: Detail["patches"]) => Detail["patches"]} windows of all three */
export function patchesOfAll(layout, patches) {
  return PLANES.flatMap((_, channel) =>
    patches
      .filter(([first]) => first === layout.order[0])
      .map(([, ...window]) => /** @type {Detail["patches"][0]} */ ([channel, ...window]))
  );
}

/** @type {(detail: Detail, channel: number) => Detail} the windows of one channel */
function partOf(detail, channel) {
  const patches = detail.patches.filter(([which]) => which === channel);
  const before = detail.patches.filter(([which]) => which < channel);
  const count = (/** @type {Detail["patches"]} */ windows) =>
    windows.reduce((sum, [, , , rows, columns]) => sum + rows * columns, 0);
  const start = count(before);
  return { ...detail, patches, units: detail.units.subarray(start, start + count(patches)) };
}
