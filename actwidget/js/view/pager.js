/** On a phone: which page of a layer's tiles is shown, and the buttons that turn it. */

/** @import { Scene } from "./scene.js" */

import { button, element, icon, keepKeys } from "./dom.js";
import { ordinal } from "./labels.js";

export class Pager {
  #text = element("span", "actwidget-pager-text actwidget-soft", { role: "status" });
  #earlier;
  #later;
  el;
  /** It belongs to a view, as does what is zoomed: another screen has room for other pages. */
  #page = 0;
  #of = "";

  /** @param {(by: 1 | -1) => void} onTurn */
  constructor(onTurn) {
    this.#earlier = button("earlier tiles", icon("left"), () => onTurn(-1));
    this.#later = button("later tiles", icon("right"), () => onTurn(1));
    this.el = element("div", "actwidget-pager", { hidden: "" }, [
      this.#text,
      this.#earlier,
      this.#later,
    ]);
    keepKeys(this.el);
  }

  /**
   * The page to show: the first of another layer or order, and the one of a channel that is open.
   *
   * @type {(of: string, place: number, per: number) => number}
   */
  page(of, place, per) {
    if (of !== this.#of) this.#page = 0;
    this.#of = of;
    if (place >= 0 && Number.isFinite(per)) this.#page = Math.floor(place / per);
    return this.#page;
  }

  /** @param {number} by */
  turn(by) {
    this.#page += by;
  }

  /** @type {(scene: Scene, channel: number) => void} turn to where a channel's tile is */
  turnTo({ page, order }, channel) {
    if (page) this.#page = Math.floor(order.indexOf(channel) / page.per);
  }

  /** @param {Scene | null} scene */
  show(scene) {
    const page = scene?.page, alone = scene?.alone && scene.order.length > 1;
    this.el.hidden = !page && !alone;
    if (!scene || this.el.hidden) return;
    const place = scene.order.indexOf(scene.channel), count = scene.order.length;
    if (page) this.#page = page.number;
    const [first, last] = alone ? [place, place] : [page?.first ?? 0, (page?.end ?? 0) - 1];
    this.#text.textContent = alone
      ? ""
      : scene.sort === "number" && scene.alive === null && !scene.deadOnly
      ? `${first}–${last} of ${count}`
      : `${ordinal(first + 1)}–${ordinal(last + 1)} of ${count}`;
    this.#name(this.#earlier, alone ? "previous channel" : "earlier tiles", first <= 0);
    this.#name(this.#later, alone ? "next channel" : "later tiles", last >= count - 1);
  }

  /** @type {(el: HTMLButtonElement, name: string, off: boolean) => void} */
  #name(el, name, off) {
    el.title = name;
    el.setAttribute("aria-label", name);
    el.disabled = off;
  }
}
