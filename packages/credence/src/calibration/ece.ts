import { type Estimate, type EstimateOptions, levelOf, pointEstimate } from "../estimate/estimate.js";
import type { BinningOptions } from "../numeric/bins.js";
import type { Outcomes } from "../numeric/check.js";
import { checkFields, checkList, checkOptions } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { type BinStatistics, binStatistics } from "./binStatistics.js";
import { checkNorm, debiasedError, type Norm, pluginError } from "./calibrationError.js";
import { calibrationErrorInterval } from "./calibrationErrorInterval.js";

/** Options of the binned calibration errors. */
export interface CalibrationErrorOptions extends BinningOptions, EstimateOptions {
  /** How the gaps of the bins become one number. Default "l1", the expected calibration error. */
  norm?: Norm;
  /**
   * Take the part off that is sampling noise (Kumar, Liang & Ma 2019); for "l1" and "l2". "l2" is floored at 0; "l1", twice
   * the error minus its mean under normal noise in every bin (exact, where the paper resamples), may fall below 0.
   * Default false.
   */
  debias?: boolean;
}

/**
 * The expected calibration error (Naeini et al. 2015; Guo et al. 2017): the mean over bins, weighted by their rows, of
 * |frequency − mean confidence|; with other norms the root mean square or the largest gap. 0 is perfect, 1 the worst.
 * Empty bins are skipped. Default: 15 equal-width bins (a, b], the first one [a, b].
 *
 * The interval is for the population error with these bins. It holds where the model is calibrated or gaps are zero
 * too, where bootstrap intervals fail, and reaches 0 unless the sample rules calibration out; bins that hold no rows,
 * and where equal-mass bins end, are taken as given.
 * @param confidences Probabilities in [0, 1], one per row.
 * @param outcomes 1 or true where the event happened, one per row.
 * @throws CredenceError "empty-input", "length-mismatch", "not-a-probability", "not-finite", "not-binary",
 *   "out-of-range" (bins, level), "unknown-option".
 * @example
 * ```ts
 * import { expectedCalibrationError } from "credence/calibration";
 * const error = expectedCalibrationError([0.9, 0.9, 0.9, 0.9], [1, 1, 0, 1], { interval: false });
 * error.value; // → 0.15
 * ```
 */
export function expectedCalibrationError(
  confidences: ArrayLike<number>,
  outcomes: Outcomes,
  options: CalibrationErrorOptions = {},
): Estimate {
  const fn = "expectedCalibrationError";
  checkOptions(fn, options);
  return calibrationErrorOf(fn, binStatistics(fn, confidences, outcomes, options), options);
}

/** The binned calibration error of rows already gathered by `binStatistics`; see there for an example. */
export function calibrationErrorOf(
  fn: string,
  statistics: BinStatistics,
  options: CalibrationErrorOptions,
): Estimate {
  checkOptions(fn, options);
  checkFields(fn, "statistics", statistics);
  checkList(fn, "statistics.count", statistics.count);
  const { norm = "l1", debias = false, interval } = options;
  checkNorm(fn, norm, debias);
  const level = levelOf(fn, options);
  const { n, clusters } = statistics;
  const value = debias && norm !== "max" ? debiasedError(statistics, norm) : pluginError(statistics, norm);
  if (interval === false) return pointEstimate(value, level, n);
  // The region's cost grows with the square of the bins.
  if (statistics.count.length > 1000)
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument: "bins", value: statistics.count.length },
      "an interval is made for at most 1000 bins; take fewer, or interval: false.",
    );
  const found = calibrationErrorInterval(statistics, norm, level);
  // The debiased value estimates the same error; it may fall below what the region allows.
  const low = Math.min(found.interval[0], value);
  const estimate = { value, interval: [low, found.interval[1]] as const, level, method: found.method, n };
  return clusters ? { ...estimate, groups: clusters.count } : estimate;
}

/** The name in common use for {@link expectedCalibrationError}. */
export const ece = expectedCalibrationError;

/**
 * The maximum calibration error: the largest gap |frequency − mean confidence| of any bin that holds rows.
 * @throws CredenceError as {@link expectedCalibrationError}.
 * @example
 * ```ts
 * import { maximumCalibrationError } from "credence/calibration";
 * maximumCalibrationError([0.2, 0.2, 0.9], [0, 0, 1]).value; // → 0.2
 * ```
 */
export function maximumCalibrationError(
  confidences: ArrayLike<number>,
  outcomes: Outcomes,
  options: Omit<CalibrationErrorOptions, "norm" | "debias"> = {},
): Estimate {
  const fn = "maximumCalibrationError";
  checkOptions(fn, options);
  const statistics = binStatistics(fn, confidences, outcomes, options);
  return calibrationErrorOf(fn, statistics, { ...options, norm: "max", debias: false });
}
