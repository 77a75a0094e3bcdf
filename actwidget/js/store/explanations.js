/** What explains a target: who can answer that, the kernel or what came with the page. */

/** @import { Model } from "../types.js" */
/** @import { WhyRequest } from "../protocol/requests.js" */
/** @import { ArchiveSource } from "./archive_source.js" */
/** @import { KernelSource } from "./kernel_source.js" */
/** @import { Numbers } from "./numbers.js" */

import { numbered } from "./numbers.js";
import { isOfOtherImage, variantOf } from "./variant.js";

/** Why there is nothing that explains a target. */
const NEEDS_MODEL = "it needs the model: run the notebook";

export class Explanations {
  #model;
  #numbers;

  /**
   * @param {Model} model
   * @param {Numbers} numbers where they are kept
   */
  constructor(model, numbers) {
    this.#model = model;
    this.#numbers = numbers;
  }

  /**
   * What explains a target, requested if it is not known yet. Of a failure there is an `error`, and
   * of what nobody can answer a `reason`.
   *
   * @type {(request: WhyRequest, kernel: KernelSource, archive: ArchiveSource | null) => any} as the
   *   request has it
   */
  why(request, kernel, archive) {
    const named = numbered(this.#model, request);
    const kept = archive?.explains(named) ? archive : null;
    if (!kept && !this.#kernelExplains(kernel)) return { reason: NEEDS_MODEL };
    return this.#numbers.get(named, kept ?? kernel);
  }

  /** @type {(kernel: KernelSource, archive: ArchiveSource | null) => boolean} */
  canExplain(kernel, archive) {
    // Of a frame, or an image of the survey, it is computed of its own recording.
    if (isOfOtherImage(variantOf(this.#model).variant)) return false;
    return this.#kernelExplains(kernel) || (archive?.keepsWhy ?? false);
  }

  /** @param {KernelSource} kernel whether it has the model, or what was saved of it */
  #kernelExplains(kernel) {
    return kernel.alive && Boolean(this.#model.get("has_model") || this.#model.get("keeps_why"));
  }
}
