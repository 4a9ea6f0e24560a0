import { checkOneOf, checkOpenUnit, checkOptions, checkProbabilities } from "../numeric/check.js";
import { argsort } from "../numeric/sort.js";

/** Options of {@link benjaminiHochberg}. */
export interface FalseDiscoveryOptions {
  /**
   * "positive": independent or positively dependent p-values (Benjamini & Hochberg 1995; conformal p-values against one
   * calibration set are such, Bates et al. 2023). "any": any dependence, at the price of a factor Σ 1/i (Benjamini &
   * Yekutieli 2001). Default "positive".
   */
  dependence?: "positive" | "any";
}

/** Which hypotheses are rejected. */
export interface Discoveries {
  /** Indices of the rejected hypotheses, ascending. */
  readonly rejected: number[];
  /** The smallest false discovery rate at which each hypothesis would be rejected. */
  readonly adjusted: Float64Array;
}

/**
 * Benjamini–Hochberg: rejects as many hypotheses as possible while the expected share of false rejections stays at most
 * `rate`.
 * @param rate The allowed false discovery rate, in (0, 1).
 * @throws CredenceError "not-a-probability", "out-of-range", "unknown-option".
 * @example
 * ```ts
 * import { benjaminiHochberg } from "credence/conformal";
 * benjaminiHochberg([0.01, 0.9, 0.02, 0.3], 0.1).rejected; // → [0, 2]
 * ```
 */
export function benjaminiHochberg(
  pValues: ArrayLike<number>,
  rate: number,
  options: FalseDiscoveryOptions = {},
): Discoveries {
  const fn = "benjaminiHochberg";
  checkOptions(fn, options);
  const { dependence = "positive" } = options;
  checkOpenUnit(fn, "rate", rate);
  checkProbabilities(fn, "pValues", pValues);
  checkOneOf(fn, "dependence", dependence, ["positive", "any"]);
  const m = pValues.length;
  let factor = 1;
  if (dependence === "any") for (let i = 2; i <= m; i++) factor += 1 / i;
  const order = argsort(pValues);
  const adjusted = new Float64Array(m);
  let least = 1;
  for (let i = m - 1; i >= 0; i--) {
    least = Math.min(least, pValues[order[i]] * ((m * factor) / (i + 1)));
    adjusted[order[i]] = least;
  }
  const rejected: number[] = [];
  // p ≤ rate · i/m in floating point: a hair of slack keeps p-values of the form k/(n+1) on the right side.
  adjusted.forEach((q, i) => {
    if (q <= rate * (1 + 1e-12)) rejected.push(i);
  });
  return { rejected, adjusted };
}
