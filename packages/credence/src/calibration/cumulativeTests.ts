import { checkCount, checkOptions, checkScored, type Outcomes } from "../numeric/check.js";
import { scoredColumns } from "../numeric/columns.js";
import { sampleNormal } from "../numeric/distributions.js";
import { CredenceError } from "../numeric/error.js";
import { type Groups, groupCodes } from "../numeric/groups.js";
import { createRandom } from "../numeric/random.js";
import { argsort } from "../numeric/sort.js";
import { normalCdf } from "../numeric/special.js";
import type { TestResult } from "./testResult.js";

/** Options of the tests on cumulative differences. */
export interface CumulativeTestOptions {
  /** A cluster id per row, where rows are not independent. */
  groups?: Groups;
  /** With groups: number of draws that the p-value comes from. Default 999. */
  resamples?: number;
  /** With groups: seed of the draws. Default 0. */
  seed?: number;
}

/** A test on cumulative differences, with the differences in units of probability. */
export interface CumulativeTestResult extends TestResult {
  /** The extreme cumulative difference itself, a calibration error without bins: at most the mean absolute gap. */
  readonly difference: number;
}

/**
 * The Kolmogorov–Smirnov test of calibration: with rows sorted by confidence, the largest |Σ_{i≤k}(y_i − p_i)|/n over k
 * (Gupta et al. 2021; Tygert 2023), after each run of equal confidences. The statistic is that divided by its standard
 * deviation √Σp(1−p)/n at the end; if the model is calibrated it is the largest |W| of Brownian motion on [0, 1], which
 * the p-value comes from.
 *
 * With groups the p-value comes from draws in which every group's differences are multiplied by one standard normal.
 * @param confidences Probabilities in [0, 1], one per row.
 * @param outcomes 1 or true where the event happened, one per row.
 * @throws CredenceError "empty-input", "length-mismatch", "not-a-probability", "not-finite", "not-binary",
 *   "out-of-range" (resamples); "too-few" where nothing can vary: every confidence is 0 or 1, or there is one group only.
 * @example
 * ```ts
 * import { kolmogorovSmirnovTest } from "credence/calibration";
 * kolmogorovSmirnovTest([0.9, 0.8, 0.7, 0.2], [1, 1, 1, 0]).difference; // → 0.1
 * ```
 */
export function kolmogorovSmirnovTest(
  confidences: ArrayLike<number>,
  outcomes: Outcomes,
  options: CumulativeTestOptions = {},
): CumulativeTestResult {
  checkOptions("kolmogorovSmirnovTest", options);
  return cumulativeTest("kolmogorovSmirnovTest", "kolmogorov-smirnov", confidences, outcomes, options, {
    extent: (low, high) => Math.max(high, -low),
    survival: brownianMaximumSurvival,
  });
}

/**
 * The Kuiper test of calibration: as {@link kolmogorovSmirnovTest}, but with the range of the cumulative differences,
 * largest minus smallest (0 included): the largest error over any stretch of confidences. It sees over- and
 * underconfidence that cancel from the low end on.
 * @throws CredenceError as {@link kolmogorovSmirnovTest}.
 * @example
 * ```ts
 * import { kuiperTest } from "credence/calibration";
 * kuiperTest([0.9, 0.8, 0.7, 0.2], [1, 1, 1, 0]).difference; // → 0.15
 * ```
 */
export function kuiperTest(
  confidences: ArrayLike<number>,
  outcomes: Outcomes,
  options: CumulativeTestOptions = {},
): CumulativeTestResult {
  checkOptions("kuiperTest", options);
  return cumulativeTest("kuiperTest", "kuiper", confidences, outcomes, options, {
    extent: (low, high) => high - low,
    survival: brownianRangeSurvival,
  });
}

interface Kind {
  readonly extent: (low: number, high: number) => number;
  readonly survival: (x: number) => number;
}

function cumulativeTest(
  fn: string,
  name: string,
  confidences: ArrayLike<number>,
  outcomes: Outcomes,
  options: CumulativeTestOptions,
  { extent, survival }: Kind,
): CumulativeTestResult {
  checkScored(fn, confidences, outcomes);
  const { confidences: p, outcomes: y } = scoredColumns(fn, confidences, outcomes);
  const n = p.length;
  const order = argsort(p);
  const coded = options.groups && groupCodes(fn, options.groups, p);
  let variance = 0;
  for (let i = 0; i < n; i++) variance += p[i] * (1 - p[i]);
  if (!(variance > 0) || coded?.count === 1)
    throw new CredenceError(
      "too-few",
      { function: fn, argument: coded?.count === 1 ? "groups" : "confidences" },
      "all in one group, or all confidences 0 or 1: the statistic cannot vary.",
    );
  const extentOf = (difference: (row: number) => number): number => {
    let sum = 0;
    let low = 0;
    let high = 0;
    for (let k = 0; k < n; k++) {
      sum += difference(order[k]);
      if (k + 1 < n && p[order[k + 1]] === p[order[k]]) continue;
      low = Math.min(low, sum);
      high = Math.max(high, sum);
    }
    return extent(low, high);
  };
  const observed = extentOf((i) => y[i] - p[i]);
  const result = { statistic: observed / Math.sqrt(variance), difference: observed / n, n };
  if (!coded) return { ...result, pValue: survival(result.statistic), method: name };
  const { resamples = 999, seed = 0 } = options;
  checkCount(fn, "resamples", resamples, 1);
  const random = createRandom(seed);
  const factors = new Float64Array(coded.count);
  let atLeast = 1;
  for (let b = 0; b < resamples; b++) {
    for (let g = 0; g < factors.length; g++) factors[g] = sampleNormal(random);
    if (extentOf((i) => factors[coded.codes[i]] * (y[i] - p[i])) >= observed) atLeast++;
  }
  const pValue = atLeast / (resamples + 1);
  return { ...result, pValue, method: `cluster-${name}`, groups: coded.count };
}

/** P(max |W| > x) for Brownian motion W on [0, 1]. */
function brownianMaximumSurvival(x: number): number {
  if (x < 0.1) return 1;
  // Two expansions of one theta function; each converges fast where the other does not.
  let sum = 0;
  if (x < 1) {
    for (let k = 0; k < 8; k++) {
      const odd = 2 * k + 1;
      sum += ((k % 2 ? -1 : 1) / odd) * Math.exp(-((odd * Math.PI) ** 2) / (8 * x * x));
    }
    return 1 - (4 / Math.PI) * sum;
  }
  for (let k = 0; k < 8; k++) sum += (k % 2 ? -4 : 4) * normalCdf(-(2 * k + 1) * x);
  return sum;
}

/** P(max W − min W > x) for Brownian motion W on [0, 1] (Feller 1951). */
function brownianRangeSurvival(x: number): number {
  if (x < 0.35) return 1; // the complement is below 1e-15
  let sum = 0;
  for (let k = 1; k * x < 40; k++) sum += (k % 2 ? 8 : -8) * k * normalCdf(-k * x);
  return Math.min(1, Math.max(0, sum));
}
