/** What is shown in place of a layer's values; the same as actwidget/protocol/variants.py. */

/** @import { Ablated, Model, Target } from "../types.js" */

export const ACTIVATION = "activation", GRADIENT = "gradient", PRODUCT = "gradient × activation";

/** What can be shown of a layer. */
export const SHOWN = [ACTIVATION, GRADIENT, PRODUCT];

/**
 * The name of what a state shows; empty: the layers' own values.
 *
 * @type {(show: string, target: Target | null, ablated: Ablated | null,
 *   explored?: number | null) => string}
 */
export function variantName(show, target, ablated, explored = null) {
  if (explored !== null) return JSON.stringify(["survey", explored]);
  if (ablated) return JSON.stringify(["without", ...ablated]);
  return show === ACTIVATION ? "" : JSON.stringify([show, target]);
}

/** What moves: the newest live frame. */
export const LIVE = '["live"]';

/** @type {(model: Model) => string} the live frame that is shown; empty: none is */
function frameVariant(model) {
  const state = model.get("live_state");
  if (state === "live") return LIVE;
  const frame = model.get("live_frame") ?? null;
  return state === "paused" && frame !== null ? JSON.stringify(["frame", frame]) : "";
}

/** @type {(variant: string | undefined) => boolean} whether it is a live frame, or one that was */
export function isOfFrames(variant) {
  return variant === LIVE || Boolean(variant?.startsWith('["frame"'));
}

/** @type {(variant: string | undefined) => boolean} whether it is an image of the survey */
export function isExplored(variant) {
  return Boolean(variant?.startsWith('["survey"'));
}

/** @type {(variant: string | undefined) => boolean} whether it is of another image than are recorded */
export function isOfOtherImage(variant) {
  return isOfFrames(variant) || isExplored(variant);
}

/**
 * For a key or a request: nothing where the layers' own values are shown.
 *
 * @type {(model: Model) => { variant?: string }}
 */
export function variantOf(model) {
  // A notebook that an older version saved has none of these.
  const frame = frameVariant(model);
  if (frame) return { variant: frame };
  const [show, target, ablated, explored] = ["show", "target", "ablated", "explored"].map((name) =>
    model.get(name) ?? null
  );
  const variant = variantName(show ?? ACTIVATION, target, ablated, explored);
  return variant ? { variant } : {};
}

/** @type {(variant: string | undefined) => boolean} whether it is of gradients */
export function isOfGradients(variant) {
  return Boolean(variant?.startsWith('["gradient'));
}
