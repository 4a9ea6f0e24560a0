import type { EstimateOptions } from "../estimate/estimate.js";
import { checkOptions } from "../numeric/check.js";
import { betaCdf, gammaCdf, logGamma, normalCdf, studentCdf } from "../numeric/special.js";
import { type Column, type RowScores, requireThat, rowScores } from "./rowScores.js";

// Closed forms as collected by Jordan, Krüger & Lerch (2019), "Evaluating probabilistic forecasts with scoringRules".

const logBeta = (a: number, b: number) => logGamma(a) + logGamma(b) - logGamma(a + b);

/**
 * CRPS of a logistic forecast with the given location and scale > 0.
 * Numbers give a number; lists give the mean as an Estimate.
 * @throws CredenceError "not-finite", "length-mismatch", "out-of-range" for a parameter outside the family.
 * @example
 * ```ts
 * import { crpsLogistic } from "credence/forecast";
 * crpsLogistic(0, 1, 0); // → 0.3863
 * ```
 */
export function crpsLogistic<L extends Column, S extends Column, Y extends Column>(
  location: L,
  scale: S,
  observed: Y,
  options: EstimateOptions = {},
): RowScores<[L, S, Y]> {
  const fn = "crpsLogistic";
  checkOptions(fn, options);
  const names = ["location", "scale", "observed"];
  const score = (m: number, s: number, y: number) => {
    requireThat(fn, "scale", s, s > 0, "must be positive.");
    const z = Math.abs((y - m) / s);
    return s * (z + 2 * Math.log1p(Math.exp(-z)) - 1);
  };
  return rowScores(fn, names, [location, scale, observed] as [L, S, Y], score, options);
}

/**
 * CRPS of a Laplace forecast with the given location and scale > 0.
 * Numbers give a number; lists give the mean as an Estimate.
 * @throws CredenceError "not-finite", "length-mismatch", "out-of-range" for a parameter outside the family.
 * @example
 * ```ts
 * import { crpsLaplace } from "credence/forecast";
 * crpsLaplace(0, 1, 0); // → 0.2500
 * ```
 */
export function crpsLaplace<L extends Column, S extends Column, Y extends Column>(
  location: L,
  scale: S,
  observed: Y,
  options: EstimateOptions = {},
): RowScores<[L, S, Y]> {
  const fn = "crpsLaplace";
  checkOptions(fn, options);
  const names = ["location", "scale", "observed"];
  const score = (m: number, s: number, y: number) => {
    requireThat(fn, "scale", s, s > 0, "must be positive.");
    const z = Math.abs((y - m) / s);
    return s * (z + Math.exp(-z) - 0.75);
  };
  return rowScores(fn, names, [location, scale, observed] as [L, S, Y], score, options);
}

/**
 * CRPS of a Student t forecast with df > 1 degrees of freedom, location and scale > 0.
 * Numbers give a number; lists give the mean as an Estimate.
 * @throws CredenceError "not-finite", "length-mismatch", "out-of-range" for a parameter outside the family.
 * @example
 * ```ts
 * import { crpsStudent } from "credence/forecast";
 * crpsStudent(5, 0, 1, 0); // → 0.2570
 * ```
 */
export function crpsStudent<D extends Column, L extends Column, S extends Column, Y extends Column>(
  df: D,
  location: L,
  scale: S,
  observed: Y,
  options: EstimateOptions = {},
): RowScores<[D, L, S, Y]> {
  const fn = "crpsStudent";
  checkOptions(fn, options);
  const names = ["df", "location", "scale", "observed"];
  const score = (v: number, m: number, s: number, y: number) => {
    requireThat(fn, "df", v, v > 1, "must be above 1, or the score is infinite.");
    requireThat(fn, "scale", s, s > 0, "must be positive.");
    const z = (y - m) / s;
    const density = Math.exp(
      -0.5 * Math.log(v) - logBeta(0.5, v / 2) - ((v + 1) / 2) * Math.log1p((z * z) / v),
    );
    const spread = ((2 * Math.sqrt(v)) / (v - 1)) * Math.exp(logBeta(0.5, v - 0.5) - 2 * logBeta(0.5, v / 2));
    return s * (z * (2 * studentCdf(z, v) - 1) + (2 * density * (v + z * z)) / (v - 1) - spread);
  };
  return rowScores(fn, names, [df, location, scale, observed] as [D, L, S, Y], score, options);
}

/**
 * CRPS of a log-normal forecast: ln Y has mean `logMean` and standard deviation `logSd` > 0.
 * Numbers give a number; lists give the mean as an Estimate.
 * @throws CredenceError "not-finite", "length-mismatch", "out-of-range" for a parameter outside the family.
 * @example
 * ```ts
 * import { crpsLognormal } from "credence/forecast";
 * crpsLognormal(0, 1, 1); // → 0.2674
 * ```
 */
