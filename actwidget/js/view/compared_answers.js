/** What several models made of an image. */

/** @import { Model } from "../types.js" */
/** @import { Answer } from "./answers.js" */

import { comparedWith } from "../store/compare_store.js";

/**
 * @typedef {object} ComparedAnswers
 * @prop {Answer[]} answers classes that are likely in one of the recordings, with the first's values
 * @prop {(number | null)[][]} beside what each of the others has for them
 * @prop {number} said which of the others is written as a number
 * @prop {number[]} numbers of the classes
 */

/** @type {(model: Model, image: number) => ComparedAnswers | null} null: nothing is compared */
export function comparedAnswers(model, image) {
  /** @type {[number, string, (number | null)[]][] | undefined} */
  const found = model.get("compared")?.answers?.[image];
  if (!found) return null;
  const others = Math.max(0, ...found.map(([, , values]) => values.length - 1));
  return {
    answers: found.map(([, name, values]) => [name, values[0]]),
    beside: Array.from({ length: others }, (_, k) => found.map(([, , values]) => values[k + 1])),
    said: comparedWith(model) - 1,
    numbers: found.map(([number]) => number),
  };
}
