/** What a person does in the picture: pointing, opening a channel, going back, keys. */

/** @import { LiveFeed } from "../live/feed.js" */
/** @import { Layer, Model, UnitPosition, Range } from "../types.js" */
/** @import { Header } from "./header.js" */
/** @import { Warning } from "./description.js" */
/** @import { Scene } from "./scene.js" */
/** @import { Panels } from "./panels.js" */
/** @import { SidePanel } from "./side_panel.js" */
/** @import { Stage } from "./stage.js" */
/** @import { Store } from "../store/store.js" */

import { channelState } from "../numerics/channel_table.js";
import { contains, gridLayout, hasUnit, locate } from "../numerics/mosaic.js";
import { nextOfKind } from "../numerics/layer_kinds.js";
import { drawPhotograph } from "../numerics/photograph.js";
import { draw } from "../numerics/raster.js";
import { flip } from "./compare_bar.js";
import { followKeys } from "./keyboard.js";
import { followPointer } from "./pointer.js";
import { ALL } from "./scene.js";
import { choicesOf, move, stateOf, stepped } from "./view_state.js";
import { channelWord } from "./labels.js";
import { followZoom } from "./zoom_gestures.js";
import { classesOf, targetOf } from "./attribution.js";
import { seenBy } from "./receptive_field.js";
import { explain, switchOff, whyNotExplained } from "./why.js";

/**
 * @typedef {"pointer" | { share: { x: number, y: number } } | { unit: UnitPosition }} Target what is
 *   pointed at: whatever lies under the pointer, a place of the input, or a unit that keys or a
 *   finger have chosen
 */

export class Interaction {
  /** @type {Target | null} */
  #target = null;
  /** Whether a finger did it. */
  #tapped = false;
  #model;
  #store;
  #parts;
  #scene;
  #pointer;
  #onReveal;
  stop;

