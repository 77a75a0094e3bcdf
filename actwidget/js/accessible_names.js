/** Names for core sliders, which have none of their own: what they are and where they stand. */

/** @import { Model } from "./types.js" */

/** The class of a control's box, and the trait that says in words where it stands. */
const CONTROLS = {
  layer: "layer_text",
  channel: "channel_text",
  normalization: "normalization_text",
  image: "image_text",
};

/**
 * Name the sliders that stand in the same widget as the picture, now and whenever they are drawn.
 *
 * @param {HTMLElement} el the picture's own element
 * @param {Model} model
 * @returns {() => void} stops it
 */
export function nameCoreSliders(el, model) {
  const box = el.closest(".actwidget-box");
  if (!box) return () => {};
  const name = () => {
    for (const [control, trait] of Object.entries(CONTROLS)) {
      const handle = box.querySelector(`.actwidget-${control} .noUi-handle`);
      if (handle) {
        setAttribute(handle, "aria-label", control);
        setAttribute(handle, "aria-valuetext", model.get(trait));
      }
    }
    const input = box.querySelector(".actwidget-channel input[type=text]");
    if (input) setAttribute(input, "aria-label", "channel number, or all");
    const select = box.querySelector(".actwidget-channel select");
    if (select) setAttribute(select, "aria-label", "order of the tiles");
    const hold = box.querySelector(".actwidget-normalization input[type=checkbox]");
    if (hold) setAttribute(hold, "aria-label", "hold scale");
  };
  name();
  // The slider writes its own number there at every step.
  const observer = new MutationObserver(name);
  observer.observe(box, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ["aria-valuetext"],
  });
  for (const trait of Object.values(CONTROLS)) model.on(`change:${trait}`, name);
  return () => observer.disconnect();
}

/**
 * @param {Element} el
 * @param {string} attribute
 * @param {string} value
 */
function setAttribute(el, attribute, value) {
  if (el.getAttribute(attribute) !== value) el.setAttribute(attribute, value);
}
