import type { BinStatistics } from "./binStatistics.js";
import { type Norm, pluginError } from "./calibrationError.js";
import { binVariances, gapCovariance, linearVariance, secondMoment } from "./gapVariance.js";
import { studentCritical } from "./studentCritical.js";

/** An interval for a binned calibration error, and how it was made. */
export interface ErrorInterval {
  readonly interval: readonly [number, number];
  readonly method: string;
}

/** From how many standard errors on a gap counts as clearly there: where all are, the delta method holds. */
const CLEAR = 3;

/**
 * An interval for the binned calibration error that holds also where gaps are zero, and so where |·| has no derivative
 * and bootstraps fail. With δ_b = E[(y − p) 1_b], δ̂_b its sample value and ε = δ̂ − δ, each end errs with probability
 * (1 − level)/2 at most:
 *
 * - Low end: the least error over a simultaneous region for δ. The region bounds every δ_b, and every sum ±Σδ_b whose
 *   signs change at most once along [0, 1] (the shape of over- and under-confidence); the quantile is Šidák's (1967),
 *   valid whatever the correlations.
 * - High end: the sample error cannot fall short of the true one by more than one linear statistic. For L1,
 *   Σ|δ̂_b| ≥ Σ s_b δ̂_b with s the true signs, so Σ|δ_b| ≤ Σ|δ̂_b| − Σ s_b ε_b. For L2, θ² is the supremum over g of
 *   E[2 g_b r − g_b²]. For the maximum, the true largest bin is one fixed bin. So several bins cost no correction.
 * - Where every populated bin has |δ̂_b| ≥ 3 standard errors the error is smooth, and both ends are the delta method's.
 *
 * Variances are at least what calibrated confidences would have, and may grow with the distance as in Wilson's interval.
 * No error exceeds 1.
 */
export function calibrationErrorInterval(
  statistics: BinStatistics,
  norm: Norm,
  level: number,
): ErrorInterval {
  const { n, clusters } = statistics;
  const units = clusters ? clusters.count : n;
  const prefix = clusters ? "cluster-" : "";
  if (units < 2) return { interval: [0, Infinity], method: `${prefix}simultaneous-region` };
  const quantile = (tail: number) => studentCritical(tail, units - 1);
  const tail = (1 - level) / 2;
  const plugin = pluginError(statistics, norm);
  const variances = binVariances(statistics);
  if (norm !== "max" && allClear(statistics, variances)) {
    const z = quantile(tail);
    const reach = z * deltaError(statistics, norm, plugin, z);
    return { interval: [Math.max(0, plugin - reach), Math.min(1, plugin + reach)], method: `${prefix}delta` };
  }
  const populated = statistics.count.filter((rows) => rows > 0).length;
  const simultaneous = quantile((1 - (1 - tail) ** (1 / (2 * populated))) / 2);
  const low = leastError(statistics, variances, norm, simultaneous);
  return {
    interval: [low, Math.min(1, greatestError(statistics, norm, plugin, quantile(tail), low))],
    method: `${prefix}simultaneous-region`,
  };
}

function allClear({ residual }: BinStatistics, variances: Float64Array): boolean {
  return residual.every((sum, b) => sum * sum >= CLEAR ** 2 * variances[b]);
}

/** Standard error by the delta method, with z² pseudo-rows so that rows which all agree do not claim certainty. */
function deltaError(statistics: BinStatistics, norm: Norm, plugin: number, z: number): number {
  const { n, count, residual } = statistics;
  const gaps = residual.map((sum, b) => (count[b] > 0 ? sum / count[b] : 0));
  const scale = plugin || 1; // where all gaps are 0
  const variance =
    norm === "l1"
      ? linearVariance(statistics, gaps.map(Math.sign))
      : linearVariance(
          statistics,
          gaps.map((gap) => gap / scale),
          gaps.map((gap) => gap ** 2 / (2 * scale)),
        );
  return Math.sqrt(variance + z * z) / n;
}