  /**
   * @param {Model} model
   * @param {Store} store
   * @param {{ stage: Stage, panels: Panels, side: SidePanel, header: Header, feed: LiveFeed }} parts
   * @param {() => Scene | null} scene what is on the screen
   * @param {(range: Range | null) => void} onRange
   * @param {(channel: number) => void} onReveal a tile that is not in sight is pointed at
   */
  constructor(model, store, parts, scene, onRange, onReveal) {
    this.#model = model;
    this.#store = store;
    this.#parts = parts;
    this.#scene = scene;
    this.#onReveal = onReveal;
    const { stage, header } = parts;
    parts.side.onPoint = (share) => this.#pointFromInput(share);
    header.open.addEventListener("click", () => {
      const place = this.#place();
      if (place) this.#open(place);
    });
    header.back.addEventListener("click", () => {
      this.#goBack();
      stage.el.focus();
    });
    header.onWarning = (warning) => this.#goTo(warning);
    // Plotly keeps a press from giving the focus, which the keys need.
    stage.el.addEventListener("pointerdown", ({ target }) => {
      if (target instanceof Element && target.closest("[role=slider], .actwidget-about")) return;
      stage.el.focus({ preventScroll: true });
    }, true);
    followKeys(stage.el, {
      scene,
      pointed: () => this.#place(),
      point: (unit) => this.#point(unit && { unit }),
      open: (place) => this.#open(place),
      goBack: () => this.#goBack(),
      onRange,
      overlay: () => stage.toggleOverlay(),
      explain: () => this.#toggleWhy(),
      switchOff: () => this.#switchOff(),
      find: () => header.list.open(),
      pause: () => parts.feed.toggle() || flip(this.#model),
      stepOfKind: (by) => this.#stepOfKind(by),
      step: (name, by) => this.step(name, by),
    });
    const stopZoom = followZoom(stage.plot, scene, {
      range: onRange,
      plainWheel: () => stage.hintAtZoom(),
    });
    this.#pointer = this.#followPointer();
    this.stop = () => {
      stopZoom();
      this.#pointer.stop();
    };
  }

  /** @type {(name: "layer" | "channel" | "slice", by: number) => void} */
  step(name, by) {
    const scene = this.#scene(),
      order = scene?.layer.kind === "sequence" ? undefined : scene?.order;
    move(this.#model, stepped(choicesOf(this.#model), stateOf(this.#model), name, by, order));
  }

  /** Show what is pointed at now: the picture below a pointer at rest may be another. */
  refresh() {
    const { panels, side, header } = this.#parts, scene = this.#scene(), place = this.#place();
    const isOffered = place && scene?.canOpen && this.#tapped;
    header.offer(isOffered ? openText(scene, place) : "");
    side.point(place, scene, place && scene && seenBy(this.#model, this.#store, scene, place));
    panels.point(place, scene);
  }

  /** @param {UnitPosition | null} unit that somebody points at in another recording's picture */
  pointAt(unit) {
    this.#point(unit && { unit });
  }

  /** @param {UnitPosition} unit that somebody clicks there */
  openAt(unit) {
    this.#open(unit);
  }

  /** @param {Target | null} target */
  #point(target) {
    this.#target = target;
    this.refresh();
  }

  /** The unit that is pointed at, of what is on the screen now; null if it has no such unit. */
  #place() {
    const scene = this.#scene(), target = this.#target;
    if (!scene || scene.asBars || !target) return null;
    if (target === "pointer") {
      const at = this.#pointer.at();
      return at && locate(scene.layout, at.x, at.y);
    }
    const place = "unit" in target ? target.unit : placeInInput(scene, target.share);
    return place && hasUnit(scene.layout, place) ? place : null;
  }

  #followPointer() {
    const { stage } = this.#parts, scene = this.#scene;
    return followPointer(stage.plot, () => scene()?.range ?? null, {
      move: () => {
        this.#tapped = false;
        // Beside the picture as well: another one may lie below the pointer.
        const target = this.#pointer.isThere() ? "pointer" : null;
        if (target || this.#target) this.#point(target);
      },
      click: (at, touch) => {
        const shown = scene(), place = shown && locate(shown.layout, at.x, at.y);
        // A finger reads a unit, and a button opens its channel.
        this.#tapped ||= touch;
        if (touch) this.#point(place && { unit: place });
        else if (place) this.#open(place);
      },
      zoomed: () => {
        const shown = scene();
        return shown !== null && shown.range !== shown.full && !contains(shown.range, shown.full);
      },
    });
  }

  /** @param {{ x: number, y: number } | null} share of the input's width and height */
  #pointFromInput(share) {
    this.#tapped = false;
    this.#point(share && { share });
  }

  /** @param {UnitPosition} place */
  #open(place) {
    const scene = this.#scene();
    if (scene?.alone && targetOf(this.#model) !== null) this.#explainUnit(place, scene);
    if (!scene?.canOpen) return;
    const isSequence = scene.layer.kind === "sequence";
    const channel = isSequence ? place.column : place.channel;
    move(this.#model, { channel: isSequence && channel === scene.channel ? null : channel });
  }

  /** Show on the input what one unit of the open channel reacts to. */
  #explainUnit(/** @type {UnitPosition} */ { channel, row, column }, /** @type {Scene} */ scene) {
    if (!this.#store.alive || scene.overview.variant) return;
    const { path, depth, height } = scene.layer;
    if (scene.layer.kind !== "maps") return;
    const unit = depth > 1 ? scene.overview.slice * height + row : row;
    move(this.#model, { target: [path, channel, [unit, column]], overlay: "gradient" });
  }

  #toggleWhy() {
    const isOn = targetOf(this.#model) !== null;
    const why = whyNotExplained(this.#model);
    if (why) this.#parts.stage.say(why);
    else if (isOn) explain(this.#model, null);
    else if (!this.#store.canExplain) {
      this.#parts.stage.say("to explain it needs the model: run the cell");
    } else explain(this.#model, classesOf(this.#model)[0]?.[0] ?? "top");
  }

  #switchOff() {
    const { stage } = this.#parts, { channel, ablated } = stateOf(this.#model);
    const why = whyNotExplained(this.#model);
    if (why) stage.say(why);
    else if (!this.#store.alive || !this.#model.get("has_model")) {
      stage.say("to switch off a channel needs the model: run the cell");
    } else if (channel === null && !ablated) {
      stage.say("open the channel that is to be switched off");
    } else switchOff(this.#model);
  }

  /**
   * Point at the next channel that a warning is about; of units that are not finite go to the layer
   * that has the first.
   *
   * @param {Warning} warning
   */
  #goTo({ about }) {
    const scene = this.#scene();
    if (!scene) return;
    const { overview, page, layer, detail, normalization, order, inColours } = scene;
    const { firstNonFinite: first, path } = layer;
    const layers = this.#model.get("layers");
    const isThere = layers.some((/** @type {Layer} */ each) => each.path === first);
    if (about === "non-finite" && first !== path && isThere) {
      move(this.#model, { layer: first });
      return;
    }
    this.#parts.stage.el.focus({ preventScroll: true });
    if (about === "non-finite") {
      const layout = page ? gridLayout(layer, order) : scene.layout;
      const { bad, left, top, dx, dy } = inColours
        ? drawPhotograph(layer, overview, detail, normalization)
        : draw(layout, overview, page ? null : detail, normalization);
      if (!bad.length) return;
      const [[row, column]] = bad;
      const unit = locate(layout, left + (column + 0.5) * dx, top + (row + 0.5) * dy);
      if (unit) this.#reveal(unit);
      return;
    }
    const last = this.#place()?.channel ?? ALL;
    const start = order.indexOf(last) + 1;
    const next = [...order.slice(start), ...order.slice(0, start)].find((channel) =>
      channelState(overview, channel) === about
    );
    // One that is left out has to be shown first.
    if (next === undefined && about === "dead") move(this.#model, { alive_only: false });
    if (next !== undefined) this.#reveal({ channel: next, row: 0, column: 0 });
  }

  /** @param {UnitPosition} unit */
  #reveal(unit) {
    this.#onReveal(unit.channel);
    this.#point({ unit });
  }

  /** @param {1 | -1} by */
  #stepOfKind(by) {
    const model = this.#model, layers = model.get("layers"), { layer } = stateOf(model);
    const number = layers.findIndex((/** @type {Layer} */ { path }) => path === layer);
    move(model, { layer: layers[nextOfKind(layers, number, by)].path });
  }

  #goBack() {
    const scene = this.#scene();
    if (scene && scene.channel !== ALL) move(this.#model, { channel: null });
  }
}

/**
 * The unit of the open channel that lies where somebody points in the input.
 *
 * @type {(scene: Scene, share: { x: number, y: number }) => UnitPosition | null}
 */
function placeInInput({ layer, channel, alone, inColours }, { x, y }) {
  if ((channel === ALL && !inColours) || !layer.sharesInputGrid) return null;
  const row = Math.floor(y * layer.height), column = Math.floor(x * layer.width);
  if (inColours) return { channel: 0, row, column };
  return alone ? { channel, row, column } : { channel: 0, row, column: channel };
}

/** @type {(scene: Scene, place: UnitPosition) => string} */
function openText({ layer }, place) {
  return layer.kind === "sequence"
    ? `frame channel ${place.column}`
    : `open ${channelWord(layer)} ${place.channel}`;
}
