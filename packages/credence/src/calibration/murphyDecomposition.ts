import { meanEstimate } from "../estimate/delta.js";
import { type Estimate, type EstimateOptions, levelOf, pointEstimate } from "../estimate/estimate.js";
import { type BinningOptions, binIndices, binOf } from "../numeric/bins.js";
import type { Outcomes } from "../numeric/check.js";
import { groupCodes } from "../numeric/groups.js";
import { baseRateUncertainty } from "./baseRateUncertainty.js";
import { type BinStatistics, binStatistics } from "./binStatistics.js";
import { brierScore } from "./brierScore.js";
import { calibrationErrorInterval } from "./calibrationErrorInterval.js";
import { type ClusterCovariance, clusterCovariance } from "./clusterCovariance.js";

/** The Brier score and its parts: brier = reliability − resolution + uncertainty + withinBin. */
export interface MurphyDecomposition {
  readonly brier: Estimate;
  /** Σ w_b (p̄_b − ȳ_b)²: the squared calibration error. 0 is perfect. */
  readonly reliability: Estimate;
  /** Σ w_b (ȳ_b − ȳ)²: how far the bins tell outcomes apart. The more the better. */
  readonly resolution: Estimate;
  /** ȳ(1 − ȳ): the Brier score of always saying the base rate. */
  readonly uncertainty: Estimate;
  /** Σ w_b ȳ_b(1 − ȳ_b) = uncertainty − resolution: brier = reliability + refinement + withinBin (DeGroot & Fienberg 1983). */
  readonly refinement: Estimate;
  /** What confidences that differ within a bin add; 0 where every bin holds one value (Stephenson et al. 2008). */
  readonly withinBin: Estimate;
}

/**
 * Murphy's (1973) decomposition of the Brier score over bins.
 *
 * Reliability and resolution are squares, whose distribution is not normal near 0: their intervals come from the same
 * region as that of {@link expectedCalibrationError}, and like it are for the population values with these bins.
 * @param confidences Probabilities in [0, 1], one per row.
 * @param outcomes 1 or true where the event happened, one per row.
 * @throws CredenceError as {@link expectedCalibrationError}.
 * @example
 * ```ts
 * import { murphyDecomposition } from "credence/calibration";
 * const parts = murphyDecomposition([0.8, 0.8, 0.2, 0.2], [1, 1, 0, 1], { interval: false });
 * parts.uncertainty.value; // → 0.1875
 * parts.resolution.value; // → 0.0625
 * parts.reliability.value; // → 0.065
 * parts.brier.value; // → 0.19
 * ```
 */
export function murphyDecomposition(
  confidences: ArrayLike<number>,
  outcomes: Outcomes,
  options: BinningOptions & EstimateOptions = {},
): MurphyDecomposition {
  const fn = "murphyDecomposition";
  const level = levelOf(fn, options);
  const statistics = binStatistics(fn, confidences, outcomes, options);
  const brier = brierScore(confidences, outcomes, options);
  const { n } = statistics;
  const rate = sum(statistics.positives) / n;
  const uncertain = rate * (1 - rate);
  const clusters =
    options.groups && options.interval !== false
      ? clusterCovariance(groupCodes(fn, options.groups, confidences), statistics.count.length, {
          bin: binIndices(fn, "confidences", confidences, statistics.binning),
          claimed: new Float64Array(n).fill(rate),
          happened: outcomes as ArrayLike<number>,
        })
      : null;
  const reliability = squared(statistics, level, options);
  const resolution = squared(againstBaseRate(statistics, rate, clusters), level, options);
  const uncertainty = baseRateUncertainty(fn, outcomes, (p) => p * (1 - p), options);
  const refinement = uncertain - resolution.value;
  const withinBin = brier.value - reliability.value + resolution.value - uncertain;
  return {
    brier,
    reliability,
    resolution,
    uncertainty,
    refinement:
      options.interval === false
        ? pointEstimate(refinement, level, n)
        : meanEstimate(refinementTerms(statistics, confidences, outcomes), options, fn),
    withinBin:
      options.interval === false
        ? pointEstimate(withinBin, level, n)
        : meanEstimate(withinBinTerms(statistics, confidences, outcomes), options, fn),
  };
}

/** The squared L2 error as an estimate. */
function squared(statistics: BinStatistics, level: number, options: EstimateOptions): Estimate {
  const { n, count, residual, clusters } = statistics;
  let value = 0;
  for (let b = 0; b < count.length; b++) if (count[b] > 0) value += residual[b] ** 2 / count[b] / n;
  if (options.interval === false) return pointEstimate(value, level, n);
  const { interval, method } = calibrationErrorInterval(statistics, "l2", level);
  const estimate = { value, interval: [interval[0] ** 2, interval[1] ** 2] as const, level, method, n };
  return clusters ? { ...estimate, groups: clusters.count } : estimate;
}

/** The statistics as they would be had every row said the base rate: its reliability is the resolution. */
function againstBaseRate(
  statistics: BinStatistics,
  rate: number,
  clusters: ClusterCovariance | null,
): BinStatistics {
  const { count, positives } = statistics;
  return {
    ...statistics,
    residual: count.map((rows, b) => positives[b] - rate * rows),
    residualSquares: count.map((rows, b) => positives[b] * (1 - 2 * rate) + rate * rate * rows),
    nominalVariance: count.map((rows) => rows * rate * (1 - rate)),
    clusters,
  };
}

/** Per row (y − ȳ_b)², whose mean is the refinement. */
function refinementTerms(
  { binning, count, positives }: BinStatistics,
  confidences: ArrayLike<number>,
  outcomes: Outcomes,
): Float64Array {
  const terms = new Float64Array(confidences.length);
  for (let i = 0; i < terms.length; i++) {
    const b = binOf(binning, confidences[i]);
    terms[i] = (Number(outcomes[i]) - positives[b] / count[b]) ** 2;
  }
  return terms;
}

/** Per row (p − p̄_b)² − 2(y − ȳ_b)(p − p̄_b), whose mean is the within-bin part. */
function withinBinTerms(
  { binning, count, confidence, positives }: BinStatistics,
  confidences: ArrayLike<number>,
  outcomes: Outcomes,
): Float64Array {
  const terms = new Float64Array(confidences.length);
  for (let i = 0; i < terms.length; i++) {
    const b = binOf(binning, confidences[i]);
    const offset = confidences[i] - confidence[b] / count[b];
    terms[i] = offset * (offset - 2 * (Number(outcomes[i]) - positives[b] / count[b]));
  }
  return terms;
}

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
