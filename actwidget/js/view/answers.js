/** What the model made of an image: its likeliest classes, each a name over a thin bar. */

/** @typedef {[string, number | null]} Answer a class and its value, null where it is not finite */

import { element, OWN_KEYS } from "./dom.js";

/** @type {(value: number | null | undefined) => string} */
function text(value) {
  return typeof value === "number" ? value.toFixed(2).replace("-", "−") : "NaN";
}

/**
 * @param {Answer[]} answers the likeliest first
 * @param {number} [chosen] the place of the one that is explained
 * @param {(number | null)[] | null} [without] what is left of each with a channel switched off
 * @param {((place: number) => void) | null} [choose] have another explained
 * @param {import("./compared_answers.js").ComparedAnswers | null} [compared] what others made of it
 * @returns {HTMLElement}
 */
export function answerList(answers, chosen = -1, without = null, choose = null, compared = null) {
  const sizes = answers.map(([, value]) => value ?? 0);
  const others = compared?.beside ?? [];
  // Values that are no shares are drawn against the largest.
  const all = [...sizes, ...others.flat().map((each) => each ?? 0)];
  const whole = all.every((size) => size >= 0 && size <= 1) ? 1 : Math.max(...all, 1e-30);
  const rows = answers.map(([name, value], place) => {
    const now = without ? without[place] ?? null : value;
    const bar = element("span", "actwidget-answer-bar");
    bar.style.width = share(now ?? 0, whole);
    const track = element("span", "actwidget-answer-track", {}, [bar]);
    if (without) {
      const before = element("span", "actwidget-answer-before");
      before.style.left = share(sizes[place], whole);
      track.append(before);
    }
    const beside = others.map((each) => {
      const other = element("span", "actwidget-answer-bar");
      other.style.width = share(each[place] ?? 0, whole);
      return element("span", "actwidget-answer-track actwidget-answer-other", {}, [other]);
    });
    const said = compared ? others[compared.said]?.[place] : undefined;
    const values = said !== undefined
      ? `${text(value)} · ${text(said)}`
      : without
      ? `${text(value)} → ${text(now)}`
      : text(value);
    const parts = [
      element("span", "actwidget-answer-name", {}, [name]),
      element("span", "actwidget-answer-value", {}, [values]),
      track,
      ...beside,
    ];
    const told = `${name}: ${value ?? "NaN"}${without ? `, without the channel ${now}` : ""}`;
    if (!choose) return element("li", "actwidget-answer", { title: told }, parts);
    const row = element("button", "actwidget-answer", {
      type: "button",
      title: `${told}. Click: why?`,
      "aria-pressed": String(place === chosen),
      ...OWN_KEYS,
    }, parts);
    row.addEventListener("click", () => choose(place));
    return element("li", "", {}, [row]);
  });
  return element("ol", "actwidget-answers", { "aria-label": "the likeliest classes" }, rows);
}

/** @type {(size: number, whole: number) => string} */
function share(size, whole) {
  return `${100 * Math.min(1, Math.max(0, size / whole))}%`;
}
