/** The widget's module, as anywidget takes it. */

/** @import { Model } from "./types.js" */

import { syncDerivedState } from "./view/view_state.js";
import { Store } from "./store/store.js";
import { LiveFeed } from "./live/feed.js";
import { Presence } from "./view/presence.js";
import { render } from "./view/view.js";

/** What a widget has once, whatever views there are of it. */
class Widget {
  store;
  presence;
  feed;

  /** @param {Model} model */
  constructor(model) {
    this.store = new Store(model);
    this.presence = new Presence(model);
    this.feed = new LiveFeed(model, this.store);
  }
}

/**
 * What anywidget calls: in JupyterLab once for each widget, elsewhere perhaps once for all of them.
 * Nothing is shared beyond that: a copy of a notebook has widgets of the same names.
 */
export default function load() {
  /** @type {Map<string, Widget>} by name: `initialize` and each view get proxies of their own */
  const widgets = new Map();

  /** @param {Model} model */
  const widgetOf = (model) => {
    const id = model.get("view_id"), found = widgets.get(id) ?? new Widget(model);
    widgets.set(id, found);
    return found;
  };
  return {
    /** @param {{ model: Model }} context */
    initialize({ model }) {
      const { store, feed } = widgetOf(model), stop = syncDerivedState(model, store);
      return () => {
        stop();
        feed.close();
        store.close();
        widgets.delete(model.get("view_id"));
      };
    },
    /** @param {{ model: Model, el: HTMLElement }} context */
    render: ({ model, el }) => render({ model, el, ...widgetOf(model) }),
  };
}
