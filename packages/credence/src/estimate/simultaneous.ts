import { checkCount, checkOpenUnit, checkOptions, checkSameLength } from "../numeric/check.js";
import { sampleNormal } from "../numeric/distributions.js";
import { checkMatrix, type Matrix } from "../numeric/matrix.js";
import { quantileSorted } from "../numeric/quantile.js";
import { createRandom, type Random } from "../numeric/random.js";
import { sortedCopy } from "../numeric/sort.js";
import { normalCdf, studentQuantile } from "../numeric/special.js";
import { type Estimate, type EstimateOptions, levelOf, pointEstimate } from "./estimate.js";
import { sumByGroup } from "./sumsBootstrap.js";

/** How the maximum is simulated. */
export interface SimultaneousOptions extends EstimateOptions {
  /** Number of draws of the maximum. Default 10 000. */
  draws?: number;
}

/**
 * The level at which each of k intervals must be made so that all of them hold together with probability `level`:
 * Šidák's level^(1/k), right for independent estimates and safe for positively or negatively correlated normal ones.
 * @example
 * ```ts
 * import { sidakLevel } from "credence/estimate";
 * sidakLevel(0.95, 50); // → 0.99897
 * ```
 */
export function sidakLevel(level: number, k: number): number {
  checkOpenUnit("sidakLevel", "level", level);
  checkCount("sidakLevel", "k", k);
  return Math.exp(Math.log(level) / k);
}

/**
 * The level at which each of many correlated intervals must be made so that all hold together with probability `level`
 * (max-t): never below `level`, never above Šidák's, and the closer to `level` the more the estimates move together.
 * Use it with any method for a single interval (t, Clopper–Pearson) to make fifty slices honest.
 * @param influence Units × estimates: how each unit (row; group with `groups`) moves each estimate, value ≈ truth +
 *   mean of the column; 0 where a unit is not part of a slice. A column that never varies is left out of account.
 * @throws CredenceError "empty-input", "length-mismatch", "out-of-range".
 * @see Hothorn, Bretz & Westfall 2008; Chernozhukov, Chetverikov & Kato 2013.
 */
export function simultaneousLevel(influence: Matrix, options: SimultaneousOptions = {}): number {
  const fn = "simultaneousLevel";
  checkOptions(fn, options);
  const level = levelOf(fn, options);
  const { draws = 10_000, seed = 0, groups } = options;
  checkCount(fn, "draws", draws, 100);
  checkMatrix(fn, "influence", influence);
  const centered = center(influence);
  const factor = correlationFactor(groups ? sumByGroup(fn, centered, groups) : centered);
  const k = influence.columns;
  const random = createRandom(seed);
  const maxima = new Float64Array(draws);
  for (let from = 0; from < draws; from += LANES)
    drawMaxima(random, factor, k, maxima.subarray(from, Math.min(from + LANES, draws)));
  const critical = quantileSorted(sortedCopy(maxima), level);
  const single = 1 - 2 * normalCdf(-critical);
  return Math.min(Math.max(single, level), sidakLevel(level, k));
}

/**
 * Estimates with simultaneous intervals (max-t): all of them cover together with probability about `level`, so that the
 * worst of fifty slices may be named without fooling anyone.
 *
 * value ± t · standard error, each at {@link simultaneousLevel}; standard errors are cluster-robust with groups, and the
 * degrees of freedom of an estimate are its own units (those with an influence on it) − 1. With fewer than two such
 * units the interval is (−∞, ∞).
 * @param values The k estimates.
 * @param influence Units × k, as for {@link simultaneousLevel}.
 * @param sizes Rows behind each estimate, for `Estimate.n`. Default: the rows with a non-zero influence.
 * @throws CredenceError "empty-input", "length-mismatch", "out-of-range".
 * @example
 * ```ts
 * import { simultaneousEstimates } from "credence/estimate";
 * const influence = { data: [1, 0, -1, 0, 0, 2, 0, -2], rows: 4, columns: 2 };
 * simultaneousEstimates([0.5, 0.7], influence).map((estimate) => estimate.value); // → [0.5, 0.7]
 * ```
 */
