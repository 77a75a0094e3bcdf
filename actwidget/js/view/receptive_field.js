/** What a unit sees of the input. */

/** @import { Field, Layer, Model, UnitPosition, Windows } from "../types.js" */
/** @import { Store } from "../store/store.js" */
/** @import { Scene } from "./scene.js" */
/** @import { Seen } from "./side_panel.js" */

/**
 * Its box on the input; null where it is not known, or not yet.
 *
 * @type {(model: Model, store: Store, scene: Scene, place: UnitPosition) => Seen | null}
 */
export function seenBy(model, store, { layer, overview }, { row, column }) {
  const isInput = !layer.inputs.length && layer.type.startsWith("Input");
  if (isInput || layer.kind !== "maps" || layer.depth > 1 || !layer.sharesInputGrid) return null;
  if (layer.height * layer.width === 1 || !model.get("has_input_image")) return null;
  /** @type {Layer} */
  const input = model.get("layers")[0];
  if (input.kind !== "maps" || input.depth > 1) return null;
  const field = store.why({ kind: "field", layer: overview.layer })?.field;
  const found = field === "probe"
    ? store.why({ kind: "box", layer: overview.layer, row, column })?.box
    : boxOf(field, row, column, input);
  if (!found) return null;
  const [top, left, bottom, right] = found;
  if (!(top < bottom && left < right)) return null;
  const { height, width } = input;
  const isWhole = top === 0 && left === 0 && bottom === height && right === width;
  return {
    box: [top / height, left / width, bottom / height, right / width],
    words: isWhole ? "sees the whole image" : `sees ${bottom - top} × ${right - left}`,
  };
}

/**
 * @type {(field: Field | undefined, row: number, column: number,
 *   input: Pick<Layer, "height" | "width">) => [number, number, number, number] | null}
 */
export function boxOf(field, row, column, { height, width }) {
  if (field === "whole") return [0, 0, height, width];
  if (!Array.isArray(field)) return null;
  const [[top, bottom], [left, right]] = [seen(field[0], row), seen(field[1], column)];
  return [top, left, bottom, right];
}

/** @type {(windows: Windows, unit: number) => [number, number]} */
function seen([size, stride, offset, end], unit) {
  const start = offset + stride * unit;
  return [Math.max(0, start), Math.min(end, start + size)];
}
