import { checkOptions, checkScored, type Outcomes } from "../numeric/check.js";
import { scoredColumns } from "../numeric/columns.js";
import { CredenceError } from "../numeric/error.js";
import { type Groups, groupCodes } from "../numeric/groups.js";
import { normalCdf, studentCdf } from "../numeric/special.js";
import type { TestResult } from "./testResult.js";

/**
 * Spiegelhalter's (1986) test of calibration: whether the Brier score is what it would be on average if the confidences
 * were right. z = Σ(y − p)(1 − 2p) / √(Σ(1 − 2p)² p(1 − p)), standard normal if so; the p-value is two-sided. Positive z:
 * the score is worse than that, as with overconfidence; negative: better, as with underconfidence.
 *
 * With groups the variance is that of the groups' sums (cluster-robust); the reference is Student's t with groups − 1
 * degrees of freedom, after Johnson's (1978) correction for skewness: few groups with rare, large misses would reject too
 * often without it.
 * @param confidences Probabilities in [0, 1], one per row.
 * @param outcomes 1 or true where the event happened, one per row.
 * @throws CredenceError "empty-input", "length-mismatch", "not-a-probability", "not-finite", "not-binary"; "too-few" where
 *   the statistic cannot vary: every confidence is 0, ½ or 1, or there is one group only.
 * @example
 * ```ts
 * import { spiegelhalterTest } from "credence/calibration";
 * const { statistic, pValue } = spiegelhalterTest([0.9, 0.9, 0.8, 0.3], [1, 0, 1, 0]);
 * statistic; // → 0.8805
 * pValue; // → 0.3786
 * ```
 */
export function spiegelhalterTest(
  confidences: ArrayLike<number>,
  outcomes: Outcomes,
  options: { groups?: Groups } = {},
): TestResult {
  const fn = "spiegelhalterTest";
  checkOptions(fn, options);
  checkScored(fn, confidences, outcomes);
  const { confidences: p, outcomes: y } = scoredColumns(fn, confidences, outcomes);
  const n = p.length;
  const terms = p.map((value, i) => (y[i] - value) * (1 - 2 * value));
  let sum = 0;
  let nominal = 0;
  for (let i = 0; i < n; i++) {
    sum += terms[i];
    nominal += (1 - 2 * p[i]) ** 2 * p[i] * (1 - p[i]);
  }
  if (!options.groups) {
    if (!(nominal > 0)) throw withoutVariance(fn, "confidences", "every confidence is 0, ½ or 1");
    const statistic = sum / Math.sqrt(nominal);
    return { statistic, pValue: 2 * normalCdf(-Math.abs(statistic)), method: "spiegelhalter", n };
  }
  const { codes, count } = groupCodes(fn, options.groups, p);
  const totals = new Float64Array(count);
  for (let i = 0; i < n; i++) totals[codes[i]] += terms[i];
  const variance = totals.reduce((squares, total) => squares + total * total, 0);
  if (count < 2) throw withoutVariance(fn, "groups", "there is one group only");
  if (!(variance > 0)) throw withoutVariance(fn, "confidences", "no group departs from its confidences");
  const statistic = sum / Math.sqrt(variance);
  const pValue = 2 * studentCdf(-Math.abs(withoutSkew(totals, variance)), count - 1);
  return { statistic, pValue, method: "cluster-spiegelhalter", n, groups: count };
}

/**
 * Johnson's modified t for the mean of the totals being 0: x̄ + μ₃/(6 s² G) + μ₃ x̄²/(3 s⁴) in place of the mean x̄.
 * @param squares Σ total².
 */
function withoutSkew(totals: Float64Array, squares: number): number {
  const count = totals.length;
  const mean = totals.reduce((sum, total) => sum + total, 0) / count;
  let second = 0;
  let third = 0;
  for (const total of totals) {
    second += (total - mean) ** 2 / (count - 1);
    third += (total - mean) ** 3 / count;
  }
  const shift = second > 0 ? third / (6 * second * count) + (third * mean ** 2) / (3 * second ** 2) : 0;
  return ((mean + shift) * count) / Math.sqrt(squares);
}

const withoutVariance = (fn: string, argument: string, why: string): CredenceError =>
  new CredenceError("too-few", { function: fn, argument }, `${why}, so that the statistic cannot vary.`);
