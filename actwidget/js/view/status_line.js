/** What is said in place of a picture, above one whose kernel is gone, and below one without. */

/** @import { Model } from "../types.js" */
/** @import { Status } from "../store/source.js" */
/** @import { Store } from "../store/store.js" */

import { pictureWanted } from "../store/picture_key.js";
import { element } from "./dom.js";
import { lostText, noteText, statusText } from "./status_text.js";

/** Milliseconds after which the page says that it waits; sooner it would only flicker. */
const PATIENCE = 300;

export class StatusLine {
  message = element("div", "actwidget-message", { role: "status" });
  note = element("div", "actwidget-note", { role: "status" });
  #model;
  #store;
  #onText;
  #plotlyFailure = "";
  #waitingSince = 0;

  /**
   * @param {Model} model
   * @param {Store} store
   * @param {(replacesPicture: boolean) => void} onText
   */
  constructor(model, store, onText) {
    this.#model = model;
    this.#store = store;
    this.#onText = onText;
  }

  /** The picture that is wanted, or one on the way to it, is there. */
  showPicture() {
    this.#say(lostText(this.#store));
    this.note.textContent = noteText(this.#model, this.#store);
  }

  /** It is not. */
  showMissing() {
    const status = this.#status();
    if (status !== "waiting") {
      this.#replace(status);
      return;
    }
    this.#waitingSince ||= performance.now();
    setTimeout(() => {
      const over = this.#waitingSince && performance.now() - this.#waitingSince > PATIENCE - 1;
      if (over && this.#store.waiting && this.#status() === "waiting") this.#replace("waiting");
    }, PATIENCE);
  }

  #status() {
    return this.#store.status(pictureWanted(this.#model));
  }

  /** @param {string} reason */
  plotlyFailed(reason) {
    this.#plotlyFailure = `Plotly could not be loaded: ${reason}.`;
    this.#say("");
  }

  /** @param {Status} status of the picture, in place of it */
  #replace(status) {
    this.note.textContent = "";
    this.#say(statusText(status, this.#model, this.#store));
  }

  /** @param {string} text */
  #say(text) {
    if (!text) this.#waitingSince = 0;
    this.message.textContent = text || this.#plotlyFailure;
    this.message.hidden = !this.message.textContent;
    this.#onText(Boolean(text));
  }
}
