import { checkCount, checkList, checkNotEmpty, checkOpenUnit } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { type Groups, groupCodes } from "../numeric/groups.js";
import { argsort, sortedCopy } from "../numeric/sort.js";

/** Where a promise is cut off, and whether it could be kept at all. Everything conformal stands on this one primitive. */
export interface ConformalThreshold {
  /** A new score is inside when it is at most this. +∞: everything is inside, see `reason`. */
  readonly threshold: number;
  /** The allowed rate of misses. */
  readonly alpha: number;
  /** Calibration scores behind it. */
  readonly n: number;
  /** Independent groups behind it, where rows come in clusters. */
  readonly groups?: number;
  /** Why the threshold is infinite and what would help; null where it is finite. */
  readonly reason: string | null;
}

/** The threshold of one category. */
export interface CategoryThreshold extends ConformalThreshold {
  readonly category: number | string;
}

/** Options of {@link conformalThreshold}. */
export interface ConformalQuantileOptions {
  /**
   * A cluster id per score, where rows are not independent: every group then counts once (hierarchical conformal
   * prediction, Lee, Barber & Willett 2023), and the promise is for a row of a new group.
   */
  groups?: Groups;
}

/** x, or the whole number that floating point just missed: 20 · (1 − 0.7) is 6, not 6.000000000000001. */
export function snap(x: number, scale: number): number {
  const nearest = Math.round(x);
  return Math.abs(x - nearest) <= 1e-13 * (scale + 1) ? nearest : x;
}

/**
 * Which order statistic of n calibration scores promises coverage 1 − α: k = ⌈(n + 1)(1 − α)⌉, exact for every α written
 * as a decimal. k = n + 1 means that n is too small.
 * @throws CredenceError "out-of-range" for α outside (0, 1).
 * @example
 * ```ts
 * import { conformalRank } from "credence/conformal";
 * conformalRank(19, 0.7); // → 6
 * ```
 */
export function conformalRank(n: number, alpha: number): number {
  checkCount("conformalRank", "n", n, 0);
  checkOpenUnit("conformalRank", "alpha", alpha);
  return rankOf(n, alpha);
}

/** k for a checked α: n + 1 − ⌊(n + 1)α⌋, which loses nothing for small α. */
export function rankOf(n: number, alpha: number): number {
  return n + 1 - Math.floor(snap((n + 1) * alpha, n));
}

/**
 * The fewest calibration scores with which coverage 1 − α can be promised at all: the least n with ⌈(n+1)(1−α)⌉ ≤ n.
 * @example
 * ```ts
 * import { leastCalibrationSize } from "credence/conformal";
 * leastCalibrationSize(0.1); // → 9
 * ```
 */
export function leastCalibrationSize(alpha: number): number {
  checkOpenUnit("leastCalibrationSize", "alpha", alpha);
  return Math.ceil(snap(1 / alpha, 1 / alpha)) - 1;
}

/**
 * The conformal quantile: the k-th smallest calibration score, k = ⌈(n+1)(1−α)⌉, or +∞ where k > n. A new
 * exchangeable score is at most this with probability ≥ 1 − α (k/(n+1) exactly, where scores are continuous).
 *
 * @param scores Non-conformity scores of the calibration rows, larger is stranger; ±∞ are allowed and are ordered.
 * @param alpha Allowed rate of misses, in (0, 1).
 * @throws CredenceError "empty-input" without scores, "not-finite" for NaN, "out-of-range" for α outside (0, 1).
 * @see Vovk, Gammerman & Shafer 2005; Lei et al. 2018.
 * @example
 * ```ts
 * import { conformalQuantile } from "credence/conformal";
 * conformalQuantile([4, 1, 3, 2, 5, 6, 7, 8, 9], 0.2); // → 8
 * conformalQuantile([4, 1, 3], 0.1) === Infinity; // → true
 * ```
 */
export function conformalQuantile(
  scores: ArrayLike<number>,
  alpha: number,
  options: ConformalQuantileOptions = {},
): number {
  return thresholdOf("conformalQuantile", "scores", scores, alpha, options).threshold;
}

