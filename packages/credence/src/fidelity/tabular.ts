import type { Estimate } from "../estimate/estimate.js";
import { halfSampleStrata } from "../estimate/halfSampleStrata.js";
import { checkFinite, checkNotEmpty, checkOptions, checkSameLength } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { sortedCopy } from "../numeric/sort.js";
import type { SampleGroups } from "./samples.js";

/** Options of the column comparisons. */
export interface TabularOptions {
  /** false: only the value. Default true. */
  interval?: boolean;
  /** Nominal coverage. Default 0.95. */
  level?: number;
  groups?: SampleGroups;
  seed?: number;
  /** Half samples for the interval. Default 200. */
  resamples?: number;
}

/** A column of categories. */
export type Categories = ArrayLike<string | number | boolean>;

/**
 * KS complement of a numeric column: 1 − the largest distance between the two distribution functions; in [0, 1], 1 is
 * equality. Even two samples of one distribution stay a little below 1. Interval: half samples, around the expected
 * value at these sizes.
 * @throws CredenceError "empty-input", "not-finite", "length-mismatch".
 * @see Kolmogorov–Smirnov; SDMetrics' KSComplement.
 * @example
 * ```ts
 * import { ksComplement } from "credence/fidelity";
 * ksComplement([1, 2, 3, 4], [3, 4, 5, 6], { interval: false }).value; // → 0.5
 * ```
 */
export function ksComplement(
  real: ArrayLike<number>,
  generated: ArrayLike<number>,
  options: TabularOptions = {},
): Estimate {
  checkOptions("ksComplement", options);
  checkNumbers("ksComplement", real, generated);
  return compareColumns(real, generated, ksOf, options);
}

function ksOf(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [sortedCopy(a), sortedCopy(b)];
  let i = 0;
  let j = 0;
  let largest = 0;
  while (i < x.length && j < y.length) {
    const at = Math.min(x[i], y[j]);
    while (i < x.length && x[i] === at) i++;
    while (j < y.length && y[j] === at) j++;
    largest = Math.max(largest, Math.abs(i / x.length - j / y.length));
  }
  return 1 - largest;
}

/**
 * Total-variation complement of a categorical column: 1 − ½ Σ |share − share|; in [0, 1], 1 is equality.
 * @throws CredenceError "empty-input", "length-mismatch".
 * @see SDMetrics' TVComplement.
 * @example
 * ```ts
 * import { tvComplement } from "credence/fidelity";
 * tvComplement(["a", "a", "b", "b"], ["a", "a", "a", "b"], { interval: false }).value; // → 0.75
 * ```
 */
export function tvComplement(
  real: Categories,
  generated: Categories,
  options: TabularOptions = {},
): Estimate {
  const fn = "tvComplement";
  checkOptions(fn, options);
  checkNotEmpty(fn, "real", real);
  checkNotEmpty(fn, "generated", generated);
  return compareColumns(real, generated, overlapOf, options);
}

/** Σ min(share, share) = 1 − total variation distance. */
function overlapOf<T>(a: readonly T[], b: readonly T[]): number {
  const shares = new Map<T, number>();
  for (const value of a) shares.set(value, (shares.get(value) ?? 0) + 1 / a.length);
  const others = new Map<T, number>();
  for (const value of b) others.set(value, (others.get(value) ?? 0) + 1 / b.length);
  let overlap = 0;
  for (const [value, share] of shares) overlap += Math.min(share, others.get(value) ?? 0);
  return overlap;
}

/**
 * Correlation similarity of two numeric columns: 1 − |ρ real − ρ generated| / 2; in [0, 1]. A column that does not vary
 * has no correlation: refused.
 * @throws CredenceError "empty-input", "not-finite", "length-mismatch", "out-of-range" for a constant column.
 * @see SDMetrics' CorrelationSimilarity (Pearson).
 * @example
 * ```ts
 * import { correlationSimilarity } from "credence/fidelity";
 * correlationSimilarity([[1, 2, 3], [1, 2, 3]], [[1, 2, 3], [3, 2, 1]], { interval: false }).value; // → 0
 * ```
 */
