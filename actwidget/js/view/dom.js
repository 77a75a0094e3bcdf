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

/** Icons of 16 × 16, as the paths of their lines. */
const ICONS = {
  left: "M10 3 5 8l5 5",
  right: "M6 3l5 5-5 5",
  down: "M4 6l4 4 4-4",
  reset: "M3 8a5 5 0 1 0 1.6-3.7M3 2.5v3h3",
  download: "M8 2v8M4.5 7 8 10.5 11.5 7M3 13.5h10",
  order: "M4.5 3v10M2 10.5 4.5 13 7 10.5M11.5 13V3M9 5.5 11.5 3 14 5.5",
  lock: "M4 7.5h8v6H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5",
  dots: "M3 8h.01M8 8h.01M13 8h.01",
  close: "M4 4l8 8M12 4l-8 8",
  play: "M5 3l8 5-8 5z",
  pause: "M5.5 3v10M10.5 3v10",
  stop: "M4 4h8v8H4z",
  mirror: "M8 2v12M5.5 5 2.5 8l3 3M10.5 5l3 3-3 3",
  warning: "M8 2.5 14.5 13.5h-13zM8 6.5v3M8 11.5h.01",
};

/** @param {keyof typeof ICONS} name */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", "actwidget-icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(svg.namespaceURI, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/**
 * A button with an icon, or with a text.
 *
 * @type {(name: string, face: Node | string, act: () => void) => HTMLButtonElement}
 */
export function button(name, face, act) {
  const attributes = { type: "button", "aria-label": name, title: name };
  const el = element("button", "actwidget-button", attributes, [face]);
  el.addEventListener("click", act);
  return el;
}
