/** What a person does in the picture: pointing, opening a channel, going back, keys. */

/** @import { Model, UnitPosition, Range } from "../types.js" */
/** @import { Header } from "./header.js" */
/** @import { Scene } from "./scene.js" */
/** @import { SidePanel } from "./side_panel.js" */
/** @import { Stage } from "./stage.js" */

import { contains, locate } from "../numerics/mosaic.js";
import { followKeys } from "./keyboard.js";
import { followPointer } from "./pointer.js";
import { ALL } from "./scene.js";
import { choicesOf, move, stateOf, stepped } from "./view_state.js";
import { channelWord } from "./labels.js";

export class Interaction {
  /** @type {UnitPosition | null} */
  #pointed = null;
  /** Whether a finger did it. */
  #tapped = false;
  #model;
  #parts;
  #scene;
  stop;

  /**
   * @param {Model} model
   * @param {{ stage: Stage, side: SidePanel, header: Header }} parts
   * @param {() => Scene | null} scene what is on the screen
   * @param {(range: Range | null) => void} onRange
   */
  constructor(model, parts, scene, onRange) {
    this.#model = model;
    this.#parts = parts;
    this.#scene = scene;
    const { stage, header } = parts;
    parts.side.onPoint = (share) => this.#pointFromInput(share);
    header.open.addEventListener("click", () => this.#pointed && this.#open(this.#pointed));
    header.back.addEventListener("click", () => {
      this.#goBack();
      stage.el.focus();
    });
    // Plotly keeps a press from giving the focus, which the keys need.
    stage.el.addEventListener("pointerdown", () => stage.el.focus({ preventScroll: true }), true);
    followKeys(stage.el, {
      scene,
      pointed: () => this.#pointed,
      point: (place) => this.point(place),
      open: (place) => this.#open(place),
      goBack: () => this.#goBack(),
      onRange,
      step: (name, by) => move(model, stepped(choicesOf(model), stateOf(model), name, by)),
    });
    this.stop = this.#followPointer();
  }

  /** Show again what is pointed at, of what is on the screen now. */
  refresh() {
    this.point(this.#pointed);
  }

  /** @param {UnitPosition | null} place */
  point(place) {
    const { stage, side, header } = this.#parts, scene = this.#scene();
    this.#pointed = place;
    const known = place !== null && scene !== null && !scene.asBars &&
      place.channel < scene.layer.tiles && scene.layout.order.includes(place.channel);
    header.offer(known && this.#tapped && scene.canOpen ? openText(scene, place) : "");
    for (const part of [side, stage]) part.point(known ? place : null, scene);
  }

  #followPointer() {
    const { stage } = this.#parts, scene = this.#scene;
    return followPointer(stage.plot, () => scene()?.range ?? null, {
      move: (at) => {
        const shown = scene(), place = at && shown && locate(shown.layout, at.x, at.y);
        this.#tapped = false;
        if (place || this.#pointed) this.point(place);
      },
      click: (at, touch) => {
        const shown = scene(), place = shown && locate(shown.layout, at.x, at.y);
        // A finger reads a unit, and a button opens its channel.
        this.#tapped ||= touch;
        if (touch) this.point(place);
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
    const scene = this.#scene();
    if (!scene || scene.channel === ALL || !scene.layer.sharesInputGrid) return;
    const { layer, channel, alone } = scene;
    if (!share) return this.point(null);
    const row = Math.floor(share.y * layer.height), column = Math.floor(share.x * layer.width);
    this.point(alone ? { channel, row, column } : { channel: 0, row, column: channel });
  }

  /** @param {UnitPosition} place */
  #open(place) {
    const scene = this.#scene();
    if (!scene?.canOpen) return;
    const isSequence = scene.layer.kind === "sequence";
    const channel = isSequence ? place.column : place.channel;
    move(this.#model, { channel: isSequence && channel === scene.channel ? null : channel });
  }

  #goBack() {
    const scene = this.#scene();
    if (scene && scene.channel !== ALL) move(this.#model, { channel: null });
  }
}

/** @type {(scene: Scene, place: UnitPosition) => string} */
function openText({ layer }, place) {
  return layer.kind === "sequence"
    ? `frame channel ${place.column}`
    : `open ${channelWord(layer)} ${place.channel}`;
}
