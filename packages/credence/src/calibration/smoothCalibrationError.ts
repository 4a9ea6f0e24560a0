import { type Estimate, type EstimateOptions, levelOf, pointEstimate } from "../estimate/estimate.js";
import type { Outcomes } from "../numeric/check.js";
import { scoredColumns } from "../numeric/columns.js";
import { CredenceError } from "../numeric/error.js";
import { createFft } from "../numeric/fft.js";
import { studentQuantile } from "../numeric/special.js";
import { type BinStatistics, binStatistics } from "./binStatistics.js";
import { signedReach } from "./calibrationErrorInterval.js";
import { linearVariance } from "./gapVariance.js";

/** A smooth calibration error with the bandwidth at which it was measured: itself, unless one was given. */
export interface SmoothCalibrationError extends Estimate {
  readonly bandwidth: number;
}

/** Options of {@link smoothCalibrationError}. */
export interface SmoothCalibrationErrorOptions extends EstimateOptions {
  /** A fixed bandwidth σ in (0, 1]. Default: the fixed point σ = smECE_σ. */
  bandwidth?: number;
}

/** Coarsest and finest grid; the spacing is kept below 1/64 of the bandwidth where the finest allows it. */
const COARSE = 2 ** 12;
const FINE = 2 ** 21;

/**
 * The smooth calibration error smECE (Błasiok & Nakkiran 2023): ∫|r_σ(t)| dt, where r_σ is the density of the residuals
 * y − p smoothed by a Gaussian kernel that is reflected at 0 and 1, at the one bandwidth σ that equals the result. It
 * has no bins, does not jump when a confidence moves a little, and is within constant factors of the distance to the
 * nearest calibrated predictor. 0 is perfect, 1 the worst.
 *
 * Computed on a grid (linear binning, Fourier transform); O(n) for the rows. The interval is for the population value
 * and holds near 0: ∫|r_σ| is the largest ∫ s r_σ over all |s| ≤ 1, so the sample value falls short by one linear
 * statistic at most, and the low end rests on those s that change sign once, with Šidák's quantile.
 * @param confidences Probabilities in [0, 1], one per row.
 * @param outcomes 1 or true where the event happened, one per row.
 * @throws CredenceError "empty-input", "length-mismatch", "not-a-probability", "not-finite", "not-binary",
 *   "out-of-range" (level, bandwidth).
 * @example
 * ```ts
 * import { smoothCalibrationError } from "credence/calibration";
 * smoothCalibrationError([0.9, 0.9, 0.9, 0.9], [1, 0, 1, 0]).value; // → 0.4
 * ```
 */
export function smoothCalibrationError(
  confidences: ArrayLike<number>,
  outcomes: Outcomes,
  options: SmoothCalibrationErrorOptions = {},
): SmoothCalibrationError {
  const fn = "smoothCalibrationError";
  const level = levelOf(fn, options);
  const columns = scoredColumns(fn, confidences, outcomes);
  const statistics = binStatistics(fn, columns.confidences, columns.outcomes, { groups: options.groups });
  const { bandwidth } = options;
  if (bandwidth !== undefined && !(bandwidth > 0 && bandwidth <= 1))
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument: "bandwidth", value: bandwidth },
      "must lie in (0, 1].",
    );
  let smooth = smoother(columns.confidences, columns.outcomes, COARSE);
  const measure = (offset: (density: Float64Array) => number) =>
    bandwidth === undefined ? fixedPoint((sigma) => offset(smooth(sigma))) : offset(smooth(bandwidth));
  let value = measure(absoluteSum);
  for (let grid = COARSE * 8; (bandwidth ?? value) < 64 / grid && value > 0 && grid <= FINE; grid *= 8) {
    smooth = smoother(columns.confidences, columns.outcomes, grid);
    value = measure(absoluteSum);
  }
  const { n, clusters } = statistics;
  const used = bandwidth ?? value;
  if (options.interval === false) return { ...pointEstimate(value, level, n), bandwidth: used };
  const units = clusters ? clusters.count : n;
  const method = clusters ? "cluster-simultaneous-region" : "simultaneous-region";
  let interval: [number, number] = [0, Infinity];
  if (units > 1) {
    const tail = (1 - level) / 2;
    const reach = signedReach(statistics, studentQuantile(1 - tail, units - 1), 0);
    const low = measure(leastSum(statistics, tail, units));
    interval = [Math.min(value, low), measure((density) => absoluteSum(density) + reach)];
  }
  const estimate = { value, interval, level, method, n, bandwidth: used };
  return clusters ? { ...estimate, groups: clusters.count } : estimate;
}

