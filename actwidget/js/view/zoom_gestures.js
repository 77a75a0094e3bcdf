/** Zooming by wheel and by two fingers, which leaves the page its scrolling. */

/** @import { Layout, Range } from "../types.js" */
/** @import { Plot } from "./plot.js" */
/** @import { Point } from "../numerics/zoom.js" */

import { contains } from "../numerics/mosaic.js";
import { pinched, zoomedAbout } from "../numerics/zoom.js";

/** What a wheel zooms by, as a power of two a pixel that it turns; a pinch comes in small steps. */
const PER_PIXEL = 0.002, PER_PINCHED_PIXEL = 0.02;

/** Pixels in a line and in a page, in which some wheels count. */
const UNITS = [1, 16, 400];

/** The most that one turn zooms by, as a power of two. */
const MOST = 0.5;

/**
 * A wheel scrolls the page. It zooms with Ctrl or Cmd (a trackpad's pinch comes so), or after a
 * click in the picture until the pointer leaves. One finger scrolls, two zoom and pan.
 *
 * @param {Plot} plot
 * @param {() => { layout: Layout, range: Range, full: Range } | null} scene what is on the screen
 * @param {object} on
 * @param {(range: Range) => void} on.range
 * @param {() => void} on.plainWheel somebody turns the wheel over the picture and scrolls the page
 * @returns {() => void} stops it
 */
export function followZoom(plot, scene, on) {
  const { el } = plot;
  let clicked = false;

  // Plotly is not to see these: it would take one finger for a box, and the wheel for its own.
  const passive = false, capture = true;
  // When it is released: while a button is held Plotly covers the page, and the pointer leaves.
  /** @param {PointerEvent} event */
  const onUp = (event) => {
    clicked ||= event.pointerType !== "touch" && shareAt(plot, event) !== null;
  };
  globalThis.addEventListener("pointerup", onUp, capture);
  el.addEventListener("pointerleave", () => {
    clicked = false;
  });
  el.addEventListener("wheel", (event) => {
    event.stopPropagation();
    const shown = scene(), at = shareAt(plot, event), asked = event.ctrlKey || event.metaKey;
    if (!shown || !at || !event.deltaY) return;
    if (!asked && !clicked) {
      on.plainWheel();
      return;
    }
    const outwards = event.deltaY > 0;
    if (outwards && contains(shown.range, shown.full)) {
      // The browser would make the whole page smaller.
      if (asked) event.preventDefault();
      return;
    }
    event.preventDefault();
    on.range(zoomedAbout(shown, pointAt(shown.range, at), wheelFactor(event)));
  }, { passive, capture });

  /** @type {{ scene: { layout: Layout, range: Range, full: Range }, at: Point, apart: number } | null} */
  let pinch = null;
  /** @param {TouchEvent} event */
  const onTouch = (event) => {
    event.stopPropagation();
    const fingers = [...event.touches].slice(0, 2), [one, other] = fingers;
    const shown = scene();
    if (!other || !shown) {
      pinch = null;
      return;
    }
    if (event.cancelable) event.preventDefault();
    const apart = Math.max(1, Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY));
    const middle = shareOf(plot, {
      clientX: (one.clientX + other.clientX) / 2,
      clientY: (one.clientY + other.clientY) / 2,
    });
    // A finger more or less is another gesture.
    if (event.type !== "touchmove" || !pinch) {
      // As it is now: what is in sight changes with each move.
      const { layout, range, full } = shown;
      pinch = { scene: { layout, range, full }, at: middle, apart };
      return;
    }
    on.range(pinched(pinch.scene, pinch.at, middle, pinch.apart / apart));
  };
  for (
    const type of /** @type {const} */ (["touchstart", "touchmove", "touchend", "touchcancel"])
  ) {
    el.addEventListener(type, onTouch, { passive, capture });
  }
  return () => globalThis.removeEventListener("pointerup", onUp, capture);
}

/** @param {WheelEvent} event */
export function wheelFactor({ deltaY, deltaMode, ctrlKey }) {
  const pixels = deltaY * UNITS[deltaMode];
  // A mouse's wheel turns by 100 pixels or so, fingers on a trackpad by a few.
  const pinching = ctrlKey && Math.abs(pixels) < 50;
  const power = pixels * (pinching ? PER_PINCHED_PIXEL : PER_PIXEL);
  return 2 ** Math.min(MOST, Math.max(-MOST, power));
}

/** @typedef {{ clientX: number, clientY: number }} Place on the screen */

/** @type {(plot: Plot, place: Place) => Point} as a share of what is in sight */
function shareOf({ el, box }, { clientX, clientY }) {
  const rect = el.getBoundingClientRect();
  return {
    x: (clientX - rect.left - box.left) / box.width,
    y: (clientY - rect.top - box.top) / box.height,
  };
}

/** @type {(plot: Plot, place: Place) => Point | null} null: outside the picture */
export function shareAt(plot, place) {
  const { x, y } = shareOf(plot, place);
  return x < 0 || y < 0 || x >= 1 || y >= 1 ? null : { x, y };
}

/** @type {(range: Range, share: Point) => Point} */
export function pointAt(range, { x, y }) {
  return {
    x: range.left + x * (range.right - range.left),
    y: range.top + y * (range.bottom - range.top),
  };
}
