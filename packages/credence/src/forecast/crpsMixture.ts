import { checkNotEmpty, checkSameLength } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { normalCdf } from "../numeric/special.js";
import { normalDensity } from "./crpsGaussian.js";
import { requireThat } from "./rowScores.js";

/** E|X| for X normal: what the mixture's score is made of. */
function meanDistance(mean: number, sd: number): number {
  const z = mean / sd;
  return mean * (2 * normalCdf(z) - 1) + 2 * sd * normalDensity(z);
}

/**
 * CRPS of one forecast that is a mixture of normals, as a deep ensemble of Gaussian regressors gives (Grimit et al.
 * 2006). O(members²).
 * @param weights Default: equal.
 * @throws CredenceError "empty-input", "length-mismatch", "out-of-range", "not-normalised" for weights that do not sum
 * to 1.
 * @example
 * ```ts
 * import { crpsMixture } from "credence/forecast";
 * crpsMixture([0, 0], [1, 1], 0); // → 0.2337
 * ```
 */
export function crpsMixture(
  means: ArrayLike<number>,
  sds: ArrayLike<number>,
  observed: number,
  weights?: ArrayLike<number>,
): number {
  const fn = "crpsMixture";
  checkNotEmpty(fn, "means", means);
  checkSameLength(fn, "sds", sds, "means", means);
  if (weights) checkSameLength(fn, "weights", weights, "means", means);
  const n = means.length;
  const weight = (i: number) => (weights ? weights[i] : 1 / n);
  let total = 0;
  let near = 0;
  let spread = 0;
  for (let i = 0; i < n; i++) {
    requireThat(fn, "sds", sds[i], sds[i] > 0, "must be positive.");
    requireThat(fn, "weights", weight(i), weight(i) >= 0, "must not be negative.");
    total += weight(i);
    near += weight(i) * meanDistance(observed - means[i], sds[i]);
    for (let j = 0; j < n; j++)
      spread += weight(i) * weight(j) * meanDistance(means[i] - means[j], Math.hypot(sds[i], sds[j]));
  }
  if (Math.abs(total - 1) > 1e-6)
    throw new CredenceError(
      "not-normalised",
      { function: fn, argument: "weights", value: total },
      "the weights must sum to 1.",
    );
  return near - spread / 2;
}
