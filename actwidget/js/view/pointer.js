/** From the pointer to a point of the picture: moves, leaves and clicks. */

/** @import { Plot } from "./plot.js" */
/** @import { Range } from "../types.js" */

import { pointAt, shareAt } from "./zoom_gestures.js";

/** Pixels that a finger or a hand trembles during a click. */
const TREMBLE = 4;

/** Milliseconds in which a second click makes a double-click; as Plotly's own. */
const DOUBLE = 300;

/** @typedef {{ x: number, y: number }} Point on the axes of the picture */

/**
 * @param {Plot} plot
 * @param {() => Range | null} range what is in sight
 * @param {object} on
 * @param {() => void} on.move the pointer has moved, or left
 * @param {(point: Point, touch: boolean) => void} on.click
 * @param {() => boolean} on.zoomed whether a double-click has something to reset
 * @returns {{ isThere: () => boolean, at: () => Point | null, stop: () => void }} `at` is where the
 *   pointer is in what is in sight now, which may have changed since it came to rest; null outside
 *   and while it drags
 */
export function followPointer(plot, range, on) {
  const { el } = plot;
  /** @type {{ clientX: number, clientY: number } | null} on the screen, where it stays */
  let resting = null;
  /** @type {PointerEvent | null} */
  let pressed = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let pending;

  /** @type {(place: { clientX: number, clientY: number }) => Point | null} */
  const point = (place) => {
    const sight = range();
    if (!sight) return null;
    const share = shareAt(plot, place);
    return share && pointAt(sight, share);
  };
  /** @param {PointerEvent} event */
  const onUp = (event) => {
    const start = pressed, touch = event.pointerType === "touch";
    pressed = null;
    if (!start || Math.hypot(event.clientX - start.x, event.clientY - start.y) > TREMBLE) return;
    const at = point(event);
    if (!at) return;
    if (pending !== undefined) {
      clearTimeout(pending);
      pending = undefined;
      return;
    }
    if (!on.zoomed()) {
      on.click(at, touch);
      return;
    }
    // A second click would make it a double-click, which resets the view.
    pending = setTimeout(() => {
      pending = undefined;
      on.click(at, touch);
    }, DOUBLE);
  };
  // In the capture phase: Plotly covers the page while something is dragged.
  /** @param {PointerEvent} event */
  const onMove = ({ buttons, clientX, clientY }) => {
    resting = buttons ? null : { clientX, clientY };
    on.move();
  };
  el.addEventListener("pointermove", onMove, true);
  // After a click, when that cover is gone, the pointer enters without having moved.
  el.addEventListener("pointerenter", onMove);
  el.addEventListener("pointerleave", (event) => {
    resting = null;
    // A finger that is lifted leaves, but what it pointed at is still meant.
    if (event.pointerType !== "touch") on.move();
  });
  el.addEventListener("pointerdown", (event) => {
    // A second finger makes it a gesture.
    pressed = event.button === 0 && event.isPrimary ? event : null;
  }, true);
  globalThis.addEventListener("pointerup", onUp, true);
  return {
    isThere: () => resting !== null,
    at: () => resting && point(resting),
    stop() {
      clearTimeout(pending);
      globalThis.removeEventListener("pointerup", onUp, true);
    },
  };
}
