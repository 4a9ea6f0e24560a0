import { bootstrap } from "../estimate/bootstrap.js";
import type { Estimate, EstimateOptions } from "../estimate/estimate.js";
import { checkCount, checkFinite, checkNotEmpty, checkOptions, checkSameLength } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { argsort } from "../numeric/sort.js";
import { requireThat } from "./rowScores.js";

/** Options of {@link expectedNormalisedCalibrationError}. */
export interface EnceOptions extends EstimateOptions {
  /** Number of bins of (nearly) equal size along the predicted sd. Default 10. */
  bins?: number;
  /** Bootstrap resamples of the interval. Default 500. */
  resamples?: number;
}

/**
 * Expected normalised calibration error (Levi et al. 2022): rows sorted by predicted sd and cut into bins of equal size;
 * the mean over bins of |root mean variance − root mean squared error| / root mean variance. Positive even for
 * calibrated forecasts (about √(1/(2·bin size))·0.8): compare it with that, not with 0. The interval is a percentile
 * bootstrap and inherits that bias.
 * @throws CredenceError "empty-input", "length-mismatch", "not-finite", "out-of-range" for sd ≤ 0, "too-few" where there
 * are more bins than rows.
 * @example
 * ```ts
 * import { ence } from "credence/forecast";
 * ence([0, 0, 0, 0], [1, 1, 2, 2], [1, -1, 4, -4], { bins: 2, interval: false }).value; // → 0.5
 * ```
 */
export function expectedNormalisedCalibrationError(
  mean: ArrayLike<number>,
  sd: ArrayLike<number>,
  observed: ArrayLike<number>,
  options: EnceOptions = {},
): Estimate {
  const fn = "expectedNormalisedCalibrationError";
  checkOptions(fn, options);
  const { bins = 10, resamples = 500 } = options;
  checkCount(fn, "bins", bins);
  checkNotEmpty(fn, "mean", mean);
  checkSameLength(fn, "sd", sd, "mean", mean);
  checkSameLength(fn, "observed", observed, "mean", mean);
  for (const [name, values] of [
    ["mean", mean],
    ["sd", sd],
    ["observed", observed],
  ] as const)
    checkFinite(fn, name, values);
  const n = mean.length;
  if (bins > n)
    throw new CredenceError(
      "too-few",
      { function: fn, argument: "bins", value: bins },
      `there are only ${n} rows; ask for fewer bins.`,
    );
  for (let i = 0; i < n; i++) requireThat(fn, `sd[${i}]`, sd[i], sd[i] > 0, "must be positive.");
  const statistic = (rows: Int32Array) => {
    const spreads = Float64Array.from(rows, (i) => sd[i]);
    const order = argsort(spreads);
    let sum = 0;
    for (let b = 0; b < bins; b++) {
      const from = Math.floor((b * rows.length) / bins);
      const until = Math.floor(((b + 1) * rows.length) / bins);
      let variances = 0;
      let errors = 0;
      for (let k = from; k < until; k++) {
        const i = rows[order[k]];
        variances += sd[i] ** 2;
        errors += (observed[i] - mean[i]) ** 2;
      }
      sum += Math.abs(1 - Math.sqrt(errors / variances));
    }
    return sum / bins;
  };
  return bootstrap(n, statistic, { ...options, resamples, kind: "percentile" });
}

/** The usual short name of {@link expectedNormalisedCalibrationError}. */
export const ence = expectedNormalisedCalibrationError;
