/** The pictures that came with the page: with them nothing needs a kernel. */

/** @import { Detail, Field, Heatmap, InputBytes, Layer, Limits, Measures, Overview, Patch, PictureKey, Profile } from "../types.js" */

import { arrayLike, blockExtremes } from "../numerics/block_reduce.js";
/** @import { WhyRequest } from "./requests.js" */

import { ArchivedSurvey } from "./archived_survey.js";
import { unpack } from "./unpack.js";

/**
 * @typedef {[string, "float64" | "float32" | "float16" | "uint8", number][]} Arrays name, kind and count
 * @typedef {[Arrays, number, number]} Part its arrays, where it begins and how long it is
 *
 * @typedef {object} Index as actwidget/protocol/archive.py writes it
 * @prop {(Omit<Overview, "table" | "units" | "layer" | "image" | "slice" | "encoding" | "bytes" |
 *   "blank"> & { imageLimits?: Limits[], profile?: Profile, measures?: Measures | null, table: Part, maps: Part[][],
 *   blank: number[][][] })[]} layers maps, and channels of which nothing is finite, by image and
 *   slice
 * @prop {{ height: number, width: number, data: [number, number] }[]} inputs
 * @prop {KeptAttributions} [attributions]
 * @prop {Record<string, Pick<Index, "layers" | "attributions"> & Partial<Pick<Index, "inputs">>>}
 *   [others] of other recordings that are compared, and of differences, by the variant's name; null:
 *   it has no such layer
 * @prop {import("./archived_survey.js").SurveyIndex} [survey]
 *
 * @typedef {object} KeptAttributions what explains the likeliest classes, by image
 * @prop {number[][]} classes
 * @prop {string[][]} names
 * @prop {(number | null)[][]} values
 * @prop {(KeptLayer | null)[]} layers
 * @prop {Part | null} saliency
 * @prop {[number, number] | null} input its height and width
 *
 * @typedef {{ part: Part | null, cam: [number, number] | null, reason: string,
 *   field: Field | null }} KeptLayer `cam`: the height and width of its Grad-CAM
 * @typedef {{ importance?: Float32Array, codes?: Uint8Array, maxima?: Float32Array }} KeptArrays
 */

/** How many decoded layers are cached: the one in sight, its neighbours, and earlier ones. */
const DECODED = 6;

/** @type {(arrays: KeptArrays, size: [number, number], place: number) => Heatmap} */
function heatmapOf({ codes, maxima }, [height, width], place) {
  const size = height * width, start = place * size;
  const own = codes?.subarray(start, start + size) ?? new Uint8Array(size);
  return { height, width, maximum: maxima?.[place] ?? 0, codes: own };
}

/** @type {(kept: KeptAttributions, request: { target: string, image: number }) => number} the class's
 *   place, or −1 */
function rankIn({ classes }, { target, image }) {
  const wanted = JSON.parse(target);
  return wanted === "top" ? 0 : (classes[image] ?? []).indexOf(wanted);
}

/** @type {typeof rankIn} its place among all images' classes */
function placeIn(kept, request) {
  return request.image * kept.classes[0].length + rankIn(kept, request);
}

export class Archive {
  #index;
  #bytes;
  /** @type {Map<string, Promise<Overview>>} oldest use first */
  #decoded = new Map();
  /** What a survey found. */
  survey;

  /**
   * @param {Index} index
   * @param {Uint8Array} bytes
   */
  constructor(index, bytes) {
    this.#index = index;
    this.#bytes = bytes;
    this.survey = new ArchivedSurvey(index.survey, bytes, (image) => this.input(image));
  }

  /** @type {(layer: number, variant?: string) => boolean} */
  has(layer, variant) {
    return Boolean(this.#layers(variant)?.[layer]);
  }

  /** @param {string | undefined} variant */
  #layers(variant) {
    return variant ? this.#index.others?.[variant]?.layers : this.#index.layers;
  }

  /** Whether some values are rounded: layers are held as codes. */
  get approximate() {
    return this.#index.layers.some((layer) => layer?.maps[0][0][0][0][1] === "uint8");
  }

  /** @type {(layer: number, variant?: string) => number} the finest level that is held of a layer */
  finest(layer, variant) {
    return this.#layers(variant)?.[layer].block ?? Infinity;
  }

  /** @param {number} layer */
  profile(layer) {
    return this.#index.layers[layer]?.profile;
  }

  /** @param {number} layer */
  measures(layer) {
    return this.#index.layers[layer]?.measures;
  }

  /** Whether what explains the likeliest classes came along. */
  get keepsWhy() {
    return Boolean(this.#index.attributions);
  }

  /**
   * Whether it holds what a request asks for: what explains one of the likeliest classes, or what
   * units see.
   *
   * @param {WhyRequest} request
   */
  explains(request) {
    const kept = this.#attributions(request);
    if (!kept) return false;
    const { kind } = request;
    if (kind === "field") return Boolean(kept.layers[request.layer]?.field);
    if (kind === "saliency") return Boolean(kept.saliency) && rankIn(kept, request) >= 0;
    return kind === "attribution" && Boolean(kept.layers[request.layer]) &&
      rankIn(kept, request) >= 0;
  }

  /** @param {WhyRequest} request of one of the recordings that are compared, or of the only one */
  #attributions(request) {
    const recording = "recording" in request ? request.recording : 0;
    if (!recording) return this.#index.attributions;
    return this.#index.others?.[JSON.stringify(["other", recording])]?.attributions;
  }

