import type { EstimateOptions } from "../estimate/estimate.js";
import { checkOptions } from "../numeric/check.js";
import { normalCdf } from "../numeric/special.js";
import { type Column, type RowScores, requireThat, rowScores } from "./rowScores.js";

/** Standard normal density. */
export function normalDensity(z: number): number {
  return Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
}

/**
 * Continuous ranked probability score of normal forecasts: σ [z(2Φ(z) − 1) + 2φ(z) − 1/√π], z = (y − μ)/σ. In the unit
 * of the observation, 0 is perfect, lower is better. Numbers give a number; lists give the mean as an Estimate.
 * @param sd Standard deviation, > 0.
 * @throws CredenceError "not-finite", "length-mismatch", "out-of-range" for sd ≤ 0.
 * @see Gneiting & Raftery 2007.
 * @example
 * ```ts
 * import { crpsGaussian } from "credence/forecast";
 * crpsGaussian(0, 1, 0); // → 0.2337
 * crpsGaussian([0, 0], [1, 1], [0, 1]).value; // → 0.4181
 * ```
 */
export function crpsGaussian<M extends Column, S extends Column, Y extends Column>(
  mean: M,
  sd: S,
  observed: Y,
  options: EstimateOptions = {},
): RowScores<[M, S, Y]> {
  const fn = "crpsGaussian";
  checkOptions(fn, options);
  return rowScores(
    fn,
    ["mean", "sd", "observed"],
    [mean, sd, observed] as [M, S, Y],
    (mu, sigma, y) => {
      requireThat(fn, "sd", sigma, sigma > 0, "must be positive.");
      const z = (y - mu) / sigma;
      return sigma * (z * (2 * normalCdf(z) - 1) + 2 * normalDensity(z) - 1 / Math.sqrt(Math.PI));
    },
    options,
  );
}
