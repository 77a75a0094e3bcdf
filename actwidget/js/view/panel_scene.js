/** What is on the screen beside the first of several recordings: the same, of another one. */

/** @import { Model, Overview } from "../types.js" */
/** @import { Room } from "../numerics/arrangement.js" */
/** @import { Scene } from "./scene.js" */
/** @import { Store } from "../store/store.js" */

import { attributionOf } from "./attribution.js";
import { underlayOf } from "./underlay.js";
import { beyondColours, colouringInForce, effectsOf, refined, sceneOf } from "./scene.js";
import { layerOfPicture } from "../store/picture_key.js";
import { isOfFrames } from "../store/variant.js";

/**
 * The scene of another recording's picture. Where it is laid out as the first, it is at the same
 * place and zoom; where its layer has another shape it is laid out anew.
 *
 * @type {(model: Model, store: Store, first: Scene, overview: Overview, room: Room) => Scene}
 */
export function panelScene(model, store, first, overview, room) {
  const layer = { ...layerOfPicture(model, overview), isImage: first.layer.isImage };
  const { layout, range, inColours, alone, channel } = first;
  if (!isLaidOutAlike(layer, first.layer)) return sceneOf(model, store, overview, null, room);
  const beside = first.underlay && store.input(overview);
  const why = attributionOf(model, store, overview);
  return {
    ...first,
    overview,
    layer,
    detail: refined(store, overview, layout, range, inColours, model),
    colouring: colouringBeside(model, first, overview),
    underlay: beside ? underlayOf(beside, first.underlay?.alpha ?? 1) : first.underlay,
    why,
    effects: effectsOf(layer, why),
    beyond: beyondColours(model, store, overview, layer, alone ? channel : null),
  };
}

/**
 * One scale for both: that of what moves, beside a live frame.
 *
 * @type {(model: Model, first: Scene, overview: Overview) => Scene["colouring"]}
 */
function colouringBeside(model, first, overview) {
  const own = colouringInForce(model, overview);
  if (!isOfFrames(first.overview.variant)) return own;
  const { limits, colours } = first.colouring;
  return { ...own, limits, colours };
}

/** @type {(scene: Scene, first: Scene) => boolean} whether a place in one is one in the other */
export function isAlike(scene, first) {
  return isLaidOutAlike(scene.layer, first.layer);
}

/** @type {(one: Scene["layer"], other: Scene["layer"]) => boolean} */
function isLaidOutAlike(one, other) {
  return ["kind", "height", "width", "tiles", "depth"].every((name) =>
    one[/** @type {"kind"} */ (name)] === other[/** @type {"kind"} */ (name)]
  );
}
