/** The menu of the tiles' order, and of which of them are shown. */

/** @import { Model } from "../types.js" */
/** @import { Store } from "../store/store.js" */
/** @import { Choice } from "./menu.js" */

import {
  ACTIVITY,
  IMPORTANCE,
  LARGEST_DIFFERENCE,
  likeWhich,
  SELECTIVITY,
  SORTS,
} from "../numerics/tile_order.js";
import { targetOf } from "./attribution.js";
import { element, icon } from "./dom.js";
import { Menu } from "./menu.js";
import { imagesText } from "./survey_text.js";
import { move, stateOf } from "./view_state.js";

/** @type {Record<string, [string, string]>} an order's name, and what it means */
const SORT_WORDS = {
  number: ["by number", "as the layer has them"],
  strongest: ["strongest first", "by the largest |x| of the channel"],
  mean: ["largest mean first", "by the mean of the channel"],
  zeros: ["most zeros first", "by the share of units that are 0"],
  variance: ["most varied first", "by how much the mean differs between the images"],
  importance: ["most important first", "by |gradient × activation|: what each adds to the target"],
  selectivity: ["most selective first", "by how much each prefers one class"],
  activity: ["most active first", "by the share of the images on which it is active"],
  [LARGEST_DIFFERENCE]: [
    "largest difference first",
    "by the root of the mean (B − A)² of the channel",
  ],
};

/** The entries of the menu that leave some out. */
const ALIVE = "alive only", DEAD = "dead on all";

/** @type {(model: Model, store: Store) => string[]} the orders that can be chosen */
function ordersOf(model, store) {
  const { header } = store.survey;
  // A page without a kernel may hold of a survey no more than pictures.
  const isKnown = header !== null && header.facts?.length !== 0;
  /** @type {Record<string, boolean>} */
  const has = {
    variance: model.get("images") > 1,
    [IMPORTANCE]: targetOf(model) !== null,
    [SELECTIVITY]: isKnown && header.classes,
    [ACTIVITY]: isKnown,
    [LARGEST_DIFFERENCE]: store.compare.isOn,
  };
  return SORTS.filter((each) => has[each] ?? true);
}

/** @param {import("../store/survey_store.js").SurveyHeader} header */
function activityText(header) {
  const which = header.own ? imagesText(header) : `the ${imagesText(header)}`;
  return `by the share of ${which} on which it is active`;
}

/** @type {(model: Model, store: Store) => Choice[]} */
function choicesOf(model, store) {
  const { channel, sort, alive_only, dead_only } = stateOf(model);
  const like = channel ?? likeWhich(sort), { header } = store.survey;
  const orders = ordersOf(model, store).map((value) => {
    const [name, words] = SORT_WORDS[value];
    return { value, name, words: value === ACTIVITY && header ? activityText(header) : words };
  });
  if (like !== null) {
    orders.push({
      value: `like ${like}`,
      name: `most like channel ${like} first`,
      words: "by the correlation of the maps in this image",
    });
  }
  /** @type {Choice[]} */
  const filters = [{
    value: ALIVE,
    name: ALIVE,
    words: "without the channels that are 0 throughout",
    checked: alive_only,
  }];
  if (header && !header.own) {
    const all = `dead on all ${imagesText(header)}`;
    filters.push({ value: DEAD, name: all, words: "those channels alone", checked: dead_only });
  }
  return [...orders, ...filters];
}

/** @type {(model: Model, store: Store) => { el: HTMLElement, update: () => void }} */
export function sortMenu(model, store) {
  const face = element("span", ""), choices = () => choicesOf(model, store);
  const menu = new Menu("order of the tiles", face, choices, (chosen) => {
    const { alive_only, dead_only } = stateOf(model);
    if (chosen === ALIVE) move(model, { alive_only: !alive_only });
    else if (chosen === DEAD) move(model, { dead_only: !dead_only });
    else move(model, { sort: chosen });
  });
  // What stands for its name where that has no room.
  const sign = icon("order");
  sign.classList.add("actwidget-sign");
  menu.el.classList.add("actwidget-order");
  menu.el.querySelector("button")?.append(sign);
  const update = () => {
    const { alive_only, dead_only } = stateOf(model);
    menu.update(model.get("sort"), alive_only ? ", alive" : dead_only ? ", dead" : "");
  };
  return { el: menu.el, update };
}
