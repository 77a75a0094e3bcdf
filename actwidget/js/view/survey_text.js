/** What is said of a survey. */

/** @import { SurveyFacts, SurveyHeader, TopImages } from "../store/survey_store.js" */

import { format, ordinal } from "./labels.js";

/** @type {(count: number) => string} 10000 as `10,000` */
export function thousands(count) {
  return count.toLocaleString("en");
}

/** @type {(header: SurveyHeader) => string} `10,000 images`, or `these 12 images` of a recording */
export function imagesText({ images, own }) {
  return `${own ? "these " : ""}${thousands(images)} image${images === 1 ? "" : "s"}`;
}

/** @type {(header: SurveyHeader, shown: number, isDead: boolean) => string} */
export function captionText(header, shown, isDead) {
  if (isDead) return `0 on ${header.own ? imagesText(header) : allText(header)}`;
  if (!shown) return "no image has a finite value";
  const which = shown === 1 ? "the strongest image" : `the ${shown} strongest`;
  return `${which} ${header.own ? "among" : "of"} ${imagesText(header)}`;
}

/**
 * @typedef {object} DataSet what is known of a layer beyond what is shown of it
 * @prop {number} images how many it is of
 * @prop {Set<number>} dead the channels that are 0 on all of them
 * @prop {number[]} active on how many each channel is active
 * @prop {string} here what is shown: `this image`, or `these 3 images`
 */

/**
 * What a data set tells that the picture does not; null: there is none, or it is not known yet.
 *
 * @type {(header: SurveyHeader | null, facts: SurveyFacts | null, shown: number) => DataSet | null}
 *   `shown`: of how many images the picture's statistics are
 */
export function dataSetOf(header, facts, shown) {
  if (!header || header.own || !facts) return null;
  const here = shown === 1 ? "this image" : `these ${thousands(shown)} images`;
  return { images: header.images, dead: new Set(facts.dead), active: facts.active, here };
}

/** @type {(data: Pick<DataSet, "images">) => string} `all 10,000 images`, or `its 1 image` */
export function allText({ images }) {
  return images === 1 ? "its 1 image" : `all ${thousands(images)} images`;
}

/** @type {(data: DataSet, channel: number) => string} on how many it is active: `9,120 of 10,000` */
export function activeText({ images, active }, channel) {
  return `${thousands(active[channel])} of ${thousands(images)}`;
}

/** @type {(data: DataSet, channel: number) => string} where a channel that is dead here is so */
export function deadText(data, channel) {
  return `on ${data.dead.has(channel) ? allText(data) : data.here}`;
}

/**
 * How many channels are dead here and on all images, in brief, and what is to be added where there is
 * room.
 *
 * @type {(data: DataSet, here: number) => { text: string, note: string }}
 */
export function countText(data, here) {
  const all = data.dead.size, [count, images] = allText(data).split(/ (?=images?$)/);
  if (!here) return { text: `${all} dead on ${count}`, note: ` ${images}` };
  const text = `${here} dead here, ${all || "none"} on ${count}`;
  return { text, note: ` ${images}; here: ${data.here}` };
}

/** @type {(data: DataSet, tiles: number) => string} what a grid of dead ones alone holds */
export function silentText(data, tiles) {
  const of = `of ${tiles} dead on ${allText(data)}`;
  return data.dead.size ? `${data.dead.size} ${of}` : `none ${of}: all are shown`;
}

/** @type {(top: TopImages, place: number) => string} what one of them is where there is little room */
export function shortText({ names, labels, values }, place) {
  return `${valueText(values[place], 3)} · ${labels[place] || nameText(names[place])}`;
}

/** @type {(top: TopImages, place: number) => string} what one of the images is, in full */
export function imageText({ names, labels, values }, place) {
  const name = nameText(names[place]);
  const parts = [ordinal(place + 1), valueText(values[place], 4), labels[place], name];
  return parts.filter(Boolean).join(" · ");
}

/** @type {(value: number | null, digits: number) => string} JSON has no numbers that are not finite */
export function valueText(value, digits) {
  return value === null ? "NaN" : format(value, digits);
}

/** @type {(name: string) => string} what an array calls its images is no more than a number */
function nameText(name) {
  return /^\d+$/.test(name) ? `image ${name}` : name;
}
