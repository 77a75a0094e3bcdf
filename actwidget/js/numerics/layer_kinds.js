/** What kinds of layers there are for a reader, and finding layers by them. */

/** @import { Layer } from "../types.js" */

/**
 * @typedef {"conv" | "act" | "pool" | "norm" | "dense" | "other"} LayerKind
 */

/** The kinds, those first that matter most where several layers share a place. */
export const KINDS = /** @type {const} */ (["conv", "dense", "act", "pool", "norm", "other"]);

/** Words in the names of layers' classes. The first kind with such a word counts. */
const WORDS = /** @type {[LayerKind, RegExp][]} */ ([
  ["pool", /pool/i],
  ["norm", /norm/i],
  ["conv", /conv/i],
  ["act", /activation|relu|softmax|sigmoid|tanh|gelu|swish|silu|elu$|softplus|leaky/i],
  ["dense", /dense|linear|attention|lstm|gru|rnn|embedding/i],
]);

/** @type {(layer: Pick<Layer, "type">) => LayerKind} */
export function layerKind({ type }) {
  return WORDS.find(([, words]) => words.test(type))?.[0] ?? "other";
}

/**
 * The next layer of the same kind in one direction; where there is none, the layer itself.
 *
 * @type {(layers: Pick<Layer, "type">[], number: number, by: 1 | -1) => number}
 */
export function nextOfKind(layers, number, by) {
  const kind = layerKind(layers[number]);
  for (let other = number + by; other >= 0 && other < layers.length; other += by) {
    if (layerKind(layers[other]) === kind) return other;
  }
  return number;
}

/**
 * The layers whose names or types hold all words of a text, and that are of a kind.
 *
 * @type {(layers: Pick<Layer, "path" | "type">[], text: string, kind: LayerKind | null) => number[]}
 */
export function found(layers, text, kind) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const numbers = [];
  for (const [number, layer] of layers.entries()) {
    if (kind && layerKind(layer) !== kind) continue;
    const said = `${layer.path} ${layer.type}`.toLowerCase();
    if (words.every((word) => said.includes(word))) numbers.push(number);
  }
  return numbers;
}

/**
 * How high each layer's tick is, from 0 to 1, by its mean |x| on a logarithmic scale.
 *
 * @param {(number | undefined)[]} sizes undefined where it is not known yet
 * @returns {number[]} 0 for what is 0 or not known
 */
export function heights(sizes) {
  const logs = sizes.map((size) => size && Number.isFinite(size) ? Math.log10(size) : NaN);
  const known = logs.filter((log) => !Number.isNaN(log));
  const most = known.reduce((a, b) => Math.max(a, b), -Infinity);
  // What is a ten-thousandth of the strongest is next to nothing.
  const least = Math.max(most - DECADES, known.reduce((a, b) => Math.min(a, b), Infinity) - 0.3);
  const span = Math.max(most - least, 1);
  return logs.map((log) =>
    Number.isNaN(log) ? 0 : Math.min(1, Math.max(LEAST, (log - most) / span + 1))
  );
}

/** Powers of ten that the heights span at most, and the height of what is weaker still. */
const DECADES = 4, LEAST = 0.1;