  /**
   * What it holds of a request, as `Store.why` has it.
   *
   * @param {WhyRequest} request
   * @returns {Promise<any>}
   */
  async why(request) {
    const kept = /** @type {KeptAttributions} */ (this.#attributions(request));
    if (request.kind === "field") return { field: kept.layers[request.layer]?.field };
    if (request.kind === "saliency" && kept.saliency && kept.input) {
      const arrays = await this.#arrays(kept.saliency);
      return { map: heatmapOf(arrays, kept.input, placeIn(kept, request)), reason: "" };
    }
    if (request.kind !== "attribution") throw new Error(`${request.kind} did not come along`);
    const { image } = request, rank = rankIn(kept, request), place = placeIn(kept, request);
    const { part, cam, reason } = /** @type {KeptLayer} */ (kept.layers[request.layer]);
    const arrays = part && await this.#arrays(part);
    const count = kept.classes.length * kept.classes[0].length;
    const all = arrays?.importance, each = all ? all.length / count : 0;
    const start = place * each;
    return {
      name: kept.names[image][rank],
      value: kept.values[image][rank],
      importance: all ? [...all.subarray(start, start + each)] : null,
      cam: arrays && cam ? heatmapOf(arrays, cam, place) : null,
      reason: reason || (cam ? "" : "it is kept of convolutions alone"),
      note: "",
    };
  }

  /** @type {(part: Part) => Promise<KeptArrays>} */
  async #arrays([layout, start, length]) {
    const found = await unpack(
      layout,
      /** @type {any} */ (this.#bytes.subarray(start, start + length)),
    );
    return /** @type {any} */ (found);
  }

  /** @type {(image: number, variant?: string) => InputBytes | null} null: the model takes no image */
  input(image, variant = "") {
    const input = (this.#index.others?.[variant]?.inputs ?? this.#index.inputs)[image];
    if (!input) return null;
    const { data: [start, length], ...size } = input;
    return { ...size, data: this.#bytes.subarray(start, start + length) };
  }

  /** @type {(key: PictureKey, layer: Layer) => Promise<Overview>} */
  async overview(key, layer) {
    const whole = await this.#whole(key);
    if (whole.block >= layer.block) return whole;
    const rows = Math.ceil(layer.height / whole.block);
    const columns = Math.ceil(layer.width / whole.block);
    const by = layer.block / whole.block;
    const units = blockExtremes(whole, layer.tiles, rows, columns, by);
    return { ...whole, block: layer.block, units, bytes: units.byteLength };
  }

  /**
   * @param {PictureKey} key
   * @param {Layer} layer
   * @param {number} block not finer than what is held
   * @param {Patch[]} patches
   * @returns {Promise<Detail>}
   */
  async detail(key, layer, block, patches) {
    let whole = await this.#whole(key);
    if (whole.block < block) whole = await this.overview(key, { ...layer, block });
    const rows = Math.ceil(layer.height / block), columns = Math.ceil(layer.width / block);
    const count = patches.reduce((sum, patch) => sum + patch[3] * patch[4], 0);
    const units = arrayLike(whole.units, count);
    let to = 0;
    for (const [channel, row, column, height, width] of patches) {
      for (let r = 0; r < height; r++, to += width) {
        const from = (channel * rows + row + r) * columns + column;
        units.set(whole.units.subarray(from, from + width), to);
      }
    }
    const { layer: number, image, slice, encoding, variant } = whole;
    const bytes = units.byteLength, of = variant ? { variant } : {};
    return { layer: number, image, slice, ...of, block, encoding, patches, units, bytes };
  }

  /**
   * A layer's maps of one image, of a volume one slice, as they are held.
   *
   * @type {(key: PictureKey) => Promise<Overview>}
   */
  #whole(key) {
    const { layer, image, slice, variant } = key;
    const text = `${layer}/${image}/${slice}/${variant ?? ""}`;
    const found = this.#decoded.get(text) ?? this.#decode(key);
    this.#decoded.delete(text);
    this.#decoded.set(text, found);
    for (const oldest of this.#decoded.keys()) {
      if (this.#decoded.size <= DECODED) break;
      this.#decoded.delete(oldest);
    }
    return found;
  }

  /** @type {(key: PictureKey) => Promise<Overview>} */
  async #decode({ layer, image, slice, variant }) {
    const held = this.#layers(variant);
    if (!held) throw new Error(`${variant} did not come along`);
    const {
      table: tablePart,
      maps,
      blank: blanks,
      profile: _p,
      measures: _m,
      imageLimits,
      ...header
    } = held[layer];
    const own = imageLimits?.[image];
    const normalizations = own
      ? header.normalizations.map((each) => ({ ...each, limits: own }))
      : header.normalizations;
    const [first, { units, bytes }] = await Promise.all(
      [tablePart, maps[image][slice]].map(([arrays, start, length]) =>
        unpack(arrays, /** @type {any} */ (this.#bytes.subarray(start, start + length)))
      ),
    );
    const encoding = units instanceof Float32Array ? "float32" : "codes";
    const table = /** @type {Float64Array} */ (first.table);
    const blank = blanks[image][slice];
    const key = { layer, image, slice, ...(variant ? { variant } : {}) };
    return { ...header, normalizations, ...key, blank, encoding, table, units, bytes };
  }
}
