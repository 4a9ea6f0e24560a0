import { meanEstimate } from "../estimate/delta.js";
import type { Estimate, EstimateOptions } from "../estimate/estimate.js";
import { checkNotEmpty, checkOptions } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { type Column, type RowScores, requireThat, rowScores } from "./rowScores.js";

/**
 * Logarithmic score: the mean of −ln f(y), in nats, lower is better. +∞ where an observation had density 0.
 * @param logDensities ln f(y), the forecast's log density (or log mass) at each observation.
 * @throws CredenceError "empty-input", "not-finite" for NaN and +∞.
 * @example
 * ```ts
 * import { logScore } from "credence/forecast";
 * logScore([Math.log(0.5), Math.log(0.25)]).value; // → 1.0397
 * ```
 */
export function logScore(logDensities: ArrayLike<number>, options: EstimateOptions = {}): Estimate {
  const fn = "logScore";
  checkOptions(fn, options);
  checkNotEmpty(fn, "logDensities", logDensities);
  let impossible = false;
  for (let i = 0; i < logDensities.length; i++) {
    if (logDensities[i] === -Infinity) impossible = true;
    else if (!Number.isFinite(logDensities[i]))
      throw new CredenceError(
        "not-finite",
        { function: fn, argument: "logDensities", index: i, value: logDensities[i] },
        "a log density below +∞ is needed.",
      );
  }
  if (impossible) {
    const { level } = meanEstimate([0], { ...options, groups: undefined }, fn);
    const interval = options.interval === false ? null : ([-Infinity, Infinity] as const);
    return { value: Infinity, interval, level, method: "none", n: logDensities.length };
  }
  return meanEstimate(
    Float64Array.from(logDensities as ArrayLike<number>, (x) => -x),
    options,
    fn,
  );
}

/**
 * Logarithmic score of normal forecasts: ln σ + ½ ln 2π + z²/2. Numbers give a number; lists the mean as an Estimate.
 * @throws CredenceError "not-finite", "length-mismatch", "out-of-range" for sd ≤ 0.
 * @example
 * ```ts
 * import { logScoreGaussian } from "credence/forecast";
 * logScoreGaussian(0, 1, 0); // → 0.9189
 * ```
 */
export function logScoreGaussian<M extends Column, S extends Column, Y extends Column>(
  mean: M,
  sd: S,
  observed: Y,
  options: EstimateOptions = {},
): RowScores<[M, S, Y]> {
  const fn = "logScoreGaussian";
  checkOptions(fn, options);
  const score = (m: number, s: number, y: number) => {
    requireThat(fn, "sd", s, s > 0, "must be positive.");
    return Math.log(s) + 0.5 * Math.log(2 * Math.PI) + ((y - m) / s) ** 2 / 2;
  };
  return rowScores(fn, ["mean", "sd", "observed"], [mean, sd, observed] as [M, S, Y], score, options);
}
