/** What the tests are built of: layers, pictures of them, and a model that is not in a page. */

/** @import { Colouring, Detail, Layer, Model, Overview, Patch } from "../../actwidget/js/types.js" */

/**
 * A layer, laid out as Python does for few units: no reduction, a gutter of one cell.
 *
 * @param {Partial<Layer>} [changes]
 * @returns {Layer}
 */
export function layerOf(changes = {}) {
  return {
    path: "conv1",
    type: "Conv2D",
    activation: "relu",
    kind: "maps",
    isImage: false,
    inputs: [],
    depth: 1,
    height: 14,
    width: 20,
    channels: 6,
    tiles: changes.channels ?? 6,
    sharesInputGrid: true,
    firstNonFinite: "",
    named: false,
    columns: 3,
    block: 1,
    repeat: [1, 1],
    gutter: 1,
    ...changes,
  };
}

/** @type {Colouring} */
export const RAW = {
  limits: [-1, 1],
  colours: [[0, "#000000"], [1, "#ffffff"]],
  title: "value",
  diverging: false,
  comparable: true,
  clipped: 0,
};

/**
 * An overview whose units are numbered by a function of the channel and the block.
 *
 * @param {Layer} layer
 * @param {(channel: number, row: number, column: number) => number} value
 * @param {Partial<Overview>} [changes]
 * @returns {Overview}
 */
export function overviewOf(layer, value, changes = {}) {
  const rows = Math.ceil(layer.height / layer.block);
  const columns = Math.ceil(layer.width / layer.block);
  const units = new Float32Array(layer.channels * rows * columns);
  let i = 0;
  for (let channel = 0; channel < layer.channels; channel++) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) units[i++] = value(channel, row, column);
    }
  }
  return {
    layer: 0,
    image: 0,
    slice: 0,
    block: layer.block,
    encoding: "float32",
    groups: 1,
    minimum: -1,
    mean: 0,
    maximum: 1,
    nonFinite: 0,
    blank: [],
    normalizations: [RAW],
    table: tableOf([0], [1], [[1]], [[0]]),
    units,
    bytes: units.byteLength,
    ...changes,
  };
}

/**
 * A table whose minimum, mean and maximum are 1, 2 and 3 times 100 and the group's number; no group
 * is flat.
 *
 * @param {number[]} low of each group
 * @param {number[]} step
 * @param {number[][]} scales of each normalization, for each group
 * @param {number[][]} offsets
 */
export function tableOf(low, step, scales, offsets) {
  const groups = low.map((_, group) => group);
  const statistics = [1, 2, 3].map((row) => groups.map((group) => row * 100 + group));
  const states = groups.map(() => 0);
  const normalizations = scales.flatMap((scale, i) => [scale, offsets[i]]);
  return Float64Array.from([low, step, ...statistics, states, ...normalizations].flat());
}

/**
 * A detail whose units are numbered as an overview's.
 *
 * @param {number} block
 * @param {Patch[]} patches
 * @param {(channel: number, row: number, column: number) => number} value
 * @returns {Detail}
 */
export function detailOf(block, patches, value) {
  /** @type {number[]} */
  const units = [];
  for (const [channel, row, column, rows, columns] of patches) {
    for (let r = row; r < row + rows; r++) {
      for (let c = column; c < column + columns; c++) units.push(value(channel, r, c));
    }
  }
  const values = Float32Array.from(units);
  const bytes = values.byteLength;
  return {
    layer: 0,
    image: 0,
    slice: 0,
    block,
    encoding: "float32",
    patches,
    units: values,
    bytes,
  };
}

/**
 * The state that a page shares with Python, and what was sent to it.
 *
 * @implements {Model}
 */
export class FakeModel {
  /** @type {any[]} */
  sent = [];
  /** How often the state was saved. */
  saved = 0;
  /** @type {Record<string, any>} */
  #state;
  /** @type {[string, (...args: any[]) => void][]} */
  #listeners = [];
  /** Whether the kernel is there. */
  live = true;
  widget_manager = { get_model: () => Promise.resolve({ comm_live: this.live }) };

  /** @param {Record<string, any>} state */
  constructor(state) {
    this.#state = state;
  }

  /** @param {string} name */
  get(name) {
    return this.#state[name];
  }

  /**
   * As Backbone's: those who listen are called at once, where something has changed.
   *
   * @param {string} name
   * @param {unknown} value
   */
  set(name, value) {
    this.receive({ [name]: value });
  }

  /**
   * A change of several at once, as one message from Python: all have changed before the first who
   * listens is called, in the order of the message.
   *
   * @param {Record<string, unknown>} changes
   */
  receive(changes) {
    const changed = Object.keys(changes).filter((name) => !same(this.#state[name], changes[name]));
    for (const name of changed) this.#state[name] = changes[name];
    for (const name of changed) this.emit(`change:${name}`);
  }

  save_changes() {
    this.saved++;
  }

  /** @param {unknown} content */
  send(content) {
    this.sent.push(content);
  }

  /**
   * @param {string} name
   * @param {(...args: any[]) => void} callback
   */
  on(name, callback) {
    this.#listeners.push([name, callback]);
  }

  /**
   * Listen before all who listen already.
   *
   * @param {string} name
   * @param {(...args: any[]) => void} callback
   */
  prepend(name, callback) {
    this.#listeners.unshift([name, callback]);
  }

  /**
   * @param {string} name
   * @param {(...args: any[]) => void} callback
   */
  off(name, callback) {
    this.#listeners = this.#listeners.filter(([n, c]) => n !== name || c !== callback);
  }

  /**
   * Call those who listen, and wait until they are done.
   *
   * @param {string} name
   * @param {...unknown} args
   */
  async emit(name, ...args) {
    const called = this.#listeners.filter(([listened]) => listened === name);
    await Promise.all(called.map(([, callback]) => callback(...args)));
  }
}

/**
 * Arrays with the same numbers are no change.
 *
 * @param {unknown} a
 * @param {unknown} b
 */
function same(a, b) {
  return a === b ||
    Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((x, i) => x === b[i]);
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
export async function gzip(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new DataView(await new Response(stream).arrayBuffer());
}
