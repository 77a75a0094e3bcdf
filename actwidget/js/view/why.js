/** The row of the mode: what is explained, what is shown of it, and what lies over the input. */

/** @import { Attribution, Model, Target } from "../types.js" */
/** @import { Store } from "../store/store.js" */
/** @import { Choice } from "./menu.js" */

import { IMPORTANCE } from "../numerics/tile_order.js";
import { same } from "../protocol/requests.js";
import {
  ACTIVATION,
  GRADIENT,
  isExplored,
  isOfFrames,
  PRODUCT,
  variantOf,
} from "../store/variant.js";
import { classesOf, classExplained, targetOf, targetWords } from "./attribution.js";
import { button, element, icon, keepKeys } from "./dom.js";
import { Menu } from "./menu.js";
import { move, stateOf } from "./view_state.js";

/** The entry of the menu of targets that ends it. */
const NOTHING = "null";

/** @type {Record<string, [string, string]>} */
const SHOW_WORDS = {
  [ACTIVATION]: ["activation", "what the layer gave"],
  [GRADIENT]: ["gradient", "how much the target grows when a unit does"],
  [PRODUCT]: ["gradient × activation", "what each unit adds to the target, to first order"],
};

/** @type {Record<string, [string, string]>} */
const OVERLAY_WORDS = {
  none: ["nothing", "the input alone"],
  "grad-cam": ["Grad-CAM", "where this layer speaks for the target, on the layer’s own grid"],
  gradient: ["gradient", "the pixels to which the target reacts most"],
};

const NOT_OF_FRAMES = "what explains a frame is computed of its recording: widget.freeze()";
const NOT_EXPLORED = "what explains an image is computed of the recording: go back to its images";

/** @type {(model: Model) => string} why what is shown cannot be explained; empty: it may be */
export function whyNotExplained(model) {
  const { variant } = variantOf(model);
  if (isOfFrames(variant)) return NOT_OF_FRAMES;
  return isExplored(variant) ? NOT_EXPLORED : "";
}

