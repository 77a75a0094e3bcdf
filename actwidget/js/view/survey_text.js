/** What is said of a survey. */

/** @import { SurveyHeader, TopImages } from "../store/survey_store.js" */

import { format, ordinal } from "./labels.js";

/** @type {(count: number) => string} 10000 as `10,000` */
export function thousands(count) {
  return count.toLocaleString("en");
}

/** @type {(header: SurveyHeader) => string} `10,000 images`, or `these 12 images` of a recording */
export function imagesText({ images, own }) {
  return `${own ? "these " : ""}${thousands(images)} image${images === 1 ? "" : "s"}`;
}

/** @type {(header: SurveyHeader, shown: number) => string} */
export function captionText(header, shown) {
  const which = shown === 1 ? "the strongest image" : `the ${shown} strongest`;
  return `${which} ${header.own ? "among" : "of"} ${imagesText(header)}`;
}

/** @type {(header: SurveyHeader, active: number) => string} `9,120 of 10,000` */
export function activeText({ images }, active) {
  return `${thousands(active)} of ${thousands(images)}`;
}

/** @type {(top: TopImages, place: number) => string} what one of them is where there is little room */
export function shortText({ names, labels, values }, place) {
  const value = values[place];
  return `${value === null ? "NaN" : format(value, 3)} · ${labels[place] || names[place]}`;
}

/** @type {(top: TopImages, place: number) => string} what one of the images is, in full */
export function imageText({ names, labels, values }, place) {
  const value = values[place], label = labels[place];
  const parts = [
    ordinal(place + 1),
    value === null ? "NaN" : format(value, 4),
    label,
    names[place],
  ];
  return parts.filter(Boolean).join(" · ");
}
