import { meanEstimate } from "../estimate/delta.js";
import type { Estimate, EstimateOptions } from "../estimate/estimate.js";
import { checkFinite, checkNotEmpty, checkOptions } from "../numeric/check.js";
import { requireThat } from "./rowScores.js";

/**
 * Sharpness: the root mean square of the predicted standard deviations, in the unit of the observation. It belongs to
 * the forecasts alone: sharper is better only among calibrated ones (Gneiting, Balabdaoui & Raftery 2007).
 * @throws CredenceError "empty-input", "not-finite", "out-of-range" for a negative sd.
 * @example
 * ```ts
 * import { sharpness } from "credence/forecast";
 * sharpness([1, 7], { interval: false }).value; // → 5
 * ```
 */
export function sharpness(sd: ArrayLike<number>, options: EstimateOptions = {}): Estimate {
  const fn = "sharpness";
  checkOptions(fn, options);
  checkNotEmpty(fn, "sd", sd);
  checkFinite(fn, "sd", sd);
  const variances = Float64Array.from({ length: sd.length }, (_, i) => {
    requireThat(fn, `sd[${i}]`, sd[i], sd[i] >= 0, "must not be negative.");
    return sd[i] * sd[i];
  });
  const mean = meanEstimate(variances, options, fn);
  return {
    ...mean,
    value: Math.sqrt(mean.value),
    // A mean of squares cannot be negative.
    interval: mean.interval && [Math.sqrt(Math.max(mean.interval[0], 0)), Math.sqrt(mean.interval[1])],
  };
}
