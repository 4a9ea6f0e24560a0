import { deltaEstimate } from "../estimate/delta.js";
import { type Estimate, type EstimateOptions, levelOf, pointEstimate } from "../estimate/estimate.js";
import { checkOneOf, checkOptions, type Outcomes } from "../numeric/check.js";
import { areaUnderRisk, aurcInfluence, perfectLevels } from "./aurc.js";
import { confidenceLevels } from "./confidenceLevels.js";
import { checkBothKinds, errorDetectionAuroc } from "./errorDetectionAuroc.js";

/** Options of {@link predictionRejectionRatio}. */
export interface RejectionOptions extends EstimateOptions {
  /**
   * What happens to rejected answers.
   * - "dropped": the error rate is that of the answers kept (LM-Polygraph): (e − AURC)/(e − perfect AURC) with error rate
   *   e and the "mean" convention of AURC.
   * - "replaced": they are replaced by right ones (Malinin 2019): errors left over all rows. For right-or-wrong outcomes
   *   this is 2·AUROC − 1.
   * Default "dropped".
   */
  rejected?: "dropped" | "replaced";
}

/**
 * The prediction–rejection ratio: how much of what a perfect ranking would gain over a random one is gained by rejecting
 * the least confident answers first. 1 is perfect, 0 is random, negative is worse than random.
 *
 * Ties are averaged. Interval by the delta method, cluster-robust with groups; where the ranking is perfect, only the
 * interval of "replaced" is informative.
 * @param confidences One per row, in [0, 1].
 * @param outcomes 1 or true where the answer was right.
 * @throws CredenceError "too-few" where all answers are right or all are wrong; "unknown-option", and as `aurc`.
 * @example
 * ```ts
 * import { predictionRejectionRatio } from "credence/selective";
 * const confidences = [0.9, 0.8, 0.7, 0.6];
 * predictionRejectionRatio(confidences, [1, 1, 0, 1], { interval: false }).value; // → 0.556
 * predictionRejectionRatio(confidences, [1, 1, 0, 1], { rejected: "replaced" }).value; // → 0.333
 * ```
 */
export function predictionRejectionRatio(
  confidences: ArrayLike<number>,
  outcomes: Outcomes,
  options: RejectionOptions = {},
): Estimate {
  const fn = "predictionRejectionRatio";
  checkOptions(fn, options);
  const { rejected = "dropped" } = options;
  checkOneOf(fn, "rejected", rejected, ["dropped", "replaced"]);
  if (rejected === "replaced") {
    const auroc = errorDetectionAuroc(confidences, outcomes, options);
    const scale = (x: number) => 2 * x - 1;
    return {
      ...auroc,
      value: scale(auroc.value),
      interval: auroc.interval && [scale(auroc.interval[0]), scale(auroc.interval[1])],
    };
  }
  const level = levelOf(fn, options);
  const levels = confidenceLevels(fn, confidences, outcomes);
  checkBothKinds(fn, levels);
  const { n, levelOfRow, errorCount } = levels;
  const rate = errorCount / n;
  const gain = rate - areaUnderRisk(levels, "mean");
  const most = rate - areaUnderRisk(perfectLevels(levels), "mean");
  const value = gain / most;
  if (options.interval === false) return pointEstimate(value, level, n);
  const { byCount, byError } = aurcInfluence(levels);
  const slope = 1 + Math.log1p(-rate); // of `most` by the error rate
  const influence = Float64Array.from(levelOfRow, (l, row) => {
    const wrong = 1 - Number(outcomes[row]);
    return (wrong - byCount[l] - wrong * byError[l] - value * wrong * slope) / most;
  });
  const estimate = deltaEstimate(fn, value, influence, options);
  const [low, high] = estimate.interval!;
  // A perfect ranking does not vary, and says nothing about how far from perfect it might have been.
  return high - low > 1e-12 ? estimate : { ...estimate, interval: [-Infinity, Infinity] };
}
