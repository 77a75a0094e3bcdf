/** The pictures of several recordings: side by side at the same place and zoom, or one of them. */

/** @import { Model, Overview, PictureKey, Range, UnitPosition } from "../types.js" */
/** @import { BarPlace, RoomKind } from "./frame.js" */
/** @import { Plotly } from "./plotly_js.js" */
/** @import { Scene } from "./scene.js" */
/** @import { Store } from "../store/store.js" */

import { hasUnit, locate } from "../numerics/mosaic.js";
import { holdersOf, picturesBeside, recordingShown } from "../store/picture_key.js";
import { DIFFERENCE, isOfDifference, isOfFrames, SIDE_BY_SIDE } from "../store/variant.js";
import { comparedWith } from "../store/compare_store.js";
import { element } from "./dom.js";
import { panelColumns } from "./frame.js";
import { PanelBar } from "./panel_bar.js";
import { isAlike, panelScene } from "./panel_scene.js";
import { followPointer } from "./pointer.js";
import { Stage } from "./stage.js";
import { followZoom } from "./zoom_gestures.js";

/** Pixels of a panel's title, with the space below it. */
const TITLE = 20;

/**
 * @typedef {object} Panel one of the places; the first is that of the widget's own stage
 * @prop {HTMLElement} el
 * @prop {HTMLElement} title
 * @prop {HTMLElement} message in place of a picture
 * @prop {Stage} stage
 * @prop {Scene | null} scene
 * @prop {() => void} stop
 */

export class Panels {
  el;
  #model;
  #store;
  #main;
  /** @type {Panel[]} */
  #panels = [];
  #bar;
  /** @type {PictureKey[]} the pictures beside the first */
  #beside = [];
  #fitted = "";
  #kind = /** @type {RoomKind} */ ("wide");

