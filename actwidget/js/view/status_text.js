/** How it stands with the picture, in words. */

/** @import { Layer, Model } from "../types.js" */
/** @import { Store } from "../store/store.js" */
/** @import { Status } from "../store/source.js" */

import { pictureWanted } from "../store/picture_key.js";
import { isExplored, variantOf } from "../store/variant.js";
import { keptText } from "./labels.js";

const LOST = "The kernel that made this picture is gone. Run the cell again to get it back.";
const GONE = "The kernel is gone; run the cell again to get all of it back.";
const SAVED = "This is a saved picture: run the notebook to see other layers. " +
  "A widget made with embed=True keeps them in the page.";
const NOT_KEPT = "This layer was not kept in the page: run the notebook to see it.";

const NO_GRADIENTS = "This needs the model: run the notebook to see gradients of the layer.";

const NOT_EXPLORED = "This needs the model: run the notebook to see other layers of this image.";

/**
 * What stands in place of a picture that is not there.
 *
 * @type {(status: Status, model: Model, store: Store) => string}
 */
export function statusText(status, model, store) {
  const { layer } = pictureWanted(model), { path } = model.get("layers")[layer];
  if (status === "ready") return "";
  if (status === "lost") return LOST;
  if (status === "not-kept") return neededText(model) || NOT_KEPT;
  if (status === "not-saved") return notSavedText(model);
  if (status === "failed") {
    if (isVariant(model)) return capitalized(store.failure);
    const who = store.isArchived(layer) ? "This browser" : "Python";
    return `${who} could not make this picture: ${store.failure}`;
  }
  return `Waiting for ${path}: the kernel is busy. The picture comes when it is free.`;
}

/** @type {(model: Model) => string} why what takes the values' place is not there */
function neededText(model) {
  if (isExplored(variantOf(model).variant)) return NOT_EXPLORED;
  return isVariant(model) ? NO_GRADIENTS : "";
}

/** @param {Model} model */
function isVariant(model) {
  return Boolean(variantOf(model).variant);
}

/** @param {string} text */
function capitalized(text) {
  return text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");
}

/** @param {Model} model */
function notSavedText(model) {
  const saved = model.get("picture");
  if (!saved?.data) return "No picture was saved here: run the notebook to see it.";
  const image = model.get("images") > 1 ? `, image ${saved.image}` : "";
  const path = `${model.get("layers")[saved.layer].path}${image}`;
  return `Only the picture of ${path} was saved here: run the notebook to see other layers.`;
}

/**
 * What stands above a picture that is there: whether its kernel is gone.
 *
 * @type {(store: Store) => string}
 */
export function lostText(store) {
  return store.kernelIsLost && !store.hasArchive ? LOST : "";
}

/**
 * What stands below a picture: what is to be known of the image's numbers, and what a page without
 * a kernel holds.
 *
 * @type {(model: Model, store: Store) => string}
 */
export function noteText(model, store) {
  // A notebook that an older version saved has no hint.
  return [model.get("hint"), heldText(model, store)].filter(Boolean).join(" ");
}

/** @type {(model: Model, store: Store) => string} */
function heldText(model, store) {
  if (store.alive || lostText(store)) return "";
  if (!store.hasArchive) return SAVED;
  /** @type {Layer[]} */
  const layers = model.get("layers");
  const blocks = layers.map((_, number) => store.finest(number));
  const kept = keptText(layers, blocks, store.approximate);
  return store.kernelIsLost ? `${GONE} ${kept}` : kept;
}
