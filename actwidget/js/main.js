/** The widget's module, as anywidget takes it. */

/** @import { Model } from "./types.js" */

import { syncDerivedState } from "./view/view_state.js";
import { closeStore, storeOf } from "./store/store.js";
import { render } from "./view/view.js";

/**
 * Once per widget.
 *
 * @param {{ model: Model }} context
 */
function initialize({ model }) {
  const stop = syncDerivedState(model, storeOf(model));
  return () => {
    stop();
    closeStore(model);
  };
}

export default { initialize, render };
