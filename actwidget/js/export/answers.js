/** What a reader writes into the boxes of a page: kept by the browser, downloaded, printed. */

import { element } from "../view/dom.js";

const KEPT = "What you write is kept in this browser, on this device, and sent nowhere.";
const LOST =
  "This browser keeps nothing for this page: what you write is gone when you close it. " +
  "Download or print it before you do.";

/** What the button says that erases, once it was pressed: no dialog, which a frame may forbid. */
const AGAIN = "Press again to erase";

/** What is written to try whether anything is kept. */
const TRIED = "actwidget: tried";

/** While this class is the page's, its style sheet prints headings, questions and answers alone. */
const PRINTING = "printing-answers";

/**
 * @typedef {{ heading: string, asked: string, label: string, answer: string }} Entry a question
 */

/**
 * All questions and answers as a text file.
 *
 * @param {string} title
 * @param {Entry[]} entries
 * @returns {string}
 */
export function answersText(title, entries) {
  let heading = "";
  const parts = entries.map((entry) => {
    const lines = entry.heading === heading ? [] : ["", entry.heading, ""];
    heading = entry.heading;
    if (entry.asked) lines.push(entry.asked, "");
    return [...lines, `${entry.label}: ${entry.answer.trim() || "(nothing written)"}`, ""];
  });
  return [title, ...parts.flat()].join("\n");
}

/**
 * Connect the boxes of the page with what the browser kept, and its buttons with the boxes.
 *
 * @param {Document} page
 * @param {() => Storage} open what keeps the answers; it may throw, or refuse to write
 */
export function keepAnswers(page, open = () => localStorage) {
  const questions = /** @type {NodeListOf<HTMLElement>} */ (
    page.querySelectorAll(".lesson-question")
  );
  if (questions.length === 0) return;
  const boxes = [...questions].map((question) => new Box(question));
  const storage = usable(open);
  let isKept = storage !== undefined;
  const tell = (/** @type {Box} */ box) => {
    box.warn(isKept ? "" : LOST);
    for (const el of page.querySelectorAll(".lesson-kept")) el.textContent = isKept ? KEPT : LOST;
  };
  for (const box of boxes) {
    box.text = storage?.getItem(box.key) ?? "";
    box.onInput(() => {
      if (!storage) return;
      isKept = wrote(storage, box.key, box.text);
      tell(box);
    });
  }
  tell(boxes[0]);
  globalThis.addEventListener("beforeunload", (event) => {
    if (!isKept && boxes.some((box) => box.text)) event.preventDefault();
  });

  /** @type {Record<string, (button: HTMLButtonElement) => void>} */
  const actions = {
    download: () => download(page.title, answersText(page.title, boxes.map((box) => box.entry))),
    print: () => {
      page.documentElement.classList.add(PRINTING);
      globalThis.print();
    },
    erase: (button) => {
      button.dataset.words ??= button.textContent ?? "";
      const isSure = button.textContent === AGAIN;
      const start = () => button.textContent = button.dataset.words ?? "";
      if (!isSure) {
        button.textContent = AGAIN;
        button.addEventListener("blur", start, { once: true });
        return;
      }
      start();
      for (const box of boxes) {
        box.text = "";
        storage?.removeItem(box.key);
      }
    },
  };
  globalThis.addEventListener(
    "afterprint",
    () => page.documentElement.classList.remove(PRINTING),
  );
  for (
    const bar of /** @type {NodeListOf<HTMLElement>} */ (
      page.querySelectorAll(".lesson-answers")
    )
  ) {
    bar.hidden = false;
    for (const button of bar.querySelectorAll("button")) {
      button.addEventListener("click", () => actions[button.dataset.does ?? ""]?.(button));
    }
  }
}

/** A question's box, and the copy of its text that is printed: a box prints what is in sight. */
class Box {
  /** @type {HTMLElement} */
  #question;
  /** @type {HTMLTextAreaElement} */
  #area;

  /** @param {HTMLElement} question */
  constructor(question) {
    this.#question = question;
    this.#area = /** @type {HTMLTextAreaElement} */ (question.querySelector("textarea"));
  }

  get key() {
    return this.#question.dataset.key ?? "";
  }

  get text() {
    return this.#area.value;
  }

  set text(text) {
    this.#area.value = text;
    this.#copy();
  }

  /** @returns {Entry} */
  get entry() {
    return {
      heading: headingOf(this.#question),
      asked: this.#part(".lesson-asked").innerText.trim(),
      label: this.#part("label").innerText,
      answer: this.text,
    };
  }

  /** @param {() => void} act */
  onInput(act) {
    this.#area.addEventListener("input", () => {
      this.#copy();
      act();
    });
  }

  /** @param {string} words */
  warn(words) {
    const warning = this.#part(".lesson-lost");
    warning.hidden = words === "";
    warning.textContent = words;
  }

  #copy() {
    this.#part(".lesson-written").textContent = this.text;
  }

  /**
   * @param {string} selector
   * @returns {HTMLElement}
   */
  #part(selector) {
    return /** @type {HTMLElement} */ (this.#question.querySelector(selector));
  }
}

/**
 * The text of the last heading before an element, without the link to itself that sites put there.
 *
 * @param {HTMLElement} el
 */
function headingOf(el) {
  const before = [...document.querySelectorAll("main :is(h1, h2, h3, h4, h5, h6)")].filter(
    (heading) => heading.compareDocumentPosition(el) & Node.DOCUMENT_POSITION_FOLLOWING,
  );
  const heading = /** @type {Element | undefined} */ (before.at(-1)?.cloneNode(true));
  for (const link of heading?.querySelectorAll(".headerlink") ?? []) link.remove();
  return heading?.textContent?.trim() ?? "";
}

/**
 * A browser may have no storage, forbid it to pages from disk, or have it and keep nothing.
 *
 * @param {() => Storage} open
 */
function usable(open) {
  try {
    const storage = open();
    const isWritten = wrote(storage, TRIED, TRIED);
    storage.removeItem(TRIED);
    return isWritten ? storage : undefined;
  } catch {
    return undefined;
  }
}

/** @type {(storage: Storage, key: string, text: string) => boolean} */
function wrote(storage, key, text) {
  try {
    storage.setItem(key, text);
    return true;
  } catch {
    return false;
  }
}

/** @type {(title: string, text: string) => void} */
function download(title, text) {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  const name = `${title.replaceAll(/[^\p{L}\p{N}]+/gu, "_")}_answers.txt`;
  const link = element("a", "", { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
