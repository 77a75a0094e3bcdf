/** The mean activation of a channel by class, the largest first, and how much it prefers one. */

import { element } from "./dom.js";
import { format } from "./labels.js";

/** Classes that have room. */
const MOST = 5;

/**
 * A small chart: a bar for each class.
 *
 * @type {(means: [string, number | null][], selectivity: number | null) => HTMLElement}
 */
export function classMeans(means, selectivity) {
  const shown = means.slice(0, MOST), sizes = shown.map(([, mean]) => Math.abs(mean ?? 0));
  const most = Math.max(...sizes, 1e-30);
  const rows = shown.map(([name, mean], place) => {
    const bar = element("span", "actwidget-means-bar");
    bar.style.width = `${100 * sizes[place] / most}%`;
    if (mean !== null && mean < 0) bar.classList.add("actwidget-means-below");
    const value = mean === null ? "–" : format(mean, 3);
    return element("li", "actwidget-means-row", {}, [
      element("span", "actwidget-means-name", { title: name }, [name]),
      element("span", "actwidget-means-track", {}, [bar]),
      element("span", "actwidget-means-value", {}, [value]),
    ]);
  });
  const caption = element("div", "actwidget-soft actwidget-means-caption", {
    title: "(a − b) / (a + b): a is the largest class mean, b the mean of the others",
  }, ["mean by class", selectivityText(selectivity)]);
  const label = `mean activation by class${selectivityText(selectivity)}`;
  return element("div", "actwidget-means", {}, [
    caption,
    element("ol", "actwidget-means-list", { "aria-label": label }, rows),
  ]);
}

/** @param {number | null} selectivity */
function selectivityText(selectivity) {
  return selectivity === null ? "" : ` · selectivity ${selectivity.toFixed(2)}`;
}
