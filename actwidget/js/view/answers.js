/** What the model made of an image: its likeliest classes, each a name over a thin bar. */

/** @typedef {[string, number | null]} Answer a class and its value, null where it is not finite */

import { element } from "./dom.js";

/**
 * @param {Answer[]} answers the likeliest first
 * @returns {HTMLElement}
 */
export function answerList(answers) {
  const sizes = answers.map(([, value]) => value ?? 0);
  // Values that are no shares are drawn against the largest.
  const whole = sizes.every((size) => size >= 0 && size <= 1) ? 1 : Math.max(...sizes, 1e-30);
  const rows = answers.map(([name, value], place) => {
    const bar = element("span", "actwidget-answer-bar");
    bar.style.width = `${100 * Math.min(1, Math.max(0, sizes[place] / whole))}%`;
    const row = element("li", "actwidget-answer", { title: `${name}: ${value ?? "NaN"}` }, [
      element("span", "actwidget-answer-name", {}, [name]),
      element("span", "actwidget-answer-value", {}, [
        value === null ? "NaN" : value.toFixed(2).replace("-", "−"),
      ]),
      element("span", "actwidget-answer-track", {}, [bar]),
    ]);
    return row;
  });
  return element("ol", "actwidget-answers", { "aria-label": "the likeliest classes" }, rows);
}
