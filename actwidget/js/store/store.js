/** The pictures of one widget: a cache before the sources that they come from. */

/** @import { InputImage, Measures, Model, Overview, Patch, PictureKey, Profile, UnitPosition } from "../types.js" */
/** @import { WhyRequest } from "../protocol/requests.js" */
/** @import { ExactValue, Receiver, Source, SourceReply, Status, StoreEvent } from "./source.js" */

import { ArchiveSource } from "./archive_source.js";
import { CompareStore } from "./compare_store.js";
import { Explanations } from "./explanations.js";
import { KernelSource } from "./kernel_source.js";
import { PictureCache } from "./picture_cache.js";
import { Thumbnails } from "./thumbnails.js";
import { LivePicture } from "./live_picture.js";
import { SurveyStore } from "./survey_store.js";
import { isNumber, isOfPointer, Numbers } from "./numbers.js";
import {
  inputKey,
  keyText,
  layerText,
  PICTURE_TRAITS,
  picturesBeside,
  pictureWanted,
} from "./picture_key.js";
import { savedPictures, savePictures } from "./saved_pictures.js";
import { LIVE, recordingOf, variantOf } from "./variant.js";

/** @type {(key: PictureKey) => PictureKey} a picture's key, without what else an object has */
function pictureKey({ layer, image, slice, variant }) {
  return { layer, image, slice, ...(variant ? { variant } : {}) };
}

