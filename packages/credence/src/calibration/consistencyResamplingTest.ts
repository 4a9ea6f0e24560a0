import type { EstimateOptions } from "../estimate/estimate.js";
import type { BinningOptions } from "../numeric/bins.js";
import { checkCount, checkOptions, type Outcomes } from "../numeric/check.js";
import { sampleBinomial, sampleNormal } from "../numeric/distributions.js";
import { CredenceError } from "../numeric/error.js";
import { type Groups, groupCodes } from "../numeric/groups.js";
import { createRandom } from "../numeric/random.js";
import { type BinStatistics, binStatistics } from "./binStatistics.js";
import { checkNorm, type Norm, pluginError } from "./calibrationError.js";
import { clusterSums } from "./clusterSums.js";
import { nominalBinomial } from "./nominalBinomial.js";
import type { TestResult } from "./testResult.js";

/** Options of {@link consistencyResamplingTest}. */
export interface ConsistencyResamplingOptions
  extends BinningOptions,
    Pick<EstimateOptions, "groups" | "seed"> {
  /** How the gaps of the bins become one number. Default "l1". */
  norm?: Norm;
  /** Number of resamples. Default 999. */
  resamples?: number;
}

/**
 * Consistency resampling (Bröcker & Smith 2007): is the binned calibration error larger than what a calibrated model
 * with these confidences would show by chance? Outcomes are drawn as if the confidences were right; the p-value is the
 * share of draws, the sample among them, whose error is at least that of the sample.
 *
 * The number of successes of a bin is drawn at once, from the binomial with its mean and variance. With groups, every
 * group's residuals are multiplied by one standard normal instead.
 * @param confidences Probabilities in [0, 1], one per row.
 * @param outcomes 1 or true where the event happened, one per row.
 * @throws CredenceError as `expectedCalibrationError`; "too-few" with one group only.
 * @example
 * ```ts
 * import { consistencyResamplingTest } from "credence/calibration";
 * const confidences = new Array(100).fill(0.9);
 * const outcomes = confidences.map((_, i) => i % 2);
 * consistencyResamplingTest(confidences, outcomes).pValue; // → 0.001
 * ```
 */
export function consistencyResamplingTest(
  confidences: ArrayLike<number>,
  outcomes: Outcomes,
  options: ConsistencyResamplingOptions = {},
): TestResult {
  const fn = "consistencyResamplingTest";
  checkOptions(fn, options);
  const { norm = "l1", resamples = 999, seed = 0 } = options;
  checkNorm(fn, norm, false);
  checkCount(fn, "resamples", resamples);
  const statistics = binStatistics(fn, confidences, outcomes, options);
  const { n, count, clusters } = statistics;
  if (clusters?.count === 1)
    throw new CredenceError(
      "too-few",
      { function: fn, argument: "groups" },
      "has one group only, which cannot tell chance from error; at least two are needed.",
    );
  const observed = pluginError(statistics, norm);
  const random = createRandom(seed);
  const residual = new Float64Array(count.length);
  const draw = options.groups ? clusterDraw(options.groups, residual) : binomialDraw(statistics, residual);
  let atLeast = 1;
  for (let b = 0; b < resamples; b++) {
    draw();
    // Equal errors must count as equal whatever the order of summation.
    if (pluginError({ n, count, residual }, norm) >= observed - 1e-12) atLeast++;
  }
  const result = { statistic: observed, pValue: atLeast / (resamples + 1), n };
  const method = "consistency-resampling";
  return clusters
    ? { ...result, method: `cluster-${method}`, groups: clusters.count }
    : { ...result, method };

  function binomialDraw(of: BinStatistics, into: Float64Array): () => void {
    const binomials = Array.from(of.count, (_, b) => nominalBinomial(of, b));
    return () => {
      binomials.forEach(({ trials, probability }, b) => {
        into[b] = sampleBinomial(random, trials, probability) - of.confidence[b];
      });
    };
  }

  function clusterDraw(groups: Groups, into: Float64Array): () => void {
    const coded = groupCodes(fn, groups, confidences);
    const sums = clusterSums(confidences, outcomes, statistics.binning, coded).residual;
    return () => {
      into.fill(0);
      for (let g = 0; g < coded.count; g++) {
        const factor = sampleNormal(random);
        for (let b = 0; b < into.length; b++) into[b] += factor * sums[g * into.length + b];
      }
    };
  }
}
