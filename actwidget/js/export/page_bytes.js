/** Binary data that stands in a page. */

import { textToBytes } from "./binary_text.js";

/**
 * @param {string} id of the element that holds it
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function bytesOf(id) {
  const part = document.getElementById(id);
  return textToBytes(part?.textContent ?? "", Number(part?.dataset.bytes));
}
