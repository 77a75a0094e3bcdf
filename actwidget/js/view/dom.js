/** Elements: making them, with text that is always text, and keeping their keys for them. */

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {string} className
 * @param {Record<string, string>} [attributes]
 * @param {(Node | string)[]} [children]
 * @returns {HTMLElementTagNameMap[T]}
 */
export function element(tag, className, attributes = {}, children = []) {
  const el = document.createElement(tag);
  if (className) el.className = className;
  for (const [name, value] of Object.entries(attributes)) el.setAttribute(name, value);
  el.append(...children);
  return el;
}

/** Keeps JupyterLab from taking arrow keys and Enter: it asks the focused element itself. */
export const OWN_KEYS = { "data-lm-suppress-shortcuts": "true" };

/** @param {HTMLElement} el keeps its keys, as do the elements in it that can have the focus */
export function keepKeys(el) {
  for (const each of [el, ...el.querySelectorAll("button, input, select")]) {
    for (const [name, value] of Object.entries(OWN_KEYS)) each.setAttribute(name, value);
  }
}