/** The least error over the simultaneous region with half-widths of z standard errors. */
function leastError(statistics: BinStatistics, variances: Float64Array, norm: Norm, z: number): number {
  const { n, count, residual } = statistics;
  const bins = count.length;
  const least = new Float64Array(bins);
  let low = 0;
  for (let split = 0; split < bins; split++) {
    const signs = Float64Array.from({ length: bins }, (_, b) => (b < split ? -1 : 1));
    let sum = 0;
    for (let b = 0; b < bins; b++) sum += signs[b] * residual[b];
    low = Math.max(low, (Math.abs(sum) - z * Math.sqrt(linearVariance(statistics, signs))) / n);
    least[split] = Math.max(0, Math.abs(residual[split]) - z * Math.sqrt(variances[split]));
  }
  // Σ s_b δ_b is at most the L1 error, and that at most the L2 error and the largest gap.
  return Math.max(low, pluginError({ ...statistics, residual: least }, norm));
}

function greatestError(
  statistics: BinStatistics,
  norm: Norm,
  plugin: number,
  z: number,
  low: number,
): number {
  if (norm === "max") return greatestGap(statistics, binVariances(statistics), z);
  if (norm === "l1") return plugin + signedReach(statistics, z, low);
  const { n, clusters } = statistics;
  const independent = largestVariance({ ...statistics, clusters: null }, norm);
  const variance = clusters ? largestVariance(statistics, norm) : independent;
  const reach = scoreReach(z, variance, ratio(variance, independent)) / n;
  return reach + Math.hypot(reach, plugin);
}

/**
 * How far the mean of s_b r may lie from its truth, for the worst signs s (or weights |s| ≤ 1).
 * @param low What the absolute truth is known to be at least.
 */
export function signedReach(statistics: BinStatistics, z: number, low: number): number {
  const { n, count, clusters } = statistics;
  let independent = -n * low * low;
  for (let b = 0; b < count.length; b++) independent += secondMoment(statistics, b);
  const variance = clusters ? largestVariance(statistics, "l1") : Math.max(0, independent);
  return scoreReach(z, variance, ratio(variance, independent)) / n;
}

/** The design effect; 1 where nothing varies. */
const ratio = (variance: number, independent: number): number =>
  independent > 0 ? variance / independent : 1;

/** The largest variance of Σ u_b Σr over the u that the argument for the high end allows: |u_b| = 1, or Σ w_b u_b² = 1. */
function largestVariance(statistics: BinStatistics, norm: "l1" | "l2"): number {
  const { n, count } = statistics;
  const covariance = gapCovariance(statistics);
  const bins = count.length;
  let sum = 0;
  let largest = 0;
  for (let b = 0; b < bins; b++) {
    if (count[b] === 0) continue;
    let row = 0;
    for (let k = 0; k < bins; k++)
      if (count[k] > 0)
        row += Math.abs(covariance[b * bins + k]) * (norm === "l1" ? 1 : n / Math.sqrt(count[b] * count[k]));
    sum += row;
    largest = Math.max(largest, row);
  }
  return norm === "l1" ? sum : largest;
}

function greatestGap(statistics: BinStatistics, variances: Float64Array, z: number): number {
  const { count, residual, binning } = statistics;
  const independent = binVariances({ ...statistics, clusters: null });
  let greatest = 0;
  for (let b = 0; b < count.length; b++) {
    if (count[b] === 0) continue;
    const reach = scoreReach(z, variances[b], ratio(variances[b], independent[b]));
    const gap = (Math.abs(residual[b]) + reach) / count[b];
    // No gap can exceed the distance from the bin to the farther of 0 and 1.
    greatest = Math.max(greatest, Math.min(gap, Math.max(binning.edges[b + 1], 1 - binning.edges[b])));
  }
  return greatest;
}

/**
 * How far a sum of bounded terms may lie from its mean when its variance may grow by `effect` (the design effect) for
 * every unit of that distance: the solution of t² = z²(v + effect · t), as in Wilson's score interval.
 */
function scoreReach(z: number, variance: number, effect: number): number {
  const shift = (z * z * Math.max(1, effect)) / 2;
  return shift + Math.sqrt(z * z * variance + shift * shift);
}