export class Why {
  /** Opens the menu of targets where nothing is explained. */
  el;
  /** The rest of the row. */
  rest;
  #model;
  #store;
  #target;
  #show;
  #overlay;
  #opacity = element("input", "actwidget-slider", {
    type: "range",
    min: "0",
    max: "1",
    step: "0.05",
    "aria-label": "opacity over the input",
  });
  #off = button("switch the open channel off (x)", "switch off", () => switchOff(this.#model));
  #legend = element("span", "actwidget-legend actwidget-soft");
  #word = element("span", "actwidget-soft", {}, ["why"]);
  #chip = button("switch the channel on again (x)", "", () => move(this.#model, { ablated: null }));
  #close;

  /**
   * @param {Model} model
   * @param {Store} store
   */
  constructor(model, store) {
    this.#model = model;
    this.#store = store;
    const face = () => element("span", "");
    this.#target = new Menu("what is explained", face(), () => this.#targets(), (value) => {
      explain(model, JSON.parse(value));
    });
    this.#show = new Menu(
      "what is shown of the layer",
      face(),
      () => entries(SHOW_WORDS),
      (show) => {
        move(model, { show });
      },
    );
    const chooseOverlay = (/** @type {string} */ value) =>
      move(model, { overlay: value === "none" ? null : value });
    this.#overlay = new Menu(
      "what lies over the input",
      face(),
      () => entries(OVERLAY_WORDS),
      chooseOverlay,
    );
    this.#opacity.addEventListener("input", () => {
      move(model, { overlay_opacity: Number(this.#opacity.value) });
    });
    this.#close = button("explain nothing (y)", icon("close"), () => explain(model, null));
    this.say(null);
    this.el = element("div", "actwidget-why", {}, [
      this.#word,
      this.#target.el,
      this.#close,
    ]);
    const over = element("span", "actwidget-over-input", {}, [
      element("span", "actwidget-soft", {}, ["on the input"]),
      this.#overlay.el,
      this.#opacity,
    ]);
    this.rest = element("div", "actwidget-why-rest", {}, [
      this.#legend,
      this.#off,
      this.#chip,
      element("span", "actwidget-soft", {}, ["tiles"]),
      this.#show.el,
      over,
    ]);
    keepKeys(this.el);
    keepKeys(this.rest);
  }

  /**
   * What the bars below the tiles are, or why there are none.
   *
   * @param {Attribution | null} attribution of the layer that is shown
   */
  say(attribution) {
    const { reason = "", note = "", error = "" } = attribution ?? {};
    const words = error || (attribution && !attribution.importance && reason);
    const parts = words ? [`no bars: ${words}`] : [
      element("span", "actwidget-promotes"),
      "for",
      element("span", "actwidget-opposes"),
      "against",
      element("span", "actwidget-legend-more", {}, [", to first order"]),
      ...(note ? [` · ${note}`] : []),
    ];
    this.#legend.replaceChildren(...parts);
    this.#legend.title = words || note ||
      "the sum of gradient × activation: switch a channel off for its exact effect";
  }

  /** @returns {Choice[]} */
  #targets() {
    const model = this.#model, { layer, channel } = stateOf(model), target = targetOf(model);
    const classes = classesOf(model);
    /** @type {[Target, string, string][]} */
    const found = classes.map(([number, name, value]) => [number, name, valueWords(value)]);
    if (this.#store.alive) {
      if (channel !== null) {
        const words = "what before this channel, and in the input, makes it large";
        found.push([[layer, channel], `${layer} · ${channel}`, words]);
      }
      // What Python or a click has chosen.
      const known = found.some(([each]) => same(each, target)) || isOneOf(model, target);
      if (target !== null && !known) found.push([target, targetWords(model, target), ""]);
    }
    const choices = found.map(([value, name, words]) => ({
      value: JSON.stringify(value),
      name,
      words,
    }));
    return [
      ...choices,
      { value: NOTHING, name: "nothing", words: "the channels’ slider again" },
    ];
  }

  /** Show where the model's state is. */
  update() {
    const model = this.#model, state = stateOf(model), { target, ablated } = state;
    this.el.hidden = !this.#store.canExplain && target === null;
    const number = classExplained(model);
    const chosen = number !== null && classesOf(model).some(([each]) => each === number)
      ? number
      : target;
    this.#target.update(JSON.stringify(chosen));
    this.#word.hidden = this.#close.hidden = target === null;
    if (target === null) this.#target.update(NOTHING, "", "why?");
    this.#show.update(state.show);
    this.#overlay.update(state.overlay ?? "none");
    this.#opacity.value = String(state.overlay_opacity);
    this.#opacity.style.setProperty("--share", String(state.overlay_opacity));
    this.#opacity.disabled = state.overlay === null;
    this.rest.hidden = target === null && !ablated;
    for (const child of this.rest.children) {
      if (child !== this.#off && child !== this.#chip && child instanceof HTMLElement) {
        child.hidden = target === null;
      }
    }
    const canSwitch = this.#store.alive && Boolean(model.get("has_model"));
    this.#off.hidden = !canSwitch || state.channel === null || Boolean(ablated);
    this.#chip.hidden = !ablated;
    this.#chip.textContent = ablated ? `${ablated[0]} · ${ablated[1]} is off ✕` : "";
  }
}

/** @type {(model: Model, target: Target | null) => boolean} whether it is one of the likeliest */
function isOneOf(model, target) {
  if (target === null || Array.isArray(target)) return false;
  const number = classExplained(model);
  return classesOf(model).some(([each]) => each === number);
}

/** @type {(words: Record<string, [string, string]>) => Choice[]} */
function entries(words) {
  return Object.entries(words).map(([value, [name, meaning]]) => ({ value, name, words: meaning }));
}

/** @param {number | null} value */
function valueWords(value) {
  return value === null ? "NaN" : value.toFixed(2).replace("-", "−");
}

/**
 * Explain something, with the tiles that matter most first.
 *
 * @type {(model: Model, target: Target | null) => void}
 */
export function explain(model, target) {
  const first = target !== null && targetOf(model) === null;
  move(model, { target, ...(first ? { sort: IMPORTANCE, overlay: "grad-cam" } : {}) });
}

/** @type {(model: Model) => void} switch the open channel off, or on again */
export function switchOff(model) {
  const { layer, channel, ablated } = stateOf(model);
  if (ablated) move(model, { ablated: null });
  else if (channel !== null) move(model, { ablated: [layer, channel] });
}