export function simultaneousEstimates(
  values: ArrayLike<number>,
  influence: Matrix,
  options: SimultaneousOptions = {},
  sizes?: ArrayLike<number>,
): Estimate[] {
  const fn = "simultaneousEstimates";
  checkOptions(fn, options);
  const level = levelOf(fn, options);
  checkMatrix(fn, "influence", influence);
  const { data, rows, columns } = influence;
  checkSameLength(fn, "values", values, "the columns of influence", { length: columns });
  if (sizes) checkSameLength(fn, "sizes", sizes, "values", values);
  const touched = new Float64Array(columns);
  for (let i = 0; i < rows * columns; i++) if (data[i] !== 0) touched[i % columns]++;
  const size = (j: number) => (sizes ? sizes[j] : touched[j]);
  if (options.interval === false)
    return Array.from({ length: columns }, (_, j) => pointEstimate(values[j], level, size(j)));
  const single = simultaneousLevel(influence, options);
  const { groups } = options;
  const centered = center(influence);
  const units = groups ? sumByGroup(fn, centered, groups) : centered;
  return Array.from({ length: columns }, (_, j) => {
    let active = 0;
    let squares = 0;
    for (let u = 0; u < units.rows; u++) {
      const x = units.data[u * columns + j];
      if (x !== 0) active++;
      squares += x * x;
    }
    const half =
      active > 1
        ? studentQuantile((1 + single) / 2, active - 1) *
          (Math.sqrt((squares * active) / (active - 1)) / rows)
        : Infinity;
    return {
      value: values[j],
      interval: [values[j] - half, values[j] + half] as const,
      level,
      method: groups ? "cluster-max-t" : "max-t",
      n: size(j),
      ...(groups && { groups: active }),
    };
  });
}

/** Draws taken side by side: each entry of the factor is read once for all of them. */
const LANES = 4;

/** The largest |z| of up to LANES normal vectors z with correlation L Lᵀ. */
function drawMaxima(random: Random, factor: Float64Array, k: number, maxima: Float64Array): void {
  const normals = Array.from({ length: LANES }, () => new Float64Array(k));
  for (let d = 0; d < maxima.length; d++) for (let j = 0; j < k; j++) normals[d][j] = sampleNormal(random);
  const [first, second, third, fourth] = normals;
  const largest = new Float64Array(LANES);
  for (let i = 0; i < k; i++) {
    let [a, b, c, d] = [0, 0, 0, 0];
    const row = i * k;
    for (let j = 0; j <= i; j++) {
      const weight = factor[row + j];
      a += weight * first[j];
      b += weight * second[j];
      c += weight * third[j];
      d += weight * fourth[j];
    }
    largest[0] = Math.max(largest[0], Math.abs(a));
    largest[1] = Math.max(largest[1], Math.abs(b));
    largest[2] = Math.max(largest[2], Math.abs(c));
    largest[3] = Math.max(largest[3], Math.abs(d));
  }
  maxima.set(largest.subarray(0, maxima.length));
}

/** Columns minus their mean, except entries that are exactly 0: a unit outside a slice stays outside. */
function center({ data, rows, columns }: Matrix): Matrix & { data: Float64Array } {
  const sums = new Float64Array(columns);
  const active = new Float64Array(columns);
  for (let i = 0; i < rows * columns; i++) {
    sums[i % columns] += data[i];
    if (data[i] !== 0) active[i % columns]++;
  }
  const centered = Float64Array.from(data as ArrayLike<number>, (x, i) =>
    x === 0 ? 0 : x - sums[i % columns] / active[i % columns],
  );
  return { data: centered, rows, columns };
}

/** Lower triangular L with L Lᵀ = the correlation matrix; rows of columns without variance, or redundant ones, may hold zeros. */
function correlationFactor({ data, rows, columns: k }: Matrix): Float64Array {
  const products = new Float64Array(k * k);
  for (let u = 0; u < rows; u++)
    for (let i = 0; i < k; i++) {
      const x = data[u * k + i];
      if (x === 0) continue;
      for (let j = 0; j <= i; j++) products[i * k + j] += x * data[u * k + j];
    }
  const scale = Float64Array.from({ length: k }, (_, i) => {
    const variance = products[i * k + i];
    return variance > 0 ? 1 / Math.sqrt(variance) : 0;
  });
  // Cholesky that survives singular matrices (more slices than groups): a pivot of rounding size makes a zero column.
  const lower = new Float64Array(k * k);
  for (let i = 0; i < k; i++)
    for (let j = 0; j <= i; j++) {
      let sum = products[i * k + j] * scale[i] * scale[j];
      for (let m = 0; m < j; m++) sum -= lower[i * k + m] * lower[j * k + m];
      if (i === j) lower[i * k + i] = sum > 1e-10 ? Math.sqrt(sum) : 0;
      else lower[i * k + j] = lower[j * k + j] > 0 ? sum / lower[j * k + j] : 0;
    }
  return lower;
}
