import type { Estimate, EstimateOptions } from "../estimate/estimate.js";
import type { Outcomes } from "../numeric/check.js";
import { checkOptions } from "../numeric/check.js";
import { type ConfidenceLevels, confidenceLevels } from "./confidenceLevels.js";
import { type LevelInfluence, rankingEstimate } from "./rankingEstimate.js";

/**
 * The area under the generalized risk–coverage curve (Traub et al. 2024): the share of rows that are answered **and**
 * wrong, averaged over all coverages; in [0, ½], small is good. Unlike AURC it does not give the most confident answers
 * most of the weight. It is the mean risk of undetected failures, and equals
 * (1 − AUROC)·a·(1 − a) + (1 − a)²/2 with accuracy a and the AUROC of {@link errorDetectionAuroc}.
 *
 * Trapezoidal rule from coverage 0, which averages over the orders of tied rows.
 * @param confidences One per row, in [0, 1].
 * @param outcomes 1 or true where the answer was right.
 * @throws CredenceError "empty-input", "length-mismatch", "not-a-probability", "not-finite", "not-binary", "out-of-range".
 * @example
 * ```ts
 * import { augrc } from "credence/selective";
 * augrc([0.9, 0.8, 0.7, 0.6], [1, 1, 0, 1], { interval: false }).value; // → 0.09375
 * ```
 */
export function augrc(
  confidences: ArrayLike<number>,
  outcomes: Outcomes,
  options: EstimateOptions = {},
): Estimate {
  const fn = "augrc";
  checkOptions(fn, options);
  const levels = confidenceLevels(fn, confidences, outcomes);
  return rankingEstimate(
    fn,
    areaUnderGeneralizedRisk(levels),
    levels,
    outcomes,
    options,
    () => augrcInfluence(levels),
    (rate) => [rate ** 2 / 2, rate - rate ** 2 / 2],
  );
}

/** Σ (errors before + half of the level's own) · rows / n². */
export function areaUnderGeneralizedRisk({ counts, errors, n }: ConfidenceLevels): number {
  let wrong = 0;
  let sum = 0;
  for (let l = 0; l < counts.length; l++) {
    sum += counts[l] * (wrong + errors[l] / 2);
    wrong += errors[l];
  }
  return sum / n / n;
}

function augrcInfluence({ counts, errors, n }: ConfidenceLevels): LevelInfluence {
  const byCount = new Float64Array(counts.length);
  const byError = new Float64Array(counts.length);
  let rows = 0;
  let wrong = 0;
  for (let l = 0; l < counts.length; l++) {
    byCount[l] = (wrong + errors[l] / 2) / n;
    byError[l] = (n - rows - counts[l] / 2) / n;
    rows += counts[l];
    wrong += errors[l];
  }
  return { byCount, byError };
}