/** Residuals on a grid of M + 1 nodes; the result smooths them at any bandwidth and returns their mass per node. */
function smoother(p: Float64Array, y: Uint8Array, grid: number): (sigma: number) => Float64Array {
  const fft = createFft(2 * grid);
  const spectrum = new Float64Array(2 * grid);
  for (let i = 0; i < p.length; i++) {
    const at = p[i] * grid;
    const node = Math.min(at | 0, grid - 1);
    const residual = (y[i] - p[i]) / p.length;
    spectrum[node] += (1 - (at - node)) * residual;
    spectrum[node + 1] += (at - node) * residual;
  }
  // Reflection at 0 and 1: the even extension with period 2.
  spectrum[0] *= 2;
  spectrum[grid] *= 2;
  for (let j = 1; j < grid; j++) spectrum[2 * grid - j] = spectrum[j];
  fft(spectrum, new Float64Array(2 * grid)); // real and even, so is its transform
  return (sigma) => {
    const re = new Float64Array(2 * grid);
    for (let k = 0; k <= grid; k++) {
      const decay = Math.exp(-((k * Math.PI * sigma) ** 2) / 2) / (2 * grid);
      if (decay === 0) break;
      re[k] = spectrum[k] * decay;
      if (k > 0 && k < grid) re[2 * grid - k] = re[k];
    }
    fft(re, new Float64Array(2 * grid));
    const density = re.subarray(0, grid + 1);
    density[0] /= 2; // the trapezoid rule
    density[grid] /= 2;
    return density;
  };
}

const absoluteSum = (density: Float64Array): number => {
  let sum = 0;
  for (let j = 0; j < density.length; j++) sum += Math.abs(density[j]);
  return sum;
};

/** The least ∫|r_σ| that the sums with one change of sign at the edge of a bin allow. */
function leastSum(statistics: BinStatistics, tail: number, units: number): (density: Float64Array) => number {
  const bins = statistics.count.length;
  const z = studentQuantile(1 - (1 - (1 - tail) ** (1 / bins)) / 2, units - 1);
  const reaches = Float64Array.from({ length: bins }, (_, split) => {
    const signs = statistics.count.map((_, b) => (b < split ? -1 : 1));
    // z² pseudo-rows: rows that all agree must not claim certainty.
    return (z * Math.sqrt(linearVariance(statistics, signs) + z * z)) / statistics.n;
  });
  return (density) => {
    const grid = density.length - 1;
    let total = 0;
    for (let j = 0; j <= grid; j++) total += density[j];
    let low = 0;
    let before = 0;
    for (let split = 0, j = 0; split < bins; split++) {
      for (; j < (split * grid) / bins; j++) before += density[j];
      low = Math.max(low, Math.abs(total - 2 * before) - reaches[split]);
    }
    return low;
  };
}

/** The σ in [0, 1] with f(σ) = σ for a decreasing f ≥ 0 (regula falsi, Illinois); f(1) where even that is larger. */
function fixedPoint(f: (sigma: number) => number): number {
  let low = 1e-9;
  let high = 1;
  let above = f(low) - low;
  let below = f(high) - high;
  if (above <= 0) return 0;
  if (below >= 0) return 1 + below;
  for (let i = 0, side = 0; i < 60 && high - low > 1e-10; i++) {
    const sigma = low + ((high - low) * above) / (above - below);
    const difference = f(sigma) - sigma;
    if (Math.abs(difference) < 1e-10) return sigma;
    if (difference > 0) {
      low = sigma;
      above = difference;
      if (side === 1) below /= 2;
      side = 1;
    } else {
      high = sigma;
      below = difference;
      if (side === -1) above /= 2;
      side = -1;
    }
  }
  return (low + high) / 2;
}