/**
 * {@link conformalQuantile} together with n and, where it is infinite, the reason and the labels still needed.
 * @throws CredenceError as {@link conformalQuantile}; "length-mismatch" where groups do not match.
 * @example
 * ```ts
 * import { conformalThreshold } from "credence/conformal";
 * conformalThreshold([4, 1, 3], 0.1).reason; // → "3 calibration rows cannot promise 90 %: at least 9 are needed, 6 more."
 * ```
 */
export function conformalThreshold(
  scores: ArrayLike<number>,
  alpha: number,
  options: ConformalQuantileOptions = {},
): ConformalThreshold {
  return thresholdOf("conformalThreshold", "scores", scores, alpha, options);
}

/** The threshold, with errors that name the public function that asked for it. */
export function thresholdOf(
  fn: string,
  argument: string,
  scores: ArrayLike<number>,
  alpha: number,
  options: ConformalQuantileOptions = {},
): ConformalThreshold {
  checkOpenUnit(fn, "alpha", alpha);
  checkNotEmpty(fn, argument, scores);
  checkOrdered(fn, argument, scores);
  return options.groups
    ? groupedThreshold(fn, argument, scores, alpha, options.groups)
    : sortedThreshold(sortedCopy(scores), alpha);
}

/** The threshold of scores already ascending; an empty list gives +∞. */
export function sortedThreshold(sorted: ArrayLike<number>, alpha: number): ConformalThreshold {
  const n = sorted.length;
  const k = rankOf(n, alpha);
  const threshold = k > n ? Infinity : sorted[k - 1];
  return { threshold, alpha, n, reason: reasonFor(threshold, n, alpha, "row") };
}

/**
 * The row whose score is the conformal quantile where each group spreads the weight 1/(G + 1) evenly over its rows and the
 * rest sits at +∞; −1 where the quantile lies there.
 */
export function groupedQuantile(
  scores: ArrayLike<number>,
  codes: Int32Array,
  sizes: Float64Array,
  alpha: number,
): number {
  const count = sizes.length;
  const needed = snap((count + 1) * (1 - alpha), count) * (1 - 1e-10);
  let filled = 0;
  for (const i of argsort(scores)) {
    filled += 1 / sizes[codes[i]];
    if (filled >= needed) return i;
  }
  return -1;
}

/** Each group spreads the weight 1/(G+1) evenly over its rows; the weight 1/(G+1) of the new group sits at +∞. */
function groupedThreshold(
  fn: string,
  argument: string,
  scores: ArrayLike<number>,
  alpha: number,
  groups: Groups,
): ConformalThreshold {
  const { codes, count } = groupCodes(fn, groups, scores, argument);
  const sizes = new Float64Array(count);
  for (let i = 0; i < codes.length; i++) sizes[codes[i]]++;
  const at = groupedQuantile(scores, codes, sizes, alpha);
  const threshold = at < 0 ? Infinity : scores[at];
  const n = scores.length;
  return { threshold, alpha, n, groups: count, reason: reasonFor(threshold, count, alpha, "group") };
}

function reasonFor(threshold: number, n: number, alpha: number, unit: string): string | null {
  if (threshold !== Infinity) return null;
  const least = leastCalibrationSize(alpha);
  const promise = `${Number((100 * (1 - alpha)).toPrecision(6))} %`;
  return n < least
    ? `${n} calibration ${n === 1 ? unit : `${unit}s`} cannot promise ${promise}: at least ${least} are needed, ${least - n} more.`
    : `so many calibration scores are infinite that only an infinite threshold promises ${promise}.`;
}

/** Refuses NaN, which has no place in an order; infinities have one. */
export function checkOrdered(fn: string, argument: string, values: ArrayLike<number>): void {
  checkList(fn, argument, values);
  for (let i = 0; i < values.length; i++)
    if (Number.isNaN(values[i]) || typeof values[i] !== "number")
      throw new CredenceError(
        "not-finite",
        { function: fn, argument, index: i, value: values[i] },
        "a number is needed; drop or repair the row.",
      );
}
