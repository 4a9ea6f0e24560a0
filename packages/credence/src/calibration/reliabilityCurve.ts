import { type EstimateOptions, levelOf } from "../estimate/estimate.js";
import { clopperPearson } from "../estimate/proportion.js";
import { sidakLevel } from "../estimate/simultaneous.js";
import { type BinningOptions, createBinning } from "../numeric/bins.js";
import type { Outcomes } from "../numeric/check.js";
import { checkOptions } from "../numeric/check.js";
import { scoredColumns } from "../numeric/columns.js";
import { binomialQuantile, studentQuantile } from "../numeric/special.js";
import { type BinStatistics, binStatistics } from "./binStatistics.js";
import { binVariances, secondMoment } from "./gapVariance.js";
import { type IsotonicBlock, isotonicCurve } from "./isotonicCurve.js";
import { nominalBinomial } from "./nominalBinomial.js";

/** A bin of a reliability diagram. */
export interface ReliabilityPoint {
  /** The edges of the bin. */
  readonly lower: number;
  readonly upper: number;
  /** Rows in the bin. */
  readonly n: number;
  /** Mean confidence of the rows. */
  readonly meanConfidence: number;
  /** Share of outcomes that came true. */
  readonly frequency: number;
  /** Interval for the true frequency, for this bin alone. Null with `interval: false`. */
  readonly interval: readonly [number, number] | null;
  /** Where the frequency would lie with probability `level` were the model calibrated, for this bin alone. */
  readonly pointwise: readonly [number, number] | null;
  /** Where the frequencies of all bins together would lie with probability `level` were the model calibrated. */
  readonly simultaneous: readonly [number, number] | null;
}

/** A reliability diagram as data. */
export interface ReliabilityCurve {
  /** Bins that hold rows, ascending. */
  readonly points: readonly ReliabilityPoint[];
  /** The curve without bins; empty with `isotonic: false`. */
  readonly isotonic: readonly IsotonicBlock[];
  /** How the confidences are spread, in finer equal-width bins. */
  readonly histogram: {
    readonly edges: Float64Array;
    readonly counts: Float64Array;
    /** Rows of each bar whose outcome is 1. */
    readonly positives: Float64Array;
  };
  readonly level: number;
  /** How the bands were made. */
  readonly method: string;
  readonly n: number;
  readonly groups?: number;
}

/** Options of {@link reliabilityCurve}. */
export interface ReliabilityCurveOptions extends BinningOptions, EstimateOptions {
  /** Bars of the histogram. Default 40. */
  histogramBins?: number;
  /** Compute the isotonic curve, which sorts the rows. Default true. */
  isotonic?: boolean;
}

/**
 * A reliability diagram: how often what was said with confidence p came true, bin by bin.
 *
 * The bands are consistency bands (Bröcker & Smith 2007): a point outside them is a surprise if the model is calibrated.
 * They are what consistency resampling gives with infinitely many resamples of the outcomes: the number of successes in
 * a bin is then Poisson-binomial, taken as the binomial with its mean and variance, and bins are independent, so that
 * the simultaneous bands use Šidák's level. With groups the bands are mean confidence ± t · cluster-robust standard error.
 * @param confidences Probabilities in [0, 1], one per row.
 * @param outcomes 1 or true where the event happened, one per row.
 * @throws CredenceError as {@link expectedCalibrationError}.
 * @example
 * ```ts
 * import { reliabilityCurve } from "credence/calibration";
 * const { points } = reliabilityCurve([0.2, 0.2, 0.9], [0, 1, 1], { bins: 10 });
 * points.map((point) => point.frequency); // → [0.5, 1]
 * points[0].pointwise; // → [0, 1]
 * ```
 */
export function reliabilityCurve(
  confidences: ArrayLike<number>,
  outcomes: Outcomes,
  options: ReliabilityCurveOptions = {},
): ReliabilityCurve {
  const fn = "reliabilityCurve";
  checkOptions(fn, options);
  const { histogramBins = 40, isotonic = true, interval = true } = options;
  const level = levelOf(fn, options);
  const columns = scoredColumns(fn, confidences, outcomes);
  const statistics = binStatistics(fn, columns.confidences, columns.outcomes, options);
  const { n, count, binning, clusters } = statistics;
  const fine = { bins: histogramBins, closed: binning.closed } as const;
  createBinning(fn, [], fine);
  const bars = binStatistics(fn, columns.confidences, columns.outcomes, fine);
  const populated = [...count.keys()].filter((b) => count[b] > 0);
  const variances = binVariances(statistics);
  const joint = sidakLevel(level, populated.length);
  const points = populated.map((b) => ({
    lower: binning.edges[b],
    upper: binning.edges[b + 1],
    n: count[b],
    meanConfidence: statistics.confidence[b] / count[b],
    frequency: statistics.positives[b] / count[b],
    interval: interval ? frequencyInterval(statistics, b, variances[b], level) : null,
    pointwise: interval ? consistencyBand(statistics, b, variances[b], level) : null,
    simultaneous: interval ? consistencyBand(statistics, b, variances[b], joint) : null,
  }));
  return {
    points,
    isotonic: isotonic ? isotonicCurve(columns.confidences, columns.outcomes) : [],
    histogram: { edges: bars.binning.edges, counts: bars.count, positives: bars.positives },
    level,
    method: interval ? (clusters ? "cluster-consistency" : "consistency") : "none",
    n,
    ...(clusters && { groups: clusters.count }),
  };
}

/** @param variance Of the bin's Σr, for rows in groups. */
function consistencyBand(
  statistics: BinStatistics,
  bin: number,
  variance: number,
  level: number,
): readonly [number, number] {
  const mean = statistics.confidence[bin];
  const n = statistics.count[bin];
  if (statistics.clusters) {
    const units = statistics.clusters.count;
    if (units < 2) return [0, 1];
    const reach = (studentQuantile((1 + level) / 2, units - 1) * Math.sqrt(variance)) / n;
    return [Math.max(0, mean / n - reach), Math.min(1, mean / n + reach)];
  }
  const { trials, probability } = nominalBinomial(statistics, bin);
  const tail = (1 - level) / 2;
  return [
    binomialQuantile(tail, trials, probability) / n,
    Math.min(1, binomialQuantile(1 - tail, trials, probability) / n),
  ];
}

/** Exact for independent rows; with groups at the effective number of rows that the design effect leaves. */
function frequencyInterval(
  statistics: BinStatistics,
  bin: number,
  variance: number,
  level: number,
): readonly [number, number] {
  const n = statistics.count[bin];
  const successes = statistics.positives[bin];
  if (!statistics.clusters) return clopperPearson(successes, n, level);
  if (statistics.clusters.count < 2) return [0, 1];
  const effect = Math.max(1, variance / secondMoment(statistics, bin) || 1);
  return clopperPearson(successes / effect, n / effect, level);
}
