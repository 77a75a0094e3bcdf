/** Whether the page shows a widget, as Python is told: it keeps one that nobody else refers to. */

/** @import { Model } from "../types.js" */

/** Milliseconds without a view after which it is gone: a cell that is moved gets another. */
const PATIENCE = 3000;

/** JupyterLab's and Notebook 7's element around a notebook. */
const NOTEBOOK = ".jp-NotebookPanel";

export class Presence {
  #model;
  // Replies and reports of all pages reach the same widget.
  #page = crypto.randomUUID?.() ?? String(Math.random());
  #views = 0;
  #told = false;
  /** @type {Element | null} */
  #notebook = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {Model} model */
  constructor(model) {
    this.#model = model;
  }

  /** A view is there. */
  enter() {
    this.#views++;
    clearTimeout(this.#timer);
    if (!this.#told) this.#tell(true);
  }

  /** @param {Element} el of a view, which is in the page by now */
  attach(el) {
    this.#notebook ??= el.closest(NOTEBOOK);
  }

  /** A view is gone. */
  leave() {
    if (--this.#views) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      // Outputs of a notebook that was closed come back when it is opened again. Of other front ends
      // it is not known when theirs do.
      if (this.#notebook?.isConnected) this.#tell(false);
      this.#notebook = null;
    }, PATIENCE);
  }

  /** @param {boolean} isShown */
  #tell(isShown) {
    this.#told = isShown;
    try {
      this.#model.send({ kind: "views", page: this.#page, count: Number(isShown) });
    } catch {
      // There is no kernel: it keeps nothing.
    }
  }
}