export function crpsLognormal<M extends Column, S extends Column, Y extends Column>(
  logMean: M,
  logSd: S,
  observed: Y,
  options: EstimateOptions = {},
): RowScores<[M, S, Y]> {
  const fn = "crpsLognormal";
  checkOptions(fn, options);
  const names = ["logMean", "logSd", "observed"];
  const score = (m: number, s: number, y: number) => {
    requireThat(fn, "logSd", s, s > 0, "must be positive.");
    const z = y > 0 ? (Math.log(y) - m) / s : -Infinity;
    const beyond = y > 0 ? normalCdf(z - s) : 0;
    const below = y > 0 ? normalCdf(z) : 0;
    return y * (2 * below - 1) - 2 * Math.exp(m + (s * s) / 2) * (beyond - normalCdf(-s / Math.SQRT2));
  };
  return rowScores(fn, names, [logMean, logSd, observed] as [M, S, Y], score, options);
}

/**
 * CRPS of a gamma forecast with shape > 0 and rate > 0 (mean shape/rate).
 * Numbers give a number; lists give the mean as an Estimate.
 * @throws CredenceError "not-finite", "length-mismatch", "out-of-range" for a parameter outside the family.
 * @example
 * ```ts
 * import { crpsGamma } from "credence/forecast";
 * crpsGamma(2, 1, 2); // → 0.3327
 * ```
 */
export function crpsGamma<A extends Column, B extends Column, Y extends Column>(
  shape: A,
  rate: B,
  observed: Y,
  options: EstimateOptions = {},
): RowScores<[A, B, Y]> {
  const fn = "crpsGamma";
  checkOptions(fn, options);
  const score = (a: number, b: number, y: number) => {
    requireThat(fn, "shape", a, a > 0, "must be positive.");
    requireThat(fn, "rate", b, b > 0, "must be positive.");
    const below = gammaCdf(b * y, a);
    const next = gammaCdf(b * y, a + 1);
    return y * (2 * below - 1) - (a / b) * (2 * next - 1) - Math.exp(-logBeta(0.5, a)) / b;
  };
  return rowScores(fn, ["shape", "rate", "observed"], [shape, rate, observed] as [A, B, Y], score, options);
}

/**
 * CRPS of a beta forecast with parameters a, b > 0 on [0, 1].
 * Numbers give a number; lists give the mean as an Estimate.
 * @throws CredenceError "not-finite", "length-mismatch", "out-of-range" for a parameter outside the family.
 * @example
 * ```ts
 * import { crpsBeta } from "credence/forecast";
 * crpsBeta(2, 2, 0.5); // → 0.0589
 * ```
 */
export function crpsBeta<A extends Column, B extends Column, Y extends Column>(
  a: A,
  b: B,
  observed: Y,
  options: EstimateOptions = {},
): RowScores<[A, B, Y]> {
  const fn = "crpsBeta";
  checkOptions(fn, options);
  const score = (p: number, q: number, y: number) => {
    requireThat(fn, "a", p, p > 0, "must be positive.");
    requireThat(fn, "b", q, q > 0, "must be positive.");
    const spread = (2 / p) * Math.exp(logBeta(2 * p, 2 * q) - 2 * logBeta(p, q));
    return y * (2 * betaCdf(y, p, q) - 1) + (p / (p + q)) * (1 - 2 * betaCdf(y, p + 1, q) - spread);
  };
  return rowScores(fn, ["a", "b", "observed"], [a, b, observed] as [A, B, Y], score, options);
}

/**
 * CRPS of an exponential forecast with the given rate > 0.
 * Numbers give a number; lists give the mean as an Estimate.
 * @throws CredenceError "not-finite", "length-mismatch", "out-of-range" for a parameter outside the family.
 * @example
 * ```ts
 * import { crpsExponential } from "credence/forecast";
 * crpsExponential(1, 1); // → 0.2358
 * ```
 */
export function crpsExponential<R extends Column, Y extends Column>(
  rate: R,
  observed: Y,
  options: EstimateOptions = {},
): RowScores<[R, Y]> {
  const fn = "crpsExponential";
  checkOptions(fn, options);
  const score = (r: number, y: number) => {
    requireThat(fn, "rate", r, r > 0, "must be positive.");
    return Math.abs(y) - (y > 0 ? (-2 * Math.expm1(-r * y)) / r : 0) + 0.5 / r;
  };
  return rowScores(fn, ["rate", "observed"], [rate, observed] as [R, Y], score, options);
}

/**
 * CRPS of a uniform forecast on [low, high].
 * Numbers give a number; lists give the mean as an Estimate.
 * @throws CredenceError "not-finite", "length-mismatch", "out-of-range" for a parameter outside the family.
 * @example
 * ```ts
 * import { crpsUniform } from "credence/forecast";
 * crpsUniform(0, 1, 0.5); // → 0.0833
 * ```
 */
export function crpsUniform<L extends Column, H extends Column, Y extends Column>(
  low: L,
  high: H,
  observed: Y,
  options: EstimateOptions = {},
): RowScores<[L, H, Y]> {
  const fn = "crpsUniform";
  checkOptions(fn, options);
  const score = (l: number, h: number, y: number) => {
    requireThat(fn, "high", h, h > l, "must be above low.");
    const x = (y - l) / (h - l);
    const inside = Math.min(Math.max(x, 0), 1);
    return (h - l) * (Math.abs(x - inside) + inside * inside - inside + 1 / 3);
  };
  return rowScores(fn, ["low", "high", "observed"], [low, high, observed] as [L, H, Y], score, options);
}
