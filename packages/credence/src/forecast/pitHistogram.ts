import type { EstimateOptions } from "../estimate/estimate.js";
import { levelOf } from "../estimate/estimate.js";
import { simultaneousLevel } from "../estimate/simultaneous.js";
import { binIndices, createBinning } from "../numeric/bins.js";
import { checkCount, checkNotEmpty, checkOptions } from "../numeric/check.js";
import { groupCodes } from "../numeric/groups.js";
import { cholesky, choleskySolve } from "../numeric/linear.js";
import type { Matrix } from "../numeric/matrix.js";
import { betaCdf, binomialQuantile, chiSquaredSurvival, studentQuantile } from "../numeric/special.js";

/** Options of {@link pitHistogram}. */
export interface PitHistogramOptions extends EstimateOptions {
  /** Number of equal bins. Default 10. */
  bins?: number;
}

/** A test of uniformity. */
export interface UniformityTest {
  /** Null where the data allow no test; the p-value is then 1. */
  readonly statistic: number | null;
  readonly pValue: number;
  readonly method: string;
  /** Why there is no statistic; null where there is one. */
  readonly reason: string | null;
}

/** A PIT histogram with what a calibrated forecast would show. */
export interface PitHistogram {
  /** Bin edges, one more than bins. */
  readonly edges: Float64Array;
  readonly counts: Float64Array;
  /** Share × bins: 1 everywhere for calibrated forecasts. */
  readonly density: Float64Array;
  /** Where the density of one bin lies with probability `level` if the forecasts are calibrated. */
  readonly pointwise: readonly [Float64Array, Float64Array];
  /** Where all bins lie together with probability `level` if the forecasts are calibrated. */
  readonly simultaneous: readonly [Float64Array, Float64Array];
  readonly level: number;
  /** Test of uniformity: Pearson's χ² over the bins; with groups a cluster-robust F test. */
  readonly test: UniformityTest;
}

/**
 * Histogram of PIT values with pointwise and simultaneous bands under calibration and a test of uniformity: a ∪ shape
 * means too narrow forecasts, a ∩ too wide ones, a slope a bias. With `groups` bands and test are cluster-robust.
 * @param pits Values of {@link pit}, in [0, 1].
 * @throws CredenceError "empty-input", "not-a-probability", "out-of-range", "length-mismatch".
 * @example
 * ```ts
 * import { pitHistogram } from "credence/forecast";
 * pitHistogram([0.1, 0.2, 0.6, 0.9], { bins: 2 }).density; // → [1, 1]
 * ```
 */
export function pitHistogram(pits: ArrayLike<number>, options: PitHistogramOptions = {}): PitHistogram {
  const fn = "pitHistogram";
  checkOptions(fn, options);
  const { bins = 10, groups } = options;
  const level = levelOf(fn, options);
  checkNotEmpty(fn, "pits", pits);
  checkCount(fn, "bins", bins, 2);
  const n = pits.length;
  const binning = createBinning(fn, pits, { bins });
  const at = binIndices(fn, "pits", pits, binning);
  const counts = new Float64Array(bins);
  for (let i = 0; i < n; i++) counts[at[i]]++;
  const density = counts.map((count) => (count * bins) / n);
  const shape = { edges: binning.edges, counts, density, level };
  if (groups) return { ...shape, ...clustered(fn, at, bins, level, pits, options) };
  const band = (tail: number) => {
    const low = Math.max(binomialQuantile(tail, n, 1 / bins), 0);
    const high = binomialQuantile(1 - tail, n, 1 / bins);
    return [constant(bins, (low * bins) / n), constant(bins, (high * bins) / n)] as const;
  };
  let statistic = 0;
  for (const count of counts) statistic += (count - n / bins) ** 2 / (n / bins);
  return {
    ...shape,
    pointwise: band((1 - level) / 2),
    simultaneous: band((1 - level) / (2 * bins)),
    test: { statistic, pValue: chiSquaredSurvival(statistic, bins - 1), method: "chi-squared", reason: null },
  };
}

/** Bands and test from the bin counts of whole groups, compared with what each group should have. */
function clustered(
  fn: string,
  at: Int32Array,
  bins: number,
  level: number,
  rows: ArrayLike<unknown>,
  options: PitHistogramOptions,
): Pick<PitHistogram, "pointwise" | "simultaneous" | "test"> {
  const { codes, count: G } = groupCodes(fn, options.groups!, rows, "pits");
  const n = at.length;
  const excess = new Float64Array(G * bins);
  const sizes = new Float64Array(G);
  for (let i = 0; i < n; i++) {
    sizes[codes[i]]++;
    excess[codes[i] * bins + at[i]]++;
  }
  for (let g = 0; g < G; g++) for (let b = g * bins; b < (g + 1) * bins; b++) excess[b] -= sizes[g] / bins;
  const influence: Matrix = { data: excess.map((x) => (x * bins * G) / n), rows: G, columns: bins };
  const errors = Float64Array.from({ length: bins }, (_, b) => {
    let squares = 0;
    for (let g = 0; g < G; g++) squares += excess[g * bins + b] ** 2;
    return (bins * Math.sqrt((squares * G) / (G - 1))) / n;
  });
  const around = (single: number) => {
    const t = G > 1 ? studentQuantile((1 + single) / 2, G - 1) : Infinity;
    return [errors.map((se) => Math.max(1 - t * se, 0)), errors.map((se) => 1 + t * se)] as const;
  };
  return {
    pointwise: around(level),
    simultaneous: around(G > 1 ? simultaneousLevel(influence, { level, seed: options.seed }) : level),
    test: hotellingTest(excess, G, bins),
  };
}

/** Hotelling's T² on the mean excess per group, over all bins but the last (they sum to 0). */
function hotellingTest(excess: Float64Array, G: number, bins: number): UniformityTest {
  const k = bins - 1;
  const method = "cluster-hotelling";
  const without = (reason: string): UniformityTest => ({ statistic: null, pValue: 1, method, reason });
  if (G <= k) return without(`${G} groups are too few for ${bins} bins: more than ${k} are needed.`);
  const total = new Float64Array(k);
  for (let g = 0; g < G; g++) for (let a = 0; a < k; a++) total[a] += excess[g * bins + a];
  const covariance = new Float64Array(k * k);
  for (let g = 0; g < G; g++) {
    const row = excess.subarray(g * bins, g * bins + k);
    for (let a = 0; a < k; a++) {
      const own = row[a] / (G - 1);
      const line = covariance.subarray(a * k, a * k + a + 1);
      for (let b = 0; b <= a; b++) line[b] += own * row[b];
    }
  }
  for (let a = 0; a < k; a++)
    for (let b = 0; b <= a; b++) {
      covariance[a * k + b] -= (total[a] * total[b]) / G / (G - 1);
      covariance[b * k + a] = covariance[a * k + b];
    }
  const lower = cholesky(covariance, k);
  if (!lower) return without("the counts of a bin do not vary from group to group.");
  const solved = choleskySolve(lower, k, total);
  let squared = 0;
  for (let a = 0; a < k; a++) squared += (total[a] * solved[a]) / G;
  const f = ((G - k) / (k * (G - 1))) * squared;
  // P(F > f) with k and G − k degrees of freedom.
  const pValue = betaCdf((G - k) / (G - k + k * f), (G - k) / 2, k / 2);
  return { statistic: squared, pValue, method, reason: null };
}

function constant(n: number, value: number): Float64Array {
  return new Float64Array(n).fill(value);
}
