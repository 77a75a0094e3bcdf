/** The pictures that are part of the widget's state: they are there at once, and in a saved notebook. */

/** @import { Model, Overview } from "../types.js" */
/** @import { PictureCache } from "./picture_cache.js" */

import { inputKey, keyText, picturesBeside } from "./picture_key.js";
import { isOfFrames } from "./variant.js";

/**
 * Make an overview the one that a saved notebook holds, with those beside it.
 *
 * @type {(model: Model, cache: PictureCache, overview: Overview) => void}
 */
export function savePictures(model, cache, overview) {
  // No frame gets into the notebook's file.
  if (isOfFrames(overview.variant)) return;
  const state = model.get("picture"), message = cache.message(overview);
  if (!state || !message) return;
  const beside = picturesBeside(model, overview), panels = model.get("panel_pictures") ?? [];
  const held = [state, ...panels].filter(({ data }) => data).map(keyText);
  if (held.join() === [overview, ...beside].map(keyText).join()) return;
  const input = cache.input(inputKey(overview))?.message;
  // In place: `set` would send the picture back to Python with the next change.
  for (const name of Object.keys(state)) delete state[name];
  Object.assign(state, message, input ? { input } : {});
  const others = beside.map((key) => cache.message(key));
  panels.splice(0, panels.length, ...others.filter((each) => each !== undefined));
}

/**
 * What came with the widget's state: messages as Python sends them, and their buffers.
 *
 * @type {(model: Model) => { message: any, buffers: DataView[] }[]}
 */
export function savedPictures(model) {
  const pictures = [model.get("picture"), ...(model.get("panel_pictures") ?? [])];
  return pictures.filter((picture) => picture?.data).map(({ data, input, ...message }) => {
    const { data: pixels, ...size } = input ?? {};
    return { message: { ...message, input: input && size }, buffers: [data, pixels] };
  });
}
