import type { Estimate, EstimateOptions } from "../estimate/estimate.js";
import { checkOneOf, checkOptions, type Outcomes } from "../numeric/check.js";
import { type ConfidenceLevels, confidenceLevels } from "./confidenceLevels.js";
import { type LevelInfluence, rankingEstimate } from "./rankingEstimate.js";

/**
 * What "area under the risk–coverage curve" integrates; the values differ by O(1/n), more with many ties.
 * - "mean": the mean of the risk over the n coverages 1/n, 2/n, …, 1 (Geifman & El-Yaniv 2017; LM-Polygraph). Within ties
 *   the risk is its expectation over a random order.
 * - "trapezoid": the trapezoidal rule over the same n points, divided by 1 − 1/n (torch-uncertainty), ties as above.
 * - "thresholds": the trapezoidal rule over the distinct thresholds, flat from the first one down to coverage 0 (fd-shifts).
 */
export type AurcConvention = "mean" | "trapezoid" | "thresholds";

/** Options of {@link aurc}. */
export interface AurcOptions extends EstimateOptions {
  /** What is integrated. Default "mean". */
  convention?: AurcConvention;
}

const CONVENTIONS = ["mean", "trapezoid", "thresholds"] as const;

/**
 * The area under the risk–coverage curve: the selective risk averaged over all coverages, in [0, 1]; small is good. It
 * mixes how good the ranking is with how good the model is; {@link excessAurc} takes the latter out.
 *
 * Rows of equal confidence are averaged over their orders, so the order of the rows never matters. The interval is by
 * the delta method for the area's influence function, cluster-robust with groups.
 * @param confidences One per row, in [0, 1].
 * @param outcomes 1 or true where the answer was right.
 * @throws CredenceError "empty-input", "length-mismatch", "not-a-probability", "not-finite", "not-binary",
 *   "unknown-option", "out-of-range".
 * @example
 * ```ts
 * import { aurc } from "credence/selective";
 * aurc([0.9, 0.8, 0.7, 0.6], [1, 1, 0, 1], { interval: false }).value; // → 0.1458
 * ```
 */
export function aurc(
  confidences: ArrayLike<number>,
  outcomes: Outcomes,
  options: AurcOptions = {},
): Estimate {
  const fn = "aurc";
  checkOptions(fn, options);
  const { convention = "mean" } = options;
  checkOneOf(fn, "convention", convention, CONVENTIONS);
  const levels = confidenceLevels(fn, confidences, outcomes);
  return rankingEstimate(
    fn,
    areaUnderRisk(levels, convention),
    levels,
    outcomes,
    options,
    () => aurcInfluence(levels),
    (rate) => [bestArea(rate), worstArea(rate)],
  );
}

/**
 * AURC above that of a perfect ranking of the same answers, all wrong ones last (Geifman et al. 2019); 0 is a perfect
 * ranking. The perfect area is computed from the same rows by the same convention, not by its approximation
 * e + (1−e) ln(1−e).
 * @param confidences One per row, in [0, 1].
 * @param outcomes 1 or true where the answer was right.
 * @throws CredenceError as {@link aurc}.
 * @example
 * ```ts
 * import { excessAurc } from "credence/selective";
 * excessAurc([0.9, 0.8, 0.7, 0.6], [1, 1, 0, 1], { interval: false }).value; // → 0.0833
 * ```
 */
export function excessAurc(
  confidences: ArrayLike<number>,
  outcomes: Outcomes,
  options: AurcOptions = {},
): Estimate {
  const fn = "excessAurc";
  checkOptions(fn, options);
  const { convention = "mean" } = options;
  checkOneOf(fn, "convention", convention, CONVENTIONS);
  const levels = confidenceLevels(fn, confidences, outcomes);
  const value = areaUnderRisk(levels, convention) - areaUnderRisk(perfectLevels(levels), convention);
  const spread = (rate: number) => worstArea(rate) - bestArea(rate);
  return rankingEstimate(
    fn,
    value,
    levels,
    outcomes,
    options,
    () => {
      const { byCount, byError } = aurcInfluence(levels);
      const slope = -Math.log1p(-levels.errorCount / levels.n); // of the perfect area by the error rate
      return { byCount, byError: byError.map((d) => d - slope) };
    },
    (rate) => [0, spread(Math.min(rate, 0.5))], // the spread is largest at an error rate of ½
  );
}

