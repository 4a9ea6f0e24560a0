import { deltaEstimate } from "../estimate/delta.js";
import { type Estimate, type EstimateOptions, levelOf, pointEstimate } from "../estimate/estimate.js";
import { clopperPearson } from "../estimate/proportion.js";
import type { Outcomes } from "../numeric/check.js";
import { checkOptions } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { groupCodes } from "../numeric/groups.js";
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
  const level = levelOf(fn, options);
  const levels = confidenceLevels(fn, confidences, outcomes);
  checkBothKinds(fn, levels);
  const { counts, errors, n, errorCount, levelOfRow } = levels;
  const rightCount = n - errorCount;
  // Placement of each level: share of wrong rows below it, and of right rows above it, ties half.
  const wrongBelow = new Float64Array(counts.length);
  const rightAbove = new Float64Array(counts.length);
  let right = 0;
  let wrong = 0;
  let sum = 0;
  for (let l = 0; l < counts.length; l++) {
    const rightHere = counts[l] - errors[l];
    wrongBelow[l] = (errorCount - wrong - errors[l] / 2) / errorCount;
    rightAbove[l] = (right + rightHere / 2) / rightCount;
    sum += rightHere * wrongBelow[l];
    right += rightHere;
    wrong += errors[l];
  }
  const value = sum / rightCount;
  if (options.interval === false) return pointEstimate(value, level, n);
  const influence = new Float64Array(n);
  for (let row = 0; row < n; row++) {
    const l = levelOfRow[row];
    influence[row] = Number(outcomes[row])
      ? (wrongBelow[l] - value) * (n / rightCount)
      : (rightAbove[l] - value) * (n / errorCount);
  }
  const estimate = deltaEstimate(fn, value, influence, options);
  if (value > 0 && value < 1) return estimate;
  const pairs = disjointPairs(fn, outcomes, levels, options);
  return {
    ...estimate,
    interval: pairs > 0 ? clopperPearson(value * pairs, pairs, level) : [0, 1],
    method: `${options.groups ? "cluster-" : ""}disjoint-pairs`,
  };
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

/** How many independent pairs of a right and a wrong row there are; from different groups, where there are groups. */
function disjointPairs(
  fn: string,
  outcomes: Outcomes,
  { n, errorCount }: ConfidenceLevels,
  { groups }: EstimateOptions,
): number {
  if (!groups) return Math.min(errorCount, n - errorCount);
  const { codes, count } = groupCodes(fn, groups, outcomes, "outcomes");
  const hasWrong = new Uint8Array(count);
  const hasRight = new Uint8Array(count);
  for (let i = 0; i < n; i++) (Number(outcomes[i]) ? hasRight : hasWrong)[codes[i]] = 1;
  const total = (flags: Uint8Array) => flags.reduce((sum, flag) => sum + flag, 0);
  return Math.min(total(hasWrong), total(hasRight), count >> 1);
}