  /**
   * @param {Model} model
   * @param {Store} store
   * @param {Stage} main the widget's own stage
   * @param {object} on what somebody does in one of the others
   * @param {(range: Range | null, moving?: boolean) => void} on.range
   * @param {(unit: UnitPosition | null) => void} on.point
   * @param {(unit: UnitPosition) => void} on.open
   */
  constructor(model, store, main, on) {
    this.#model = model;
    this.#store = store;
    this.#main = main;
    this.#bar = new PanelBar(model);
    /** @type {string[]} */
    const names = model.get("compared")?.names ?? [];
    if (names.length < 2) {
      this.el = main.el;
      return;
    }
    this.#panels = names.map((_, place) => this.#panelOf(place, on));
    const parts = [...this.#panels.map(({ el }) => el), this.#bar.el];
    this.el = element("div", "actwidget-panels", {}, parts);
  }

  /**
   * @param {number} place
   * @param {ConstructorParameters<typeof Panels>[3]} on
   * @returns {Panel}
   */
  #panelOf(place, on) {
    const title = element("div", "actwidget-panel-title");
    const message = element("div", "actwidget-message", { hidden: "" });
    const onRange = (
      /** @type {Range | null} */ range,
      /** @type {boolean | undefined} */ moving,
    ) => {
      if (this.#isAlike(panel)) on.range(range, moving);
    };
    const stage = place ? new Stage(this.#model, this.#store, onRange, [message]) : this.#main;
    const el = element("div", "actwidget-panel", {}, [title, stage.el]);
    /** @type {Panel} */
    const panel = { el, title, message, stage, scene: null, stop: () => {} };
    if (!place) return panel;
    stage.el.tabIndex = -1;
    const shown = () => this.#isAlike(panel) ? panel.scene : null;
    const stopZoom = followZoom(stage.plot, shown, {
      range: on.range,
      plainWheel: () => this.#main.hintAtZoom(),
    });
    const pointer = followPointer(stage.plot, () => shown()?.range ?? null, {
      move: () => {
        const at = pointer.at(), scene = shown();
        on.point(at && scene && locate(scene.layout, at.x, at.y));
      },
      click: (at, touch) => {
        const scene = shown(), unit = scene && locate(scene.layout, at.x, at.y);
        if (unit && touch) on.point(unit);
        else if (unit) on.open(unit);
      },
      zoomed: () => false,
    });
    // The keys are those of the first.
    stage.el.addEventListener("pointerdown", () => {
      setTimeout(() => this.#main.el.focus({ preventScroll: true }));
    }, true);
    panel.stop = () => {
      stopZoom();
      pointer.stop();
    };
    return panel;
  }

  /** @param {Panel} panel */
  #isAlike({ scene }) {
    const [{ scene: first }] = this.#panels;
    return scene !== null && first !== null && isAlike(scene, first);
  }

  /**
   * Give each picture its place.
   *
   * @type {(kind: RoomKind, width: number, overview: Overview) => BarPlace} where the colour bar of
   *   the first picture is
   */
  fit(kind, width, overview) {
    const own = kind === "wide" ? "beside" : "below";
    if (!this.#panels.length) return own;
    this.#kind = kind;
    const isBeside = kind !== "phone" && this.#model.get("mode") === SIDE_BY_SIDE;
    this.#beside = isBeside ? picturesBeside(this.#model, overview) : [];
    const shown = this.#shown(overview), columns = panelColumns(shown.length, kind, width);
    const { length } = shown, fitted = JSON.stringify([shown, columns, kind, width]);
    if (fitted === this.#fitted) return length > 1 ? "elsewhere" : own;
    this.#fitted = fitted;
    this.#panels.forEach(({ el, stage, title }, place) => {
      el.hidden = place >= length;
      el.style.order = String(shown[place] ?? 0);
      title.textContent = "";
      if (place < length) stage.plot.measure();
    });
    this.el.style.setProperty("--columns", String(columns));
    this.el.style.setProperty("--rows", String(Math.ceil(length / columns)));
    this.el.classList.toggle("actwidget-panels-several", length > 1);
    this.#bar.el.hidden = length < 2;
    for (const { stage } of this.#panels.slice(0, length)) stage.plot.measure();
    return length > 1 ? "elsewhere" : own;
  }

  /** @type {(overview: Overview) => number[]} the recordings in the places, the first one first */
  #shown(overview) {
    const others = holdersOf(this.#model, overview.layer);
    const first = recordingShown(this.#model, overview);
    return [first, ...(this.#beside.length ? others.filter((each) => each !== first) : [])];
  }

  /** @param {Scene} first what the widget's own stage shows */
  show(first) {
    if (!this.#panels.length) return;
    const shown = this.#shown(first.overview), [main, ...others] = this.#panels;
    main.scene = first;
    this.#panels.forEach(({ title }, place) => {
      title.replaceChildren(...titleOf(this.#model, first.overview, shown[place]));
    });
    others.forEach((panel, k) => {
      const key = this.#beside[k], overview = key && this.#store.overview(key);
      panel.scene = null;
      if (key && !overview) this.#store.requestOverview(key);
      const failure = key && !overview ? this.#store.failureOf(key) : "";
      panel.message.textContent = failure;
      panel.message.hidden = !failure;
      panel.stage.hide(Boolean(key) && !overview);
      if (!overview) return;
      const room = panel.stage.plot.room("elsewhere");
      panel.scene = panelScene(this.#model, this.#store, first, overview, room);
      panel.stage.show(panel.scene, "elsewhere");
    });
    const shownPanels = this.#panels.filter(({ scene }) => scene);
    const targets = shownPanels.map(({ scene }) => scene?.why?.name ?? "");
    // Each model has a likeliest class of its own.
    const areNamed = targets.every(Boolean) && new Set(targets).size > 1;
    shownPanels.forEach((panel, k) => {
      if (areNamed) panel.title.append(soft(` · ${targets[k]}`));
      label(panel);
    });
    const scenes = this.#panels.flatMap(({ scene }, place) =>
      scene && place < shown.length ? [scene] : []
    );
    if (shown.length > 1) this.#bar.show(scenes, this.#kind !== "wide", TITLE);
  }

  /** @param {Range} range somebody moves one of them: the others follow */
  follow(range) {
    for (const panel of this.#panels) {
      if (panel.scene && this.#isAlike(panel)) panel.stage.plot.follow(range);
    }
  }

  /** @type {(place: UnitPosition | null, scene: Scene | null) => void} */
  point(place, scene) {
    this.#main.point(place, scene);
    for (const panel of this.#panels.slice(1)) {
      const isThere = place && panel.scene && this.#isAlike(panel) &&
        hasUnit(panel.scene.layout, place);
      panel.stage.point(isThere ? place : null, isThere ? panel.scene : null);
    }
  }

  /** @param {boolean} hidden whether something is said in place of the first picture */
  hide(hidden) {
    this.#main.hide(hidden);
    if (hidden) { for (const panel of this.#panels) panel.scene = null; }
  }

  measure() {
    this.#main.plot.measure();
    for (const { stage } of this.#panels.slice(1)) stage.plot.measure();
  }

  /** @param {Plotly} plotly */
  use(plotly) {
    this.#main.plot.use(plotly);
    for (const { stage } of this.#panels.slice(1)) stage.plot.use(plotly);
  }

  close() {
    this.#main.plot.close();
    for (const { stage, stop } of this.#panels.slice(1)) {
      stop();
      stage.plot.close();
    }
  }
}

/** @param {Panel} panel whose picture is told from the others by the recording's name */
function label({ stage, title }) {
  const { el } = stage, name = el.getAttribute("aria-label")?.split(" · ")[0];
  el.setAttribute("aria-label", `${name} · ${title.textContent}`);
}

/** @type {(model: Model, overview: Overview, recording: number | undefined) => (Node | string)[]} */
function titleOf(model, { variant, layer }, recording) {
  if (recording === undefined) return [];
  const { names, holders } = model.get("compared");
  const isFrame = isOfFrames(variant) && model.get("mode") === DIFFERENCE && layer > 0;
  if (isFrame || isOfDifference(variant)) return [`${names[comparedWith(model)]} − ${names[0]}`];
  if (holders[layer].length > 1 || !model.get("layers")[layer]) return [names[recording]];
  return [names[recording], soft(" · the only one with this layer")];
}

/** @param {string} words */
function soft(words) {
  return element("span", "actwidget-soft", {}, [words]);
}
