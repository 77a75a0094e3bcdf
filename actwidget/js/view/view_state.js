/** What follows from what: the channel's range and every readout, kept once per widget. */

/** @import { Model, Layer } from "../types.js" */
/** @import { Store } from "../store/store.js" */

import { pictureWanted } from "../store/picture_key.js";
import { deepest, shownSlice, sliceText } from "../store/slices.js";

export const ALL = -1;

/** @param {number} channel */
export function channelText(channel) {
  return channel === ALL ? "all" : String(channel);
}

/**
 * The channel that somebody typed.
 *
 * @param {string} text
 * @param {number} last the layer's last channel
 * @returns {number | null} null where it is none
 */
export function parseChannel(text, last) {
  const word = text.trim().toLowerCase();
  if (word === "" || word === "all") return ALL;
  if (!/^\d+$/.test(word)) return null;
  const channel = Number(word);
  return channel <= last ? channel : null;
}

/**
 * Keep a model's state consistent, whoever changes it.
 *
 * @param {Model} model
 * @param {Store} store
 */
export function keepConsistent(model, store) {
  /** @returns {Layer} */
  const layer = () => model.get("layers")[model.get("layer")];

  const onLayer = () => {
    const last = layer().channels - 1;
    // All first: lowering a slider's range clamps its value, and a link would carry that back.
    if (model.get("channel") > last) model.set("channel", ALL);
    model.set("channel_max", last);
    model.set("layer_text", layer().path);
    const { depth } = layer();
    // Likewise. What is no volume leaves the slice and, lest it be clamped, a range for all.
    if (depth > 1) model.set("slice", shownSlice(layer(), model.get("slice")));
    model.set("slice_max", (depth > 1 ? depth : deepest(model.get("layers"))) - 1);
    model.set("no_slices", depth === 1);
    onSlice();
  };
  const onSlice = () => {
    model.set("slice_text", sliceText(layer(), shownSlice(layer(), model.get("slice"))));
    model.save_changes();
  };
  let typed = false;
  const onChannel = () => {
    if (!typed) model.set("channel_text", channelText(model.get("channel")));
    model.save_changes();
  };
  const onChannelText = () => {
    if (model.get("channel_text") === channelText(model.get("channel"))) return;
    const channel = parseChannel(model.get("channel_text"), layer().channels - 1);
    // The text is put right afterwards: while a link carries one here, it carries none back.
    typed = true;
    if (channel !== null) model.set("channel", channel);
    model.save_changes();
    queueMicrotask(() => {
      typed = false;
      model.set("channel_text", channelText(model.get("channel")));
      model.save_changes();
    });
  };
  // Held limits are those of the picture at that moment; another normalization has its own.
  const holdLimits = () => {
    const overview = store.overview(pictureWanted(model));
    const own = overview?.normalizations[model.get("normalization")].limits ?? [];
    model.set("limits", model.get("hold") ? own : []);
  };
  const onHold = () => {
    if (!model.get("hold") || !model.get("limits").length) holdLimits();
    model.save_changes();
  };
  let normalization = model.get("normalization");
  const onNormalization = () => {
    // Where Python changed both, the limits are of this normalization already.
    const came = limitsCame || model.get("limits") !== limits;
    const changed = normalization !== model.get("normalization") && !came;
    normalization = model.get("normalization");
    if (changed && model.get("hold")) holdLimits();
    model.set("normalization_text", model.get("normalizations")[model.get("normalization")]);
    model.save_changes();
  };
  const onImage = () => {
    model.set("image_text", String(model.get("image")));
    model.save_changes();
  };
  // A message changes all its traits before the first is told of, in any order.
  let limitsCame = false, limits = model.get("limits");
  model.on("change:limits", () => {
    limitsCame = true;
    limits = model.get("limits");
    queueMicrotask(() => limitsCame = false);
  });
  model.on("change:hold", onHold);
  model.on("change:layer", onLayer);
  model.on("change:channel", onChannel);
  model.on("change:slice", onSlice);
  model.on("change:channel_text", onChannelText);
  model.on("change:normalization", onNormalization);
  model.on("change:image", onImage);
}
