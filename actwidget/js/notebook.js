/** The widget's module for notebooks: it brings its style sheet along. */

/** @import { Model } from "./types.js" */

import load from "./main.js";
import { addStyle } from "./view/style.js";

/** The text of `view/widget.css`; the build puts it here. */
const STYLE = "the style sheet of widget.css";

/** As `main.js`, for a page that does not hold the style sheet. */
export default function loadWithStyle() {
  const { initialize, render } = load();
  return {
    initialize,
    /** @param {{ model: Model, el: HTMLElement }} context */
    render(context) {
      addStyle(context.el, STYLE);
      return render(context);
    },
  };
}
