import type { EstimateOptions } from "../estimate/estimate.js";
import { checkOptions } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { logGamma } from "../numeric/special.js";
import { type Column, type RowScores, requireThat, rowScores } from "./rowScores.js";

/**
 * CRPS of a Poisson forecast with the given mean > 0: Σ (F(k) − 1{k ≥ y})², summed to rounding.
 * Numbers give a number; lists give the mean as an Estimate.
 * @throws CredenceError "not-finite", "length-mismatch", "out-of-range" for a parameter outside the family.
 * @example
 * ```ts
 * import { crpsPoisson } from "credence/forecast";
 * crpsPoisson(3, 2); // → 0.5417
 * ```
 */
export function crpsPoisson<M extends Column, Y extends Column>(
  mean: M,
  observed: Y,
  options: EstimateOptions = {},
): RowScores<[M, Y]> {
  const fn = "crpsPoisson";
  checkOptions(fn, options);
  const score = (m: number, y: number) => {
    requireThat(fn, "mean", m, m > 0, "must be positive.");
    return crpsOfCounts(
      fn,
      (k) => Math.exp(k * Math.log(m) - m - logGamma(k + 1)),
      (k) => m / (k + 1),
      Math.floor(m),
      y,
    );
  };
  return rowScores(fn, ["mean", "observed"], [mean, observed] as [M, Y], score, options);
}

/**
 * CRPS of a negative binomial forecast with the given mean > 0 and size > 0 (variance mean + mean²/size).
 * Numbers give a number; lists give the mean as an Estimate.
 * @throws CredenceError "not-finite", "length-mismatch", "out-of-range" for a parameter outside the family.
 * @example
 * ```ts
 * import { crpsNegativeBinomial } from "credence/forecast";
 * crpsNegativeBinomial(3, 2, 2); // → 0.5885
 * ```
 */
export function crpsNegativeBinomial<M extends Column, S extends Column, Y extends Column>(
  mean: M,
  size: S,
  observed: Y,
  options: EstimateOptions = {},
): RowScores<[M, S, Y]> {
  const fn = "crpsNegativeBinomial";
  checkOptions(fn, options);
  const score = (m: number, r: number, y: number) => {
    requireThat(fn, "mean", m, m > 0, "must be positive.");
    requireThat(fn, "size", r, r > 0, "must be positive.");
    const p = m / (m + r);
    const mass = (k: number) =>
      Math.exp(logGamma(k + r) - logGamma(r) - logGamma(k + 1) + r * Math.log1p(-p) + k * Math.log(p));
    const mode = Math.max(0, Math.floor(((r - 1) * p) / (1 - p)));
    return crpsOfCounts(fn, mass, (k) => ((k + r) / (k + 1)) * p, mode, y);
  };
  return rowScores(fn, ["mean", "size", "observed"], [mean, size, observed] as [M, S, Y], score, options);
}

/** More whole numbers than this are not summed over. */
const MOST_COUNTS = 1e7;

/** Σ over whole k of (F(k) − 1{k ≥ y})², from the mode outwards until nothing is left. */
function crpsOfCounts(
  fn: string,
  mass: (k: number) => number,
  ratio: (k: number) => number,
  mode: number,
  y: number,
): number {
  const lower: number[] = [];
  for (let k = mode, p = mass(mode); k > 0 && p > 1e-20; k--) {
    p /= ratio(k - 1);
    lower.push(p);
    if (lower.length > MOST_COUNTS) throw tooWide(fn);
  }
  const masses = lower.reverse();
  const start = mode - masses.length;
  for (let k = mode, p = mass(mode); p > 1e-20; k++) {
    masses.push(p);
    p *= ratio(k);
    if (masses.length > MOST_COUNTS) throw tooWide(fn);
  }
  let sum = 0;
  let below = 0;
  masses.forEach((p, i) => {
    below += p;
    // Each step [k, k + 1) of the distribution function, cut where the observation falls inside.
    const before = Math.min(Math.max(y - start - i, 0), 1);
    sum += before * below * below + (1 - before) * (1 - below) * (1 - below);
  });
  return sum + Math.max(start - y, 0) + Math.max(y - start - masses.length, 0);
}

const tooWide = (fn: string): CredenceError =>
  new CredenceError(
    "out-of-range",
    { function: fn, argument: "mean" },
    `the forecast spreads over more than ${MOST_COUNTS} counts; use a continuous family with its mean and spread.`,
  );
