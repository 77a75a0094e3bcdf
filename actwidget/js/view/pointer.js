/** From the pointer to a point of the picture: moves, leaves and clicks. */

/** @import { Plot } from "./plot.js" */
/** @import { Range } from "../types.js" */

/** Pixels that a finger or a hand trembles during a click. */
const TREMBLE = 4;

/** Milliseconds in which a second click makes a double-click; as Plotly's own. */
const DOUBLE = 300;

/**
 * @param {Plot} plot
 * @param {() => Range | null} range what is in sight
 * @param {object} on
 * @param {(point: { x: number, y: number } | null) => void} on.move null: outside the picture
 * @param {(point: { x: number, y: number }, touch: boolean) => void} on.click
 * @param {() => boolean} on.zoomed whether a double-click has something to reset
 * @returns {() => void} stops it
 */
export function followPointer(plot, range, on) {
  const { el } = plot;
  /** @type {PointerEvent | null} */
  let pressed = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let pending;

  /** @param {PointerEvent} event */
  const pointAt = (event) => {
    const sight = range();
    if (!sight) return null;
    const rect = el.getBoundingClientRect();
    const { left, top, width, height } = plot.box;
    const u = (event.clientX - rect.left - left) / width;
    const v = (event.clientY - rect.top - top) / height;
    if (u < 0 || v < 0 || u >= 1 || v >= 1) return null;
    return {
      x: sight.left + u * (sight.right - sight.left),
      y: sight.top + v * (sight.bottom - sight.top),
    };
  };
  /** @param {PointerEvent} event */
  const onUp = (event) => {
    const start = pressed, touch = event.pointerType === "touch";
    pressed = null;
    if (!start || Math.hypot(event.clientX - start.x, event.clientY - start.y) > TREMBLE) return;
    const point = pointAt(event);
    if (!point) return;
    if (pending !== undefined) {
      clearTimeout(pending);
      pending = undefined;
      return;
    }
    if (!on.zoomed()) {
      on.click(point, touch);
      return;
    }
    // A second click would make it a double-click, which resets the view.
    pending = setTimeout(() => {
      pending = undefined;
      on.click(point, touch);
    }, DOUBLE);
  };
  // In the capture phase: Plotly covers the page while something is dragged.
  el.addEventListener("pointermove", (event) => {
    on.move(event.buttons ? null : pointAt(event));
  }, true);
  el.addEventListener("pointerleave", (event) => {
    // A finger that is lifted leaves, but what it pointed at is still meant.
    if (event.pointerType !== "touch") on.move(null);
  });
  el.addEventListener("pointerdown", (event) => {
    pressed = event.button === 0 ? event : null;
  }, true);
  globalThis.addEventListener("pointerup", onUp, true);
  return () => {
    clearTimeout(pending);
    globalThis.removeEventListener("pointerup", onUp, true);
  };
}
