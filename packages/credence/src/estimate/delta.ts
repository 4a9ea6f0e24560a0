import { checkFinite, checkNotEmpty, checkOptions } from "../numeric/check.js";
import { groupCodes } from "../numeric/groups.js";
import { studentQuantile } from "../numeric/special.js";
import { type Estimate, type EstimateOptions, levelOf, pointEstimate } from "./estimate.js";

/**
 * The variance of a statistic from its influence values: value ≈ truth + mean(influence). With groups the influences
 * are summed within each group first (cluster-robust, CR1: divisor G − 1).
 */
export interface InfluenceVariance {
  /** Standard error of the statistic; NaN with fewer than two independent units. */
  readonly standardError: number;
  /** Independent units: groups, or rows without groups. */
  readonly units: number;
}

/** @param influence One value per row; they are centred here. */
export function influenceVariance(
  fn: string,
  influence: ArrayLike<number>,
  options: EstimateOptions,
): InfluenceVariance {
  checkOptions(fn, options);
  const n = influence.length;
  let center = 0;
  for (let i = 0; i < n; i++) center += influence[i];
  center /= n;
  if (!options.groups) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += (influence[i] - center) ** 2;
    return { standardError: Math.sqrt(sum / (n * (n - 1))), units: n };
  }
  const { codes, count } = groupCodes(fn, options.groups, influence, "rows");
  const totals = new Float64Array(count);
  for (let i = 0; i < n; i++) totals[codes[i]] += influence[i] - center;
  let sum = 0;
  for (let g = 0; g < count; g++) sum += totals[g] ** 2;
  return { standardError: Math.sqrt((sum * count) / (count - 1)) / n, units: count };
}

/**
 * An estimate by the delta method: value ± t · standard error, with Student's t on (units − 1) degrees of freedom.
 * One unit alone says nothing about spread: the interval is then (−∞, ∞), as where the value or an influence is not finite.
 */
export function deltaEstimate(
  fn: string,
  value: number,
  influence: ArrayLike<number>,
  options: EstimateOptions = {},
): Estimate {
  checkOptions(fn, options);
  const level = levelOf(fn, options);
  const n = influence.length;
  if (options.interval === false) return pointEstimate(value, level, n);
  const { standardError, units } = influenceVariance(fn, influence, options);
  const half = units > 1 ? studentQuantile((1 + level) / 2, units - 1) * standardError : Infinity;
  const finite = Number.isFinite(value) && Number.isFinite(half);
  const estimate: Estimate = {
    value,
    interval: finite ? [value - half, value + half] : [-Infinity, Infinity],
    level,
    method: options.groups ? "cluster-delta" : "delta",
    n,
  };
  return options.groups ? { ...estimate, groups: units } : estimate;
}

/**
 * The mean of the values, with a t interval; cluster-robust with groups.
 * @throws CredenceError "empty-input", "not-finite" for a NaN, "length-mismatch", "out-of-range".
 * @example
 * ```ts
 * import { meanEstimate } from "credence/estimate";
 * meanEstimate([1, 2, 3, 4], { level: 0.9 }).value; // → 2.5
 * ```
 */
export function meanEstimate(
  values: ArrayLike<number>,
  options: EstimateOptions = {},
  fn = "meanEstimate",
): Estimate {
  checkOptions(fn, options);
  checkNotEmpty(fn, "values", values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  if (Number.isNaN(sum)) checkFinite(fn, "values", values);
  return deltaEstimate(fn, sum / values.length, values, options);
}