export function correlationSimilarity(
  real: readonly [ArrayLike<number>, ArrayLike<number>],
  generated: readonly [ArrayLike<number>, ArrayLike<number>],
  options: TabularOptions = {},
): Estimate {
  const fn = "correlationSimilarity";
  checkOptions(fn, options);
  for (const [argument, pair] of [
    ["real", real],
    ["generated", generated],
  ] as const) {
    checkSameLength(fn, argument, pair, "the two columns", { length: 2 });
    checkNotEmpty(fn, `${argument}[0]`, pair[0]);
    checkSameLength(fn, `${argument}[1]`, pair[1], `${argument}[0]`, pair[0]);
    for (const column of pair) {
      checkFinite(fn, argument, column);
      if (Array.from(column).every((x) => x === column[0]))
        throw new CredenceError(
          "out-of-range",
          { function: fn, argument, value: column[0] },
          "a column that holds one value only has no correlation.",
        );
    }
  }
  return compareColumns(
    pairs(real),
    pairs(generated),
    (a, b) => 1 - Math.abs(correlation(a) - correlation(b)) / 2,
    options,
  );
}

function correlation(points: readonly (readonly [number, number])[]): number {
  const n = points.length;
  let [mx, my] = [0, 0];
  for (const [x, y] of points) {
    mx += x / n;
    my += y / n;
  }
  let [xx, xy, yy] = [0, 0, 0];
  for (const [x, y] of points) {
    xx += (x - mx) ** 2;
    xy += (x - mx) * (y - my);
    yy += (y - my) ** 2;
  }
  return xy / Math.sqrt(xx * yy);
}

/**
 * Contingency similarity of two categorical columns: 1 − the total variation distance of their joint shares; in [0, 1].
 * @throws CredenceError "empty-input", "length-mismatch".
 * @see SDMetrics' ContingencySimilarity.
 * @example
 * ```ts
 * import { contingencySimilarity } from "credence/fidelity";
 * contingencySimilarity([["a", "b"], ["x", "y"]], [["a", "b"], ["x", "x"]], { interval: false }).value; // → 0.5
 * ```
 */
export function contingencySimilarity(
  real: readonly [Categories, Categories],
  generated: readonly [Categories, Categories],
  options: TabularOptions = {},
): Estimate {
  const fn = "contingencySimilarity";
  checkOptions(fn, options);
  for (const [argument, pair] of [
    ["real", real],
    ["generated", generated],
  ] as const) {
    checkSameLength(fn, argument, pair, "the two columns", { length: 2 });
    checkNotEmpty(fn, `${argument}[0]`, pair[0]);
    checkSameLength(fn, `${argument}[1]`, pair[1], `${argument}[0]`, pair[0]);
  }
  const joined = (pair: readonly [Categories, Categories]) =>
    pairs(pair).map((values) => JSON.stringify(values));
  return compareColumns(joined(real), joined(generated), overlapOf, options);
}

function pairs<T>([a, b]: readonly [ArrayLike<T>, ArrayLike<T>]): [T, T][] {
  return Array.from({ length: a.length }, (_, i) => [a[i], b[i]]);
}

/** A comparison of two columns with an interval from half samples. */
function compareColumns<T>(
  real: ArrayLike<T>,
  generated: ArrayLike<T>,
  compare: (a: T[], b: T[]) => number,
  options: TabularOptions,
): Estimate {
  const { groups = {}, resamples = 200 } = options;
  const [estimate] = halfSampleStrata(
    [
      { rows: real.length, groups: groups.real },
      { rows: generated.length, groups: groups.generated },
    ],
    ([a, b]) => [
      compare(
        Array.from(a, (i) => real[i]),
        Array.from(b, (i) => generated[i]),
      ),
    ],
    { ...options, resamples },
  );
  return estimate;
}

function checkNumbers(fn: string, real: ArrayLike<number>, generated: ArrayLike<number>): void {
  for (const [argument, values] of [
    ["real", real],
    ["generated", generated],
  ] as const) {
    checkNotEmpty(fn, argument, values);
    checkFinite(fn, argument, values);
  }
}
