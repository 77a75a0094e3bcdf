/** What is shown in place of a layer's values; the same as actwidget/protocol/variants.py. */

/** @import { Ablated, Model, Target } from "../types.js" */

export const ACTIVATION = "activation", GRADIENT = "gradient", PRODUCT = "gradient × activation";

/** What can be shown of a layer. */
export const SHOWN = [ACTIVATION, GRADIENT, PRODUCT];

export const SIDE_BY_SIDE = "side by side", DIFFERENCE = "difference", FLICKER = "flicker";

/** How recordings are compared. */
export const MODES = [SIDE_BY_SIDE, DIFFERENCE, FLICKER];

/** The place among recordings that are compared of one of them that is not the first. */
const OTHER = "other";

/**
 * The name of what a state shows; empty: the layers' own values.
 *
 * @type {(show: string, target: Target | null, ablated: Ablated | null,
 *   explored?: number | null, mode?: string, panel?: number) => string}
 */
export function variantName(
  show,
  target,
  ablated,
  explored = null,
  mode = SIDE_BY_SIDE,
  panel = 0,
) {
  if (explored !== null) return JSON.stringify(["survey", explored]);
  if (ablated) return JSON.stringify(["without", ...ablated]);
  const gradient = show === ACTIVATION ? [] : [show, target];
  if (mode === DIFFERENCE || panel) {
    return JSON.stringify([mode === DIFFERENCE ? DIFFERENCE : OTHER, panel, ...gradient]);
  }
  return gradient.length ? JSON.stringify(gradient) : "";
}

/** @type {(variant: string | undefined) => number} the number of the recording that it is of */
export function recordingOf(variant) {
  return variant?.startsWith(`["${OTHER}"`) ? JSON.parse(variant)[1] : 0;
}

/** @type {(variant: string | undefined) => boolean} whether it is the difference of two */
export function isOfDifference(variant) {
  return Boolean(variant?.startsWith(`["${DIFFERENCE}"`));
}

/** @type {(model: Model) => number} how many recordings are compared; 1: nothing is */
export function recordingsOf(model) {
  return model.get("compared")?.names?.length ?? 1;
}

/** What moves: the newest live frame. */
export const LIVE = '["live"]';

/** @type {(model: Model) => string} the live frame that is shown; empty: none is */
function frameVariant(model) {
  const state = model.get("live_state");
  if (state === "live") return LIVE;
  const frame = model.get("live_frame") ?? null;
  if (state !== "paused" || frame === null) return "";
  const against = model.get("mode") === DIFFERENCE
    ? [model.get("panel"), model.get("image_index")]
    : [];
  return JSON.stringify(["frame", frame, ...against]);
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
  const [mode, panel] = [model.get("mode") ?? SIDE_BY_SIDE, model.get("panel") ?? 0];
  const variant = variantName(show ?? ACTIVATION, target, ablated, explored, mode, panel);
  return variant ? { variant } : {};
}

/**
 * The same of another recording that is compared, shown as it is.
 *
 * @type {(model: Model, recording: number) => { variant?: string }}
 */
export function variantOfRecording(model, recording) {
  const [show, target] = [model.get("show") ?? ACTIVATION, model.get("target") ?? null];
  const variant = variantName(show, target, null, null, SIDE_BY_SIDE, recording);
  return variant ? { variant } : {};
}

/** @type {(variant: string | undefined) => boolean} whether it is of gradients */
export function isOfGradients(variant) {
  if (variant?.startsWith('["gradient')) return true;
  const isCompared = isOfDifference(variant) || recordingOf(variant) > 0;
  return isCompared && JSON.parse(String(variant)).length > 2;
}
