/** A live frame's message -> its picture. */

/** @import { Detail, Overview, Units } from "../types.js" */

import { LIVE } from "../store/variant.js";
import { gunzip } from "../protocol/unpack.js";

/**
 * @typedef {object} HeldScale what stays from one frame to the next
 * @prop {number} version
 * @prop {any} facts the layer's numbers and its normalizations
 * @prop {Float64Array} table
 */

/**
 * A frame's overview, and the windows that were asked for.
 *
 * @param {any} message
 * @param {DataView[]} buffers
 * @param {HeldScale | undefined} held of the layer
 * @returns {Promise<{ overview: Overview, detail: Detail | null, held: HeldScale } | null>} null:
 *   the message counts on a scale that the page does not have
 */
export async function readFrame(message, buffers, held) {
  const { layer, slice, block, groups, encoding, version, compressed } = message;
  if (message.table !== undefined) {
    held = { version, facts: message.facts, table: numbers(buffers[message.table]) };
  }
  if (!held || held.version !== version) return null;
  const units = await unitsOf(buffers[0], encoding, compressed);
  const table = held.table.slice();
  // Between the smallest and the largest unit of this very frame.
  table.set(floats(buffers[1]));
  const key = { layer, image: 0, slice, variant: LIVE };
  const { byteLength: bytes } = units;
  /** @type {Overview} */
  const overview = {
    ...key,
    ...{ block, encoding, groups, ...held.facts, blank: [], table, units, bytes },
    frames: message.frames,
  };
  const { detail: found } = message;
  const detail = found && {
    ...key,
    block: found.block,
    patches: found.patches,
    encoding,
    units: await unitsOf(buffers[found.buffer], encoding, compressed),
    bytes: 0,
  };
  return { overview, detail: detail ?? null, held };
}

/** @type {(view: DataView, encoding: string, compressed: boolean) => Promise<Units>} */
async function unitsOf(view, encoding, compressed) {
  const bytes = compressed
    ? await gunzip(/** @type {any} */ (view))
    // Copied: a Float32Array begins at a multiple of 4.
    : view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
  const buffer = /** @type {ArrayBuffer} */ (bytes);
  return encoding === "float32" ? new Float32Array(buffer) : new Uint8Array(buffer);
}

/** @type {(view: DataView) => Float64Array} */
function numbers({ buffer, byteOffset, byteLength }) {
  return new Float64Array(buffer.slice(byteOffset, byteOffset + byteLength));
}

/** @type {(view: DataView) => Float32Array} */
function floats({ buffer, byteOffset, byteLength }) {
  return new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
}
