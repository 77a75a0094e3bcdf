/** What is read of a place in several recordings, in words. */

/** @import { Model, Reading, UnitPosition } from "../types.js" */
/** @import { Scene } from "./scene.js" */
/** @import { Store } from "../store/store.js" */

import { read } from "../numerics/raster.js";
import { hasUnit } from "../numerics/mosaic.js";
import { isOfDifference, recordingsOf } from "../store/variant.js";
import { pictureOfRecording, recordingShown } from "../store/picture_key.js";
import { comparedWith } from "../store/compare_store.js";
import { attributionOf } from "./attribution.js";
import { digits, effectText, format } from "./labels.js";

/** @typedef {{ recording: number, reading: Reading }} RecordingReading */

/**
 * The parts of a line that says the values of all recordings at a place; every second one is a
 * number. Null: nothing is compared.
 *
 * @type {(model: Model, store: Store, place: UnitPosition, scene: Scene, reading: Reading) =>
 *   string[] | null}
 */
export function comparedLine(model, store, place, scene, reading) {
  if (recordingsOf(model) === 1) return null;
  const { overview } = scene, isDifference = isOfDifference(overview.variant);
  const first = isDifference ? -1 : recordingShown(model, overview);
  /** @type {RecordingReading[]} */
  const found = isDifference ? [] : [{ recording: first, reading }];
  const holders = model.get("compared").holders[overview.layer];
  for (const recording of holders) {
    if (recording === first) continue;
    const other = readingOf(model, store, place, scene, recording, reading);
    if (other) found.push({ recording, reading: other });
  }
  found.sort((one, other) => one.recording - other.recording);
  const { names } = model.get("compared"),
    parts = found.flatMap((each, k) => [
      `${k ? " · " : ""}${names[each.recording]} `,
      valueText(each.reading),
    ]);
  const difference = isDifference ? reading : differenceOf(found, comparedWith(model));
  if (difference) parts.push(`${parts.length ? " · " : ""}difference `, valueText(difference));
  return parts;
}

/**
 * What another recording has at a place: the model's own number, or what the page holds of it.
 *
 * @type {(model: Model, store: Store, place: UnitPosition, scene: Scene, recording: number,
 *   of: Reading) => Reading | null}
 */
function readingOf(model, store, place, { layout, overview }, recording, { block }) {
  const key = pictureOfRecording(model, overview, recording);
  if (!key) return null;
  const held = store.overview(key);
  const isThere = held && hasUnit(layout, place) && held.units.length === overview.units.length;
  const known = isThere ? read(layout, held, null, place) : null;
  const exact = store.value(key, place, known?.block ?? block);
  if (!exact) return known;
  return { step: 0, block, ...known, value: exact.value, exact: true };
}

/**
 * What a channel adds to the target, in each recording that is compared, in their order; empty: that
 * is not known.
 *
 * @type {(model: Model, store: Store, channel: number, scene: Scene) => string}
 */
export function effectLine(model, store, channel, { overview, effects }) {
  const own = effects?.[channel];
  if (!store.compare.isOn) return typeof own === "number" ? effectText(own) : "";
  const { holders } = model.get("compared");
  const found = holders[overview.layer].map((/** @type {number} */ recording) => {
    const key = pictureOfRecording(model, overview, recording);
    return key && attributionOf(model, store, key)?.importance?.[channel];
  });
  if (found.every((/** @type {unknown} */ effect) => typeof effect !== "number")) return "";
  return `the channel adds ${
    found.map((/** @type {unknown} */ effect) =>
      typeof effect === "number" ? format(effect, 3) : "–"
    ).join(" · ")
  }`;
}

/** @type {(found: RecordingReading[], other: number) => Reading | null} B − A */
function differenceOf(found, other) {
  const [one] = found.filter(({ recording }) => recording === 0).map(({ reading }) => reading);
  const [two] = found.filter(({ recording }) => recording === other).map(({ reading }) => reading);
  // Of blocks of units the strongest are not in the same place.
  if (!one || !two || one.block > 1 || two.block > 1) return null;
  const exact = one.exact && two.exact;
  return { value: two.value - one.value, block: 1, exact, step: Math.max(one.step, two.step) };
}

/**
 * How much a channel prefers one class in both recordings; empty: that is not known.
 *
 * @type {(model: Model, store: Store, layer: number, channel: number) => string}
 */
export function selectivityText(model, store, layer, channel) {
  const found = store.compare.isOn && store.compare.changes(layer)?.selectivity;
  if (!found) return "";
  const { names } = model.get("compared"), other = names[comparedWith(model)];
  const [before, after] = found.map((each) => format(each[channel] ?? NaN, 3));
  return `selectivity ${names[0]} ${before} · ${other} ${after}`;
}

/** @param {Reading} reading */
function valueText(reading) {
  return `${reading.exact ? "" : "≈ "}${format(reading.value, digits(reading))}`;
}
