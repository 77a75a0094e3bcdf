/** Where the images that excite the open channel stand, and what pointing at one of them shows. */

/** @import { Layer, Model } from "../types.js" */
/** @import { Store } from "../store/store.js" */
/** @import { RoomKind } from "./frame.js" */
/** @import { Scene } from "./scene.js" */
/** @import { SidePanel } from "./side_panel.js" */
/** @import { Stage } from "./stage.js" */

import { WayBack } from "./explore.js";
import { STRIP_HEIGHT, stripPlace } from "./frame.js";
import { ALL } from "./scene.js";
import { TopImagesPanel } from "./top_images.js";
import { WholeImage } from "./whole_image.js";

export class Strip {
  #model;
  #store;
  #side;
  #stage;
  #panel;
  #whole;
  #back;
  /** @type {"" | "beside" | "below"} */
  #place = "";

  /**
   * @param {Model} model
   * @param {Store} store
   * @param {{ side: SidePanel, stage: Stage }} parts
   */
  constructor(model, store, { side, stage }) {
    this.#model = model;
    this.#store = store;
    this.#side = side;
    this.#stage = stage;
    this.#whole = new WholeImage(store);
    this.#back = new WayBack(model);
    side.frame.append(this.#whole.el);
    const leave = () => stage.el.focus({ preventScroll: true });
    this.#panel = new TopImagesPanel(model, store, () => this.point(), leave);
  }

  /** What stands below the picture where there is no room beside it. */
  get el() {
    return this.#panel.el;
  }

  /**
   * Find its place: how much of the picture's height it takes.
   *
   * @type {(kind: RoomKind, layers: Layer[], number: number, width: number) => number} in pixels
   */
  fit(kind, layers, number, width) {
    const isOpen = (this.#model.get("channel") ?? null) !== null && this.#store.survey.has(number);
    this.#place = isOpen ? stripPlace(kind, layers, number, width) : "";
    return this.height;
  }

  /** Pixels that it takes of the picture's height. */
  get height() {
    return this.#place === "below" ? STRIP_HEIGHT : 0;
  }

  /** @type {(scene: Scene, foot: HTMLElement) => void} `foot`: what it stands above */
  show({ overview, layer, channel }, foot) {
    const { el } = this.#panel;
    const isThere = this.#panel.show(overview.layer, layer, channel === ALL ? -1 : channel);
    el.classList.toggle("actwidget-top-below", this.#place === "below");
    if (this.#place === "beside") this.#stage.facts.hold(el);
    else {
      this.#stage.facts.hold(null);
      if (el.nextElementSibling !== foot) foot.before(el);
    }
    if (!isThere) this.#side.cover("");
    this.point();
    this.#side.explore(this.#back.isExploring ? this.#back.el : null);
  }

  /** Show what is pointed at over the input. */
  point() {
    const { pointed } = this.#panel;
    this.#side.cover(this.#whole.show(pointed, this.#side.size));
  }
}
