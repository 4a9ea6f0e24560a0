import {
  checkNotEmpty,
  checkOneOf,
  checkOpenUnit,
  checkOptions,
  checkOutcomes,
  type Outcomes,
} from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { type Groups, groupCodes } from "../numeric/groups.js";
import { betaQuantile, normalQuantile, studentQuantile } from "../numeric/special.js";
import { type Estimate, type EstimateOptions, levelOf, pointEstimate } from "./estimate.js";

/** Options of {@link proportionEstimate}. */
export interface ProportionOptions extends EstimateOptions {
  /** "clopper-pearson": exact, never below its level. "wilson": shorter, right on average. Default "clopper-pearson". */
  method?: "clopper-pearson" | "wilson";
}

/**
 * The exact interval of Clopper & Pearson (1934) for a binomial probability: coverage is never below `level`.
 * @param successes Between 0 and `n`; neither needs to be whole (effective sample sizes are not).
 * @throws CredenceError "out-of-range" for successes outside [0, n] or n that is not positive.
 * @example
 * ```ts
 * import { clopperPearson } from "credence/estimate";
 * clopperPearson(0, 59, 0.9)[1]; // → 0.0495
 * ```
 */
export function clopperPearson(successes: number, n: number, level = 0.95): [number, number] {
  checkBinomial("clopperPearson", successes, n);
  checkOpenUnit("clopperPearson", "level", level);
  const tail = (1 - level) / 2;
  return [clopperPearsonLower(successes, n, tail), clopperPearsonUpper(successes, n, tail)];
}

/** The one-sided exact lower bound: the probability is below it with probability at most `delta`. */
export function clopperPearsonLower(successes: number, n: number, delta: number): number {
  checkBinomial("clopperPearsonLower", successes, n);
  checkOpenUnit("clopperPearsonLower", "delta", delta);
  return successes === 0 ? 0 : betaQuantile(delta, successes, n - successes + 1);
}

/** The one-sided exact upper bound: the probability is above it with probability at most `delta`. */
export function clopperPearsonUpper(successes: number, n: number, delta: number): number {
  checkBinomial("clopperPearsonUpper", successes, n);
  checkOpenUnit("clopperPearsonUpper", "delta", delta);
  return successes === n ? 1 : 1 - betaQuantile(delta, n - successes, successes + 1);
}

/**
 * Wilson's (1927) score interval for a binomial probability: close to its level on average over the probability.
 * @param successes Between 0 and `n`; neither needs to be whole.
 * @throws CredenceError "out-of-range" for successes outside [0, n] or n that is not positive.
 */
export function wilson(successes: number, n: number, level = 0.95): [number, number] {
  checkBinomial("wilson", successes, n);
  checkOpenUnit("wilson", "level", level);
  const z2 = normalQuantile((1 + level) / 2) ** 2;
  const center = (successes + z2 / 2) / (n + z2);
  const half = Math.sqrt(z2 * ((successes * (n - successes)) / n + z2 / 4)) / (n + z2);
  // At the ends the formula gives 0 and 1 up to rounding.
  return [successes === 0 ? 0 : center - half, successes === n ? 1 : center + half];
}

function checkBinomial(fn: string, successes: number, n: number): void {
  if (!(Number.isFinite(n) && n > 0))
    throw new CredenceError("out-of-range", { function: fn, argument: "n", value: n }, "must be positive.");
  if (!(Number.isFinite(successes) && successes >= 0 && successes <= n))
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument: "successes", value: successes },
      `must lie between 0 and n = ${n}.`,
    );
}

/**
 * A share (accuracy, coverage, risk) with an interval that stays inside [0, 1].
 *
 * With groups the exact interval is taken at the effective sample size n* = p(1−p)/variance, with the cluster-robust
 * variance and a correction for few groups (Korn & Graubard 1998); n* never exceeds n. Where every outcome is the same
 * the data cannot tell how alike the rows of a group are: the worst is assumed, one piece of information per group
 * (n* = n²/Σ size²). One group alone gives [0, 1].
 * @param outcomes 0 or 1 per row.
 * @throws CredenceError "empty-input", "not-binary", "length-mismatch", "out-of-range".
 * @example
 * ```ts
 * import { proportionEstimate } from "credence/estimate";
 * const accuracy = proportionEstimate([1, 1, 0, 1]);
 * accuracy.value; // → 0.75
 * accuracy.interval; // → [0.1941, 0.9937]
 * ```
 */
export function proportionEstimate(
  outcomes: Outcomes,
  options: ProportionOptions = {},
  fn = "proportionEstimate",
): Estimate {
  checkOptions(fn, options);
  const { groups, method = "clopper-pearson" } = options;
  checkNotEmpty(fn, "outcomes", outcomes);
  checkOutcomes(fn, "outcomes", outcomes);
  checkOneOf(fn, "method", method, ["clopper-pearson", "wilson"]);
  const level = levelOf(fn, options);
  const n = outcomes.length;
  let successes = 0;
  for (let i = 0; i < n; i++) successes += Number(outcomes[i]);
  const value = successes / n;
  if (options.interval === false) return pointEstimate(value, level, n);
  const interval = method === "wilson" ? wilson : clopperPearson;
  if (!groups) return { value, interval: interval(successes, n, level), level, method, n };
  const clusters = clusterMoments(fn, outcomes, groups);
  return {
    value,
    interval: clusteredProportionInterval(successes, n, clusters, level, method),
    level,
    method: `cluster-${method}`,
    n,
    groups: clusters.count,
  };
}

/** What the interval of a clustered share needs to know of its groups (those that hold rows). */
export interface ClusterMoments {
  /** Groups. */
  readonly count: number;
  /** Σ successes² over groups. */
  readonly successSquares: number;
  /** Σ successes · size. */
  readonly products: number;
  /** Σ size². */
  readonly sizeSquares: number;
}

function clusterMoments(fn: string, outcomes: Outcomes, groups: Groups): ClusterMoments {
  const { codes, count } = groupCodes(fn, groups, outcomes, "outcomes");
  const sizes = new Float64Array(count);
  const totals = new Float64Array(count);
  for (let i = 0; i < outcomes.length; i++) {
    sizes[codes[i]]++;
    totals[codes[i]] += Number(outcomes[i]);
  }
  let successSquares = 0;
  let products = 0;
  let sizeSquares = 0;
  for (let g = 0; g < count; g++) {
    successSquares += totals[g] ** 2;
    products += totals[g] * sizes[g];
    sizeSquares += sizes[g] ** 2;
  }
  return { count, successSquares, products, sizeSquares };
}

/** The interval of {@link proportionEstimate} with groups, from sums over the groups. */
export function clusteredProportionInterval(
  successes: number,
  n: number,
  clusters: ClusterMoments,
  level: number,
  method: "clopper-pearson" | "wilson" = "clopper-pearson",
): [number, number] {
  const { count, successSquares, products, sizeSquares } = clusters;
  if (count < 2) return [0, 1];
  const value = successes / n;
  const quantile = (df: number) => studentQuantile((1 + level) / 2, df);
  const fewGroups = (quantile(n - 1) / quantile(count - 1)) ** 2;
  const residualSquares = successSquares - 2 * value * products + value ** 2 * sizeSquares;
  const variance = (Math.max(0, residualSquares) * count) / ((count - 1) * n * n);
  const effective =
    successes > 0 && successes < n
      ? Math.min(n, ((value * (1 - value)) / variance) * fewGroups)
      : ((n * n) / sizeSquares) * fewGroups;
  return (method === "wilson" ? wilson : clopperPearson)(value * effective, effective, level);
}
