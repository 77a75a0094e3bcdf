/** What a survey found, as the page holds it: layers' numbers, channels' strongest images, images. */

/** @import { Model, Pixels } from "../types.js" */
/** @import { SurveyRequest } from "../protocol/requests.js" */
/** @import { SourceReply } from "./source.js" */

import { decodeInput } from "./input_image.js";

/**
 * @typedef {object} SurveyHeader what is known of a survey at first
 * @prop {number} images how many it is of
 * @prop {boolean} own whether they are the recording's
 * @prop {boolean} classes whether it has some
 * @prop {number[]} layers the numbers of those that it has
 * @prop {number[]} [facts] of those that more is known of, where they are others
 *
 * @typedef {object} SurveyFacts what it found of a layer
 * @prop {number[]} active on how many images each channel is active
 * @prop {number[]} dead the channels that are 0 on all of them
 * @prop {(number | null)[] | null} selectivity of each channel; null: there are no classes
 * @prop {string} [error]
 *
 * @typedef {[number, number, number, number]} Box top, left, bottom and right, in rows and columns
 *   of the input
 *
 * @typedef {object} TopImages the images that excite a channel most, the strongest first
 * @prop {number[]} images their numbers
 * @prop {string[]} names
 * @prop {string[]} labels their classes; empty: there are none
 * @prop {(number | null)[]} values
 * @prop {(Box | null)[]} boxes what the strongest unit sees; null: all of it, or it is not known
 * @prop {number} width of each picture in the strip
 * @prop {[string, number | null][] | null} means of the classes, the largest first
 * @prop {Pixels | null} pixels of the strip
 * @prop {DataView | Uint8Array} [data] its file
 * @prop {string} [error]
 *
 * @typedef {object} SurveyImage
 * @prop {number} height
 * @prop {number} width
 * @prop {[number, number]} size the rows and columns that boxes count in
 * @prop {string} reason why it cannot be explored
 * @prop {Pixels | null} pixels
 * @prop {string} [error]
 */

/** How many strips and images are kept: those of minutes of looking around. */
const STRIPS = 64, IMAGES = 32;

/**
 * What came of a request, with its picture decoded.
 *
 * @type {(message: any, data: DataView | Uint8Array | undefined) => Promise<any>}
 */
export async function surveyAnswer(message, data) {
  const { id: _id, kind, ...answer } = message;
  if (kind === "error") return { error: answer.message };
  const { height = 0, width = 0 } = answer;
  const pixels = data?.byteLength ? (await decodeInput({ height, width, data })).pixels : null;
  return { ...answer, pixels, data };
}

export class SurveyStore {
  #model;
  #request;
  /** @type {Map<number, SurveyFacts>} by layer */
  #facts = new Map();
  /** @type {Map<string, TopImages>} by layer and channel, oldest use first */
  #tops = new Map();
  /** @type {Map<number, SurveyImage>} by number, oldest use first */
  #images = new Map();

  /**
   * @param {Model} model
   * @param {(request: SurveyRequest) => void} request have it answered, if somebody can
   */
  constructor(model, request) {
    this.#model = model;
    this.#request = request;
  }

  /** @returns {SurveyHeader | null} null: there is no survey */
  get header() {
    // A notebook that an older version saved has none.
    const header = this.#model.get("surveyed");
    return header?.layers ? header : null;
  }

  /** @param {number} layer whether it was looked at */
  has(layer) {
    return this.header?.layers.includes(layer) ?? false;
  }

  /**
   * What is known of a layer's channels, requested unless it is.
   *
   * @type {(layer: number) => SurveyFacts | null}
   */
  facts(layer) {
    const { header } = this;
    if (!(header?.facts ?? header?.layers ?? []).includes(layer)) return null;
    const found = this.#facts.get(layer);
    if (!found) this.#request({ kind: "survey", layer });
    return found && !found.error ? found : null;
  }

  /**
   * A channel's strongest images, requested unless they are known.
   *
   * @type {(layer: number, channel: number) => TopImages | undefined}
   */
  top(layer, channel) {
    const key = `${layer}/${channel}`, found = used(this.#tops, key);
    if (!found) this.#request({ kind: "top-images", layer, channel });
    return found;
  }

  /**
   * One of the images, requested unless it is known.
   *
   * @type {(image: number) => SurveyImage | undefined}
   */
  image(image) {
    const found = used(this.#images, image);
    if (!found) this.#request({ kind: "survey-image", image });
    return found;
  }

  /** @param {SourceReply & { kind: "survey" }} reply */
  put({ request, value }) {
    if (request.kind === "survey") this.#facts.set(request.layer, value);
    else if (request.kind === "survey-image") keep(this.#images, request.image, value, IMAGES);
    else keep(this.#tops, `${request.layer}/${request.channel}`, value, STRIPS);
  }

  /** Take what came with the widget's state, of the channel that was open; true: there was some. */
  async takeState() {
    const { layer, channel, facts, top, data } = this.#model.get("top_images") ?? {};
    if (!top || this.#tops.has(`${layer}/${channel}`)) return false;
    const value = await surveyAnswer(top, data);
    this.#facts.set(layer, facts);
    this.put({ kind: "survey", request: { kind: "top-images", layer, channel }, value });
    return true;
  }

  /** @type {(layer: number, channel: number) => void} have a saved notebook hold what is shown */
  save(layer, channel) {
    const state = this.#model.get("top_images"), top = this.#tops.get(`${layer}/${channel}`);
    const facts = this.#facts.get(layer);
    if (!state || !top || top.error || !facts || facts.error || this.header?.facts) return;
    if (state.layer === layer && state.channel === channel) return;
    const { pixels: _pixels, data, ...found } = top;
    // In place: `set` would send it back to Python with the next change.
    Object.assign(state, { layer, channel, facts, top: found, data: data ?? new Uint8Array() });
  }

  /** Sources have changed: what could not be had may be there now. */
  forgetFailures() {
    for (const known of /** @type {Map<any, any>[]} */ ([this.#facts, this.#tops, this.#images])) {
      for (const [key, value] of known) if (value.error) known.delete(key);
    }
  }

  close() {
    for (const each of [...this.#tops.values(), ...this.#images.values()]) close(each);
    this.#tops.clear();
    this.#images.clear();
  }
}

/**
 * @template K, V
 * @param {Map<K, V>} known
 * @param {K} key
 */
function used(known, key) {
  const found = known.get(key);
  if (found === undefined) return undefined;
  known.delete(key);
  known.set(key, found);
  return found;
}

/**
 * @template K
 * @template {{ pixels?: Pixels | null }} V
 * @param {Map<K, V>} known
 * @param {K} key
 * @param {V} value
 * @param {number} most
 */
function keep(known, key, value, most) {
  known.set(key, value);
  for (const [oldest, each] of known) {
    if (known.size <= most) break;
    close(each);
    known.delete(oldest);
  }
}

/** @param {{ pixels?: Pixels | null }} value */
function close({ pixels }) {
  if (pixels instanceof ImageBitmap) pixels.close();
}
