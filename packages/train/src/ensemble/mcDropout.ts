import { CredenceError, checkCount } from "credence/numeric";
import type { Classifier } from "../models/classifier/classifierModel.js";
import { type Predictive, predictive } from "../models/predictive.js";

/**
 * A classifier whose dropout stays active: each pass drops other units, and is taken as a draw from a posterior of the
 * weights (Gal & Ghahramani 2016).
 * @param options `passes`: default 20.
 * @throws CredenceError "unknown-option" for a classifier without dropout, whose passes would all be equal.
 * @example
 * ```ts
 * import { mcDropout } from "@credence/train/ensemble";
 * import { classifier } from "@credence/train/models";
 * const x = [[0, 0], [0, 1], [1, 0], [1, 1]];
 * const model = await classifier({ hidden: [32], dropout: 0.2 }).train(x, [0, 1, 1, 0], { seed: 1 });
 * const { epistemic } = await mcDropout(model, { passes: 10 }).uncertainty([[0.5, 0.5]]);
 * await model.release();
 * epistemic[0] > 0; // → true
 * ```
 */
export function mcDropout(model: Classifier, { passes = 20 }: { passes?: number } = {}): Predictive {
  checkCount("mcDropout", "passes", passes, 2);
  if (!model.card.options.dropout)
    throw new CredenceError(
      "unknown-option",
      { function: "mcDropout", argument: "model" },
      "was trained without dropout, so every pass would be the same; train it with classifier({ dropout: 0.2 }).",
    );
  return predictive((x, options) => model.predictWithDropout(x, { ...options, passes }));
}
