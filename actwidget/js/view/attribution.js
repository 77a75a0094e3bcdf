/** What explains the target that the state has: what is asked of the store, and what is said of it. */

/** @import { Attribution, Class, Heatmap, Model, PictureKey, Target } from "../types.js" */
/** @import { Store } from "../store/store.js" */

import { recordingShown } from "../store/picture_key.js";

/** @type {(model: Model) => Target | null} */
export function targetOf(model) {
  // A notebook that an older version saved has none.
  return model.get("target") ?? null;
}

/**
 * What a layer does for the target; requested if it is not known yet.
 *
 * @type {(model: Model, store: Store, key: PictureKey) => Attribution | null}
 */
export function attributionOf(model, store, key) {
  const target = targetOf(model), { layer, image } = key;
  if (target === null) return null;
  const of = { target: JSON.stringify(target), image, ...asked(model, key) };
  return store.why({ kind: "attribution", layer, ...of }) ?? null;
}

/**
 * Whose model is asked, of recordings that are compared: that of the picture.
 *
 * @type {(model: Model, key: PictureKey) => { recording?: number }} nothing: the first one's
 */
function asked(model, key) {
  const recording = recordingShown(model, key);
  return recording ? { recording } : {};
}

/**
 * The heatmap that lies over the input, and what it is.
 *
 * @type {(model: Model, store: Store, key: PictureKey) =>
 *   { map: Heatmap | null, words: string } | null} null: none is wanted, or it is not known yet
 */
export function overlayOf(model, store, key) {
  const overlay = model.get("overlay") ?? null, target = targetOf(model);
  if (overlay === null || target === null) return null;
  if (overlay === "grad-cam") {
    const found = attributionOf(model, store, key);
    if (!found) return null;
    const { cam, reason, error } = found, why = error || reason || NO_MAPS;
    return { map: cam ?? null, words: cam ? camWords(cam) : `no Grad-CAM: ${why}` };
  }
  const of = { target: JSON.stringify(target), image: key.image, ...asked(model, key) };
  const found = store.why({ kind: "saliency", ...of });
  if (!found) return null;
  if (!found.map) return { map: null, words: `no gradient: ${found.error ?? found.reason}` };
  return { map: found.map, words: `|gradient| ≤ ${short(found.map.maximum)}` };
}

const NO_MAPS = "this layer has no maps";

/** @param {Heatmap} cam */
function camWords({ height, width, maximum }) {
  return maximum > 0
    ? `Grad-CAM ≤ ${short(maximum)} · ${height} × ${width}`
    : `Grad-CAM ${height} × ${width}: 0 throughout`;
}

/** @param {number} value */
function short(value) {
  return String(Number(value.toPrecision(2))).replace("-", "−");
}

/** @type {(model: Model) => Class[]} the likeliest classes of the image that is shown */
export function classesOf(model) {
  return model.get("classes")?.[model.get("image_index")] ?? [];
}

/**
 * What a target is called where there is little room.
 *
 * @type {(model: Model, target: Target | null) => string}
 */
export function targetWords(model, target) {
  if (target === null) return "nothing";
  if (Array.isArray(target)) {
    const [path, channel, unit] = target;
    return `${path} · ${channel}${unit ? ` · row ${unit[0]}, column ${unit[1]}` : ""}`;
  }
  const classes = classesOf(model), names = model.get("class_names") ?? [];
  if (target === "top" && !names.includes("top")) return classes[0]?.[1] ?? "the likeliest class";
  if (typeof target === "number") {
    const found = classes.find(([number]) => number === target);
    return found?.[1] ?? names[target] ?? `class ${target}`;
  }
  return target;
}

/**
 * The number of the class that is explained; null where it is none.
 *
 * @type {(model: Model) => number | null}
 */
export function classExplained(model) {
  const target = targetOf(model), classes = classesOf(model);
  if (typeof target === "number") return target;
  if (target === null || Array.isArray(target)) return null;
  const names = model.get("class_names") ?? [];
  if (target === "top" && !names.includes("top")) return classes[0]?.[0] ?? null;
  const number = names.indexOf(target);
  return number < 0 ? null : number;
}

/**
 * What is left of the likeliest classes with a channel switched off; null where none is, or it is
 * not known yet.
 *
 * @type {(model: Model, store: Store) => (number | null)[] | null}
 */
export function valuesWithout(model, store) {
  const ablated = model.get("ablated") ?? null;
  if (!ablated) return null;
  const [layer, channel] = ablated, image = model.get("image_index");
  const output = model.get("class_output") ?? 0;
  const classes = classesOf(model).map(([number]) => number);
  return store.why({ kind: "ablation", layer, channel, image, output, classes })?.values ?? null;
}
