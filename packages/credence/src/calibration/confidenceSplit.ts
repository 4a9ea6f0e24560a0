import { type Estimate, type EstimateOptions, levelOf, pointEstimate } from "../estimate/estimate.js";
import type { BinningOptions } from "../numeric/bins.js";
import type { Outcomes } from "../numeric/check.js";
import { studentQuantile } from "../numeric/special.js";
import { type BinStatistics, binStatistics } from "./binStatistics.js";
import { signedReach } from "./calibrationErrorInterval.js";
import { binVariances, linearVariance } from "./gapVariance.js";

/** The two sides of the expected calibration error; they sum to it. */
export interface ConfidenceSplit {
  /** Σ w_b max(0, p̄_b − ȳ_b): bins that claim too much. */
  readonly overconfidence: Estimate;
  /** Σ w_b max(0, ȳ_b − p̄_b): bins that claim too little. */
  readonly underconfidence: Estimate;
  /** ȳ − p̄ over all rows: above 0 if the model claims too little on balance. */
  readonly bias: Estimate;
}

/**
 * How much of the expected calibration error is overconfidence, how much underconfidence. Intervals as for
 * `expectedCalibrationError`: valid at 0, low ends by a simultaneous region (bins, and sums of all bins below or above an
 * edge), high ends because the positive parts are the largest of all sums over sets of bins. The bias is a plain mean.
 * @param confidences Probabilities in [0, 1], one per row.
 * @param outcomes 1 or true where the event happened, one per row.
 * @throws CredenceError as `expectedCalibrationError`.
 * @example
 * ```ts
 * import { confidenceSplit } from "credence/calibration";
 * const { overconfidence, underconfidence } = confidenceSplit([0.9, 0.9, 0.2, 0.2], [1, 0, 0, 1]);
 * overconfidence.value; // → 0.2
 * underconfidence.value; // → 0.15
 * ```
 */
export function confidenceSplit(
  confidences: ArrayLike<number>,
  outcomes: Outcomes,
  options: BinningOptions & EstimateOptions = {},
): ConfidenceSplit {
  const fn = "confidenceSplit";
  const level = levelOf(fn, options);
  const statistics = binStatistics(fn, confidences, outcomes, options);
  const { n, residual, clusters } = statistics;
  const side = (sign: 1 | -1): Estimate => {
    const value = positivePart(residual, sign) / n;
    if (options.interval === false) return pointEstimate(value, level, n);
    return estimate(value, sideInterval(statistics, sign, value, level), "simultaneous-region");
  };
  const bias = residual.reduce((sum, r) => sum + r, 0) / n;
  return {
    overconfidence: side(-1),
    underconfidence: side(1),
    bias:
      options.interval === false ? pointEstimate(bias, level, n) : estimate(bias, biasInterval(), "delta"),
  };

  function estimate(value: number, interval: readonly [number, number], method: string): Estimate {
    return clusters
      ? { value, interval, level, method: `cluster-${method}`, n, groups: clusters.count }
      : { value, interval, level, method, n };
  }

  function biasInterval(): readonly [number, number] {
    const units = clusters ? clusters.count : n;
    if (units < 2) return [-Infinity, Infinity];
    const error = Math.sqrt(linearVariance(statistics, new Float64Array(residual.length).fill(1))) / n;
    const half = studentQuantile((1 + level) / 2, units - 1) * error;
    return [bias - half, bias + half];
  }
}

const positivePart = (values: Float64Array, sign: number): number =>
  values.reduce((sum, value) => sum + Math.max(0, sign * value), 0);

function sideInterval(
  statistics: BinStatistics,
  sign: 1 | -1,
  value: number,
  level: number,
): readonly [number, number] {
  const { n, count, residual, clusters } = statistics;
  const units = clusters ? clusters.count : n;
  if (units < 2) return [0, Infinity];
  const bins = count.length;
  const tail = (1 - level) / 2;
  const populated = count.filter((rows) => rows > 0).length;
  // Every bin, every sum of the bins below an edge and of those above it.
  const z = studentQuantile((1 - tail) ** (1 / (3 * populated)), units - 1);
  const least = residual.map((sum) => sign * sum);
  binVariances(statistics).forEach((variance, b) => {
    least[b] -= z * Math.sqrt(variance);
  });
  let low = positivePart(least, 1);
  for (let split = 0; split < bins; split++)
    for (const above of [true, false]) {
      const chosen = count.map((_, b) => +(b >= split === above));
      const sum = chosen.reduce((total, one, b) => total + one * sign * residual[b], 0);
      low = Math.max(low, sum - z * Math.sqrt(linearVariance(statistics, chosen)));
    }
  const high = value + signedReach(statistics, studentQuantile(1 - tail, units - 1), 0);
  return [Math.min(value, low / n), high];
}
