/** The widget's style sheet, once in a page: to set it again styles the whole page anew. */

import { element } from "./dom.js";
import { afterFrame } from "./frames.js";

const CLASS = "actwidget-style";

/**
 * Add a style sheet to what an element is in: the page, or a shadow tree of it.
 *
 * @type {(el: HTMLElement, text: string) => void}
 */
export function addStyle(el, text) {
  addTo(el.getRootNode(), text);
  // Where it will be is known once it is there.
  if (!el.isConnected) afterFrame(() => addTo(el.getRootNode(), text));
}

/** @type {(root: Node, text: string) => void} */
function addTo(root, text) {
  const holder = root instanceof ShadowRoot ? root : document.head;
  const isThere = [...holder.querySelectorAll(`.${CLASS}`)].some((each) =>
    each.textContent === text
  );
  if (!isThere) holder.append(element("style", CLASS, {}, [text]));
}
