import { checkNotEmpty, checkOptions } from "../numeric/check.js";
import { type Groups, groupCodes } from "../numeric/groups.js";
import { createRandom } from "../numeric/random.js";
import { argsort, sortedCopy } from "../numeric/sort.js";
import { checkOrdered } from "./quantile.js";

/** Options of {@link conformalPValues}. */
export interface ConformalPValueOptions {
  /**
   * Breaks ties at random, seeded: the p-value is then exactly uniform, P(p ≤ t) = t; without, P(p ≤ t) ≤ t. Default
   * false.
   */
  smoothed?: boolean;
  /** Seed of the smoothing. Default 0. */
  seed?: number;
  /** A cluster id per calibration score: each group then counts once. */
  groups?: Groups;
}

/**
 * Conformal p-values: how strange each test score is among the calibration scores, (1 + #{calibration ≥ test})/(n + 1).
 * Smoothed: (#{>} + u (1 + #{=}))/(n + 1). O((n + m) log n).
 * @param calibration Non-conformity scores, larger is stranger.
 * @param test Scores of new rows.
 * @throws CredenceError "empty-input", "not-finite" for NaN, "length-mismatch".
 * @see Vovk, Gammerman & Shafer 2005; Bates et al. 2023.
 * @example
 * ```ts
 * import { conformalPValues } from "credence/conformal";
 * Array.from(conformalPValues([1, 2, 3, 4], [3.5, 9])); // → [0.4, 0.2]
 * ```
 */
export function conformalPValues(
  calibration: ArrayLike<number>,
  test: ArrayLike<number>,
  options: ConformalPValueOptions = {},
): Float64Array {
  const fn = "conformalPValues";
  checkOptions(fn, options);
  const { smoothed = false, seed = 0, groups } = options;
  checkNotEmpty(fn, "calibration", calibration);
  checkOrdered(fn, "calibration", calibration);
  checkOrdered(fn, "test", test);
  const { sorted, massAtLeast, units } = ordered(fn, calibration, groups);
  const random = createRandom(seed);
  return Float64Array.from({ length: test.length }, (_, i) => {
    const atLeast = massAtLeast(firstAbove(sorted, test[i], true));
    if (!smoothed) return (1 + atLeast) / (units + 1);
    const above = massAtLeast(firstAbove(sorted, test[i], false));
    return (above + random.uniform() * (1 + atLeast - above)) / (units + 1);
  });
}

/** The scores ascending, and the weight of those from an index on: rows count 1, or 1/size within a group. */
function ordered(fn: string, calibration: ArrayLike<number>, groups?: Groups) {
  const n = calibration.length;
  if (!groups) return { sorted: sortedCopy(calibration), massAtLeast: (i: number) => n - i, units: n };
  const { codes, count } = groupCodes(fn, groups, calibration, "calibration");
  const sizes = new Float64Array(count);
  for (let i = 0; i < n; i++) sizes[codes[i]]++;
  const order = argsort(calibration);
  const tail = new Float64Array(n + 1);
  for (let i = n - 1; i >= 0; i--) tail[i] = tail[i + 1] + 1 / sizes[codes[order[i]]];
  const sorted = Float64Array.from(order, (i) => calibration[i]);
  return { sorted, massAtLeast: (i: number) => tail[i], units: count };
}

/** The first index whose value is above x (at least x with `orEqual`). */
export function firstAbove(sorted: ArrayLike<number>, x: number, orEqual: boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (orEqual ? sorted[middle] >= x : sorted[middle] > x) high = middle;
    else low = middle + 1;
  }
  return low;
}
