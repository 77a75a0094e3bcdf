/** The images that excite the open channel most, beside its map or below it. */

/** @import { Layer, Model } from "../types.js" */
/** @import { Store } from "../store/store.js" */
/** @import { TopImages } from "../store/survey_store.js" */

import { classMeans } from "./class_means.js";
import { element, keepKeys } from "./dom.js";
import { explore } from "./explore.js";
import { channelWord } from "./labels.js";
import { captionText, imageText, shortText, valueText } from "./survey_text.js";
import { Pictures } from "./top_pictures.js";

export class TopImagesPanel {
  #caption = element("div", "actwidget-soft actwidget-top-caption", { role: "status" });
  #list = element("ul", "actwidget-top-list");
  #means = element("div", "actwidget-top-means");
  el = element("section", "actwidget-top", { hidden: "" }, [
    element("div", "actwidget-top-strip", {}, [this.#caption, this.#list]),
    this.#means,
  ]);
  #model;
  #store;
  #pictures;
  /** @type {TopImages | null} what is drawn, and of which channel */
  #top = null;
  #of = "";
  #isDead = false;
  #words = "";
  /** The place that is pointed at, or −1. */
  #place = -1;
  /** The image that is to be explored once it has come. */
  #wanted = -1;
  /** The place that a finger has pointed at. */
  #tapped = -1;
  #onPoint;

  /**
   * @param {Model} model
   * @param {Store} store
   * @param {() => void} onPoint another image is pointed at, or none
   * @param {() => void} leave give the focus back to the picture
   */
  constructor(model, store, onPoint, leave) {
    this.#model = model;
    this.#store = store;
    this.#pictures = new Pictures(store);
    this.#onPoint = onPoint;
    this.#list.addEventListener("keydown", (event) => this.#key(event, leave));
  }

  /**
   * The image that is pointed at, and the place of its field.
   *
   * @returns {{ image: number, box: TopImages["boxes"][number], words: string } | null}
   */
  get pointed() {
    const top = this.#top;
    if (!top || this.#place < 0 || this.#place >= top.images.length) return null;
    const place = this.#place;
    return { image: top.images[place], box: top.boxes[place], words: shortText(top, place) };
  }

  /**
   * Show a channel's, where there is a survey of its layer.
   *
   * @type {(number: number, layer: Layer, channel: number) => boolean} whether there is one
   */
  show(number, layer, channel) {
    const { survey } = this.#store, isThere = channel >= 0 && survey.has(number);
    this.el.hidden = !isThere;
    if (!isThere) {
      this.#forget();
      return false;
    }
    const top = survey.top(number, channel), facts = survey.facts(number);
    const of = `${number}/${channel}`;
    if (of !== this.#of) this.#forget();
    this.#of = of;
    survey.save(number, channel);
    const which = `${channelWord(layer)} ${channel}`;
    this.el.setAttribute("aria-label", `the images that excite ${which} most`);
    // Where it is 0 throughout none is stronger than another.
    const isDead = facts?.dead.includes(channel) ?? false;
    if (top !== this.#top || !top || isDead !== this.#isDead) this.#fill(top, isDead);
    else this.#pictures.draw();
    const selectivity = facts?.selectivity?.[channel] ?? null, means = isDead ? null : top?.means;
    this.#means.replaceChildren(...(means ? [classMeans(means, selectivity)] : []));
    this.#mark();
    if (this.#wanted >= 0) this.#explore(this.#wanted);
    return true;
  }

  #forget() {
    this.#of = this.#words = "";
    this.#top = null;
    this.#place = this.#wanted = this.#tapped = -1;
    this.#list.replaceChildren();
  }

  /** @type {(top: TopImages | undefined, isDead: boolean) => void} */
  #fill(top, isDead) {
    this.#top = top && !top.error ? top : null;
    this.#isDead = isDead;
    this.#pictures.forget();
    this.el.classList.toggle("actwidget-top-waiting", !top && this.#store.alive);
    const shown = isDead ? [] : this.#top?.images ?? [];
    this.#list.replaceChildren(...shown.map((_, place) => this.#item(place)));
    this.#pictures.draw();
    keepKeys(this.#list);
    if (top?.error) this.#say(`The images cannot be read: ${top.error}`);
    else if (!top && !this.#store.alive) {
      this.#say("The images were not saved here: run the notebook to see them.");
    } else this.#say("");
  }

  /** @param {number} place */
  #item(place) {
    const top = /** @type {TopImages} */ (this.#top), value = top.values[place];
    const said = imageText(top, place), label = top.labels[place] ?? "";
    const isSilent = value === 0 && (top.values[0] ?? 0) > 0;
    const el = element("button", `actwidget-top-image${isSilent ? " actwidget-top-zero" : ""}`, {
      type: "button",
      title: said,
      "aria-label": `${said}. Explore it`,
      tabindex: place ? "-1" : "0",
    }, [
      this.#pictures.of(top, place),
      element("span", "actwidget-top-value", {}, [valueText(value, 3)]),
      ...(label ? [element("span", "actwidget-top-label", {}, [label])] : []),
    ]);
    el.addEventListener("pointerenter", ({ pointerType }) => {
      if (pointerType !== "touch") this.#point(place);
    });
    el.addEventListener("pointerleave", ({ pointerType }) => {
      if (pointerType !== "touch") this.#point(-1);
    });
    el.addEventListener("focus", () => this.#point(place));
    el.addEventListener("blur", () => this.#point(-1));
    let touched = false;
    el.addEventListener("pointerdown", ({ pointerType }) => touched = pointerType === "touch");
    el.addEventListener("click", () => {
      // A finger cannot point before it presses: the first time marks what the unit sees.
      if (touched && this.#tapped !== place) {
        this.#tapped = place;
        this.#point(place);
        this.#say(`${said}. Tap again to explore it`);
        return;
      }
      this.#explore(top.images[place]);
    });
    return element("li", "", {}, [el]);
  }

  /** @param {number} place */
  #point(place) {
    if (place === this.#place) return;
    this.#place = place;
    if (place >= 0) {
      if (this.#tapped !== place) this.#tapped = -1;
      this.#say("");
    }
    this.#onPoint();
  }

  /** @param {number} image */
  #explore(image) {
    const { done, words } = explore(this.#model, this.#store, image);
    this.#wanted = done ? -1 : image;
    if (words || done) this.#say(words);
  }

  /** @param {string} words in the caption's place; empty: the caption */
  #say(words) {
    this.#words = words;
    const { header } = this.#store.survey, count = this.#top?.images.length ?? 0;
    const caption = header && this.#top ? captionText(header, count, this.#isDead) : "";
    this.#caption.textContent = this.#words || caption;
    this.#caption.title = this.#caption.textContent;
    this.#caption.classList.toggle("actwidget-top-said", Boolean(words));
    if (words) this.el.scrollLeft = 0;
  }

  /** Mark the one that is explored. */
  #mark() {
    const model = this.#model, own = this.#store.survey.header?.own;
    const shown = own ? model.get("image_index") : model.get("explored") ?? null;
    [...this.#list.querySelectorAll("button")].forEach((el, place) => {
      if (this.#top?.images[place] === shown) el.setAttribute("aria-current", "true");
      else el.removeAttribute("aria-current");
    });
  }

  /** @type {(event: KeyboardEvent, leave: () => void) => void} arrows go from image to image */
  #key(event, leave) {
    const all = [...this.#list.querySelectorAll("button")];
    const place = all.findIndex((each) => each === document.activeElement);
    const steps = /** @type {Record<string, number>} */ ({
      ArrowRight: place + 1,
      ArrowDown: place + 1,
      ArrowLeft: place - 1,
      ArrowUp: place - 1,
      Home: 0,
      End: all.length - 1,
    });
    if (event.key === "Escape") leave();
    else if (event.key in steps && place >= 0) {
      const next = all[Math.min(all.length - 1, Math.max(0, steps[event.key]))];
      for (const each of all) each.tabIndex = each === next ? 0 : -1;
      next.focus();
      // What stands behind the last one, where all is in a line.
      if (next === all.at(-1)) this.el.scrollLeft = this.el.scrollWidth;
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
