import { aurocEstimate } from "../estimate/auroc.js";
import type { Estimate, EstimateOptions } from "../estimate/estimate.js";
import type { Outcomes } from "../numeric/check.js";
import { checkOptions } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { type ConfidenceLevels, confidenceLevels } from "./confidenceLevels.js";

/**
 * How well confidence tells right answers from wrong ones: the probability that a right answer has a higher confidence
 * than a wrong one, ties counting half. 1 is a perfect ranking, ½ none. It says nothing about calibration.
 *
 * Interval: DeLong's variance (DeLong, DeLong & Clarke-Pearson 1988), with groups Obuchowski's (1997), Student's t; it
 * may leave [0, 1]. A ranking without a single mistake (or all mistakes) has no variance to go by: the interval is then
 * the exact one for as many disjoint pairs of a right and a wrong answer as there are.
 * @param confidences One per row, in [0, 1].
 * @param outcomes 1 or true where the answer was right.
 * @throws CredenceError "too-few" where all answers are right or all are wrong; "empty-input", "length-mismatch",
 *   "not-a-probability", "not-finite", "not-binary", "out-of-range".
 * @example
 * ```ts
 * import { errorDetectionAuroc } from "credence/selective";
 * errorDetectionAuroc([0.9, 0.8, 0.7, 0.6], [1, 1, 0, 1], { interval: false }).value; // → 0.667
 * ```
 */
export function errorDetectionAuroc(
  confidences: ArrayLike<number>,
  outcomes: Outcomes,
  options: EstimateOptions = {},
): Estimate {
  const fn = "errorDetectionAuroc";
  checkOptions(fn, options);
  checkBothKinds(fn, confidenceLevels(fn, confidences, outcomes));
  return aurocEstimate(fn, confidences, outcomes, options);
}

/** Refuses outcomes that are all alike: nothing can be told apart. */
export function checkBothKinds(fn: string, { n, errorCount }: ConfidenceLevels): void {
  if (errorCount === 0 || errorCount === n)
    throw new CredenceError(
      "too-few",
      { function: fn, argument: "outcomes" },
      `are all ${errorCount === 0 ? "right" : "wrong"}; at least one right and one wrong answer are needed.`,
    );
}