/** The area for the convention. */
export function areaUnderRisk(levels: ConfidenceLevels, convention: AurcConvention): number {
  const { counts, errors, n } = levels;
  let rows = 0;
  let wrong = 0;
  let sum = 0;
  let first = 0;
  for (let l = 0; l < counts.length; l++) {
    if (convention === "thresholds") {
      const before = rows > 0 ? wrong / rows : errors[l] / counts[l];
      sum += (counts[l] * (before + (wrong + errors[l]) / (rows + counts[l]))) / 2;
    } else {
      const rate = errors[l] / counts[l];
      for (let k = 1; k <= counts[l]; k++) sum += (wrong + k * rate) / (rows + k);
      if (l === 0) first = rate;
    }
    rows += counts[l];
    wrong += errors[l];
  }
  if (convention !== "trapezoid") return sum / n;
  return n === 1 ? sum : (sum - (first + wrong / n) / 2) / (n - 1);
}

/** The same rows, ranked perfectly: right ones at one confidence, wrong ones below. */
export function perfectLevels(levels: ConfidenceLevels): ConfidenceLevels {
  const { n, errorCount } = levels;
  const right = n - errorCount;
  // One row per level, so that every convention integrates over every coverage.
  return {
    ...levels,
    confidences: new Float64Array(n),
    counts: new Float64Array(n).fill(1),
    errors: new Float64Array(n).fill(1, right),
  };
}

/**
 * Derivatives of ∫ E(c)/c dc, where E(c) is the share of rows that are wrong among the most confident share c. With C and
 * E the sums up to the level before, r the error rate and p the share of a level, the level contributes
 * (E − C r) ln((C + p)/C) + p r.
 */
export function aurcInfluence({ counts, errors, n }: ConfidenceLevels): LevelInfluence {
  const levels = counts.length;
  const own = { count: new Float64Array(levels), error: new Float64Array(levels) };
  // What a level's rows and errors do to the levels below, summed from the bottom up.
  const below = { count: new Float64Array(levels + 1), error: new Float64Array(levels + 1) };
  let rows = n;
  let wrong = 0;
  for (let l = 0; l < levels; l++) wrong += errors[l];
  for (let l = levels - 1; l >= 0; l--) {
    const end = rows / n;
    rows -= counts[l];
    wrong -= errors[l];
    const start = rows / n;
    const gap = wrong / n - (start * errors[l]) / counts[l];
    const share = counts[l] / n;
    const rate = errors[l] / counts[l];
    const log = rows > 0 ? Math.log(end / start) : 0;
    own.count[l] = ((start * rate) / share) * log + gap / end;
    own.error[l] = rows > 0 ? 1 - (start * log) / share : 1;
    below.count[l] = below.count[l + 1] + (rows > 0 ? gap * (1 / end - 1 / start) - rate * log : 0);
    below.error[l] = below.error[l + 1] + log;
  }
  return {
    byCount: own.count.map((d, l) => d + below.count[l + 1]),
    byError: own.error.map((d, l) => d + below.error[l + 1]),
  };
}

/** The area if all wrong answers come last: e + (1−e) ln(1−e). */
function bestArea(rate: number): number {
  return rate === 1 ? 1 : rate + (1 - rate) * Math.log1p(-rate);
}

/** The area if all wrong answers come first: e − e ln e. */
function worstArea(rate: number): number {
  return rate === 0 ? 0 : rate - rate * Math.log(rate);
}