/** One widget's pictures, shared by all its views. */
export class Store {
  #model;
  #cache = new PictureCache();
  #numbers = new Numbers();
  #explanations;
  /** @type {Map<number, Profile>} layers at a glance */
  #profiles = new Map();
  /** @type {Set<string>} the overviews that were requested before they are wanted */
  #ahead = new Set();
  /** @type {Set<(event: StoreEvent, key?: PictureKey) => void>} */
  #listeners = new Set();
  #views = 0;
  #profilesAreDue = false;
  /** @type {Receiver} */
  #receiver = {
    expect: (key) => this.#cache.expect(key),
    holds: (key) => this.#cache.holds(key),
    take: (reply) => this.#take(reply),
    changed: () => this.#changeSources(),
  };
  /** The input images at the size of a filmstrip. */
  thumbnails = new Thumbnails(
    (image) => (this.#archive ?? this.#kernel).request({ kind: "input", image }),
    () => this.#tell("input"),
  );
  /** The newest live frame. */
  live = new LivePicture();
  /** How much recordings differ. */
  compare;
  /** What excites channels over a data set. */
  survey;
  #kernel;
  /** @type {ArchiveSource | null} */
  #archive;
  /** @type {Map<number, { layer: string, message: string }>} what went wrong, by recording */
  #failures = new Map();

  /** @param {Model} model */
  constructor(model) {
    this.#model = model;
    this.#explanations = new Explanations(model, this.#numbers);
    this.#archive = ArchiveSource.of(model, this.#receiver);
    this.#kernel = new KernelSource(model, this.#receiver);
    this.survey = new SurveyStore(model, (request) => {
      const own = this.survey.header?.own ?? false;
      const archive = this.#archive?.survey.holds(request, own) ? this.#archive : null;
      (archive ?? this.#kernel).request(request);
    });
    this.compare = new CompareStore(model, (request) => this.#kernel.request(request));
    model.on("change:picture", () => this.#takeState());
    model.on("change:archive", () => this.#changeArchive());
    for (const name of PICTURE_TRAITS) model.on(`change:${name}`, () => this.#requestWanted());
    this.#takeState();
  }

  /**
   * @param {(event: StoreEvent, key?: PictureKey) => void} listener is told which overview came
   * @param {boolean} [isView] whether it shows pictures: without a view none are requested
   * @returns {() => void} stops it
   */
  listen(listener, isView = true) {
    this.#listeners.add(listener);
    if (isView) this.#views++;
    return () => {
      if (this.#listeners.delete(listener) && isView) this.#views--;
    };
  }

  /** @type {(key: PictureKey) => Status} */
  status(key) {
    if (key.variant === LIVE) return this.overview(key) ? "ready" : "waiting";
    if (this.#cache.has(key)) return "ready";
    if (!this.#source(key)) {
      if (this.#archive) return "not-kept";
      return this.#kernel.wasAlive ? "lost" : "not-saved";
    }
    return this.failure ? "failed" : "waiting";
  }

  /** Whether there is a kernel. */
  get alive() {
    return this.#kernel.alive;
  }

  /** Whether there was a kernel, and it is gone. */
  get kernelIsLost() {
    return this.#kernel.wasAlive && !this.#kernel.alive;
  }

  /** Whether there are pictures that came with the page. */
  get hasArchive() {
    return this.#archive !== null;
  }

  /** Whether what came with the page is rounded. */
  get approximate() {
    return this.#archive?.approximate ?? false;
  }

  /** Whether an overview has been requested and is not there yet. */
  get waiting() {
    return this.#kernel.waiting || this.#cache.expecting;
  }

  /** How many bytes of pictures are cached. */
  get bytes() {
    return this.#cache.bytes;
  }

  /** @param {number} layer */
  isArchived(layer) {
    return this.#archive?.has(layer) ?? false;
  }

  /**
   * The finest level of detail at which a layer can be seen; Infinity if not at all.
   *
   * @param {number} layer
   */
  finest(layer) {
    const variant = variantOf(this.#model);
    if (variant.variant === LIVE) return 1;
    return this.#source({ layer, ...variant })?.finest(layer, variant.variant) ?? Infinity;
  }

  /** @param {PictureKey} key */
  overview(key) {
    if (key.variant === LIVE) return this.live.overview(key.layer, key.slice);
    return this.#cache.overview(key);
  }

  /** @param {PictureKey} key */
  holds(key) {
    return this.#cache.holds(key);
  }

  /** @type {(key: PictureKey) => void} request an overview; only the last one wanted counts */
  requestOverview(key) {
    this.#ahead.delete(keyText(key));
    this.#requestOverview(key);
  }

  /** @type {(key: PictureKey) => void} request an overview that may be wanted next */
  requestAhead(key) {
    this.#ahead.add(keyText(key));
    this.#requestOverview(key);
  }

  /** @param {PictureKey} key */
  #requestOverview(key) {
    if (key.variant === LIVE || this.#cache.holds(key)) return;
    const input = this.#model.get("has_input_image") && !this.#cache.input(inputKey(key));
    this.#source(key)?.request({ kind: "overview", ...pictureKey(key), input });
  }

  /** @type {(key: Pick<PictureKey, "image" | "variant">) => InputImage | undefined} */
  input(key) {
    const { frame } = this.live, { variant } = key;
    // The one that stands still is the last that was shown.
    const isShown = variant === LIVE || variant === JSON.stringify(["frame", frame]);
    return (isShown && this.live.input) || this.#cache.input(inputKey(key));
  }

  /**
   * Show a live frame.
   *
   * @param {import("./live_picture.js").LiveFrame} frame
   */
  showLive(frame) {
    this.live.put(frame);
    this.#tell("live", frame.overview);
  }

  /**
   * Whether a layer's statistics are known: then its pictures come soon.
   *
   * @param {PictureKey} key
   */
  isPrepared(key) {
    return (!key.variant && this.isArchived(key.layer)) || this.#kernel.isPrepared(key);
  }

  /**
   * Have Python work on a layer's statistics for a moment.
   *
   * @type {(key: PictureKey, seconds: number) => void}
   */
  prepare({ layer, variant }, seconds) {
    this.#kernel.request({ kind: "prepare", layer, seconds, ...(variant ? { variant } : {}) });
  }

  /** @type {(layer: number) => Profile | undefined} undefined where it is not known yet */
  profile(layer) {
    return this.#archive?.profile(layer) ?? this.#profiles.get(layer);
  }

  /** How many layers are known at a glance. */
  get knownProfiles() {
    const layers = this.#model.get("layers");
    return layers.filter((/** @type {unknown} */ _, /** @type {number} */ number) =>
      this.profile(number)
    ).length;
  }

  /** Have Python tell of the layers that are not known at a glance, once nobody waits for a picture. */
  requestProfiles() {
    this.#profilesAreDue = this.waiting;
    if (this.#profilesAreDue) return;
    const { length } = this.#model.get("layers");
    for (let first = 0; first < length; first++) {
      if (this.profile(first)) continue;
      this.#kernel.request({ kind: "profiles", first });
      return;
    }
  }

  /** @type {PictureCache["detail"]} */
  detail(key, block, patches) {
    if (key.variant === LIVE) return this.live.detail(key.layer, block, patches);
    return this.#cache.detail(key, block, patches);
  }

  /**
   * @param {PictureKey} key of the picture
   * @param {number} block a multiple of the finest
   * @param {Patch[]} patches
   */
  requestDetail(key, block, patches) {
    if (key.variant === LIVE) this.live.want(key.layer, block, patches);
    else this.#source(key)?.request({ kind: "detail", ...pictureKey(key), block, patches });
  }

  /**
   * The exact value of a block, requested if it is not known yet.
   *
   * @param {PictureKey} key of the picture
   * @param {UnitPosition} place
   * @param {number} block
   * @returns {ExactValue | undefined}
   */
  value(key, { channel, row: unitRow, column: unitColumn }, block) {
    // It is another by the time that Python would look.
    if (key.variant === LIVE) return undefined;
    const row = Math.floor(unitRow / block), column = Math.floor(unitColumn / block);
    return this.#numbers.get(
      { kind: "value", ...pictureKey(key), channel, row, column, block },
      this.#kernel,
    );
  }

  /**
   * The share of a layer's units outside limits that are not its own, requested if not known yet.
   *
   * @type {(layer: number, normalization: number, limits: [number, number]) => number | null}
   */
  clippedShare(layer, normalization, limits) {
    const variant = variantOf(this.#model);
    if (variant.variant === LIVE) return null;
    return this.#numbers.get(
      { kind: "clipped", layer, normalization, limits, ...variant },
      this.#kernel,
    ) ?? null;
  }

  /**
   * What a layer's channels can be sorted by, requested if not known yet.
   *
   * @type {(layer: number) => Measures | null}
   */
  measures(layer) {
    const variant = variantOf(this.#model);
    if (variant.variant === LIVE) return null;
    const archived = variant.variant ? null : this.#archive?.measures(layer);
    return archived ?? this.#numbers.get({ kind: "measures", layer, ...variant }, this.#kernel) ??
      null;
  }

  /**
   * What explains a target: see `Explanations`.
   *
   * @type {(request: WhyRequest) => any}
   */
  why(request) {
    return this.#explanations.why(request, this.#kernel, this.#archive);
  }

  /** Whether a target can be explained: there is a model in the kernel, or it came with the page. */
  get canExplain() {
    return this.#explanations.canExplain(this.#kernel, this.#archive);
  }

  /** @type {(overview: Overview) => void} make an overview the one that a saved notebook holds */
  save(overview) {
    savePictures(this.#model, this.#cache, overview);
  }

  close() {
    this.#kernel.close();
    this.#archive?.close();
    this.#cache.close();
    this.thumbnails.close();
    this.survey.close();
    this.#listeners.clear();
  }

  /**
   * The first source that has a layer. The kernel comes before an archive that has it in coarse
   * blocks only: units from both cannot be told apart in one picture.
   *
   * @type {(key: Pick<PictureKey, "layer" | "variant">) => Source | null}
   */
  #source({ layer, variant }) {
    if (variant === LIVE) return null;
    // What takes the values' place did not come with the page.
    const archive = this.#archive?.has(layer, variant) ? this.#archive : null;
    if (archive && (archive.finest(layer, variant) === 1 || !this.alive)) return archive;
    return this.alive ? this.#kernel : null;
  }

  /** @param {SourceReply} reply */
  #take(reply) {
    const { kind } = reply;
    if (kind === "overview") {
      this.#takeOverview(reply);
      return;
    }
    if (kind === "detail") this.#cache.putDetail(reply.detail);
    else if (isNumber(reply)) this.#numbers.put(reply);
    else if (kind === "survey") this.survey.put(reply);
    else if (kind === "compare") this.compare.put(reply);
    else if (kind === "profiles") this.#takeProfiles(reply);
    else if (kind === "input") this.thumbnails.put(reply.image, reply.input);
    else if (kind === "error") this.#takeError(reply);
    // Of an image it is told once that is small.
    if (kind !== "input") this.#tell(isOfPointer(reply) ? "field" : kind);
  }

  /** @param {SourceReply & { kind: "overview" }} reply */
  #takeOverview({ overview, message, input, pushed }) {
    const text = keyText(overview);
    if (input) this.#cache.putInput(inputKey(overview), input);
    this.#cache.put(overview, message);
    this.#failures.delete(recordingOf(overview.variant));
    const ahead = this.#ahead.delete(text) || pushed;
    const isWanted = this.#wanted.some((key) => text === keyText(key));
    if (this.#profilesAreDue) this.requestProfiles();
    this.#tell(isWanted ? "overview" : ahead ? "ahead" : "passing", overview);
  }

  /** @param {SourceReply & { kind: "error" }} reply */
  #takeError({ request, message }) {
    if (request.kind === "overview") this.#cache.forget(request);
    // What was tried ahead says nothing of what is wanted.
    if ("slice" in request) {
      const failure = { layer: layerText(request), message };
      this.#failures.set(recordingOf(request.variant), failure);
    }
  }

  /** What went wrong with the picture that is wanted, if anything. */
  get failure() {
    return this.failureOf(pictureWanted(this.#model));
  }

  /** @type {(key: PictureKey) => string} the same of any picture */
  failureOf(key) {
    const failure = this.#failures.get(recordingOf(key.variant));
    return failure?.layer === layerText(key) ? failure.message : "";
  }

  /** @param {SourceReply & { kind: "profiles" }} reply */
  #takeProfiles({ first, profiles }) {
    for (const [place, profile] of profiles.entries()) this.#profiles.set(first + place, profile);
    this.requestProfiles();
  }

  /** Layers may have another source: what came from the one before does not go with its details. */
  #changeSources() {
    this.#cache.drop((layer) => this.isArchived(layer) && this.#archive?.finest(layer) !== 1);
    this.survey.forgetFailures();
    this.#tell("overview");
  }

  /** Take an archive that came later, by which layers may be laid out anew. */
  #changeArchive() {
    this.#archive?.close();
    this.#archive = ArchiveSource.of(this.#model, this.#receiver);
    this.#cache.drop(() => true);
    this.#tell("overview");
  }

  /**
   * Request the picture of a step at once: Python makes it while all that depends on the step is
   * still being updated.
   */
  #requestWanted() {
    if (this.#views) this.#wanted.forEach((key) => this.requestOverview(key));
  }

  /** The picture that is wanted, and those beside it. */
  get #wanted() {
    const first = pictureWanted(this.#model);
    return [first, ...picturesBeside(this.#model, first)];
  }

  /** Take the picture that came with the widget's state. */
  async #takeState() {
    this.survey.takeState().then((isThere) => isThere && this.#tell("survey"));
    for (const { message, buffers } of savedPictures(this.#model)) {
      await this.#kernel.takeOverview(message, buffers, true);
    }
  }

  /** @type {(event: StoreEvent, key?: PictureKey) => void} */
  #tell(event, key) {
    for (const listener of this.#listeners) listener(event, key);
  }
}
