import { type Estimate, levelOf, pointEstimate } from "../estimate/estimate.js";
import { checkCount, checkOptions } from "../numeric/check.js";
import { sampleInteger } from "../numeric/distributions.js";
import { CredenceError } from "../numeric/error.js";
import { type Gram, gram } from "../numeric/gram.js";
import type { Matrix } from "../numeric/matrix.js";
import { mean, variance } from "../numeric/quantile.js";
import { createRandom, type Random } from "../numeric/random.js";
import { studentQuantile } from "../numeric/special.js";
import { dotProducts } from "../numeric/tiles.js";
import {
  checkGrams,
  type Grams,
  type KernelSums,
  type SubsetSums,
  tilesOfGrams,
  tilesOfRows,
} from "./kernelSums.js";
import { checkedSamples, type FidelityOptions, takeRows } from "./samples.js";
import { mmdOfIndependentSums, mmdOfPairs } from "./unbiasedMmd.js";

/** The polynomial kernel (scale · xᵀy + offset)^degree, and how it is averaged. */
export interface KernelDistanceOptions extends FidelityOptions {
  /** Default 3. */
  degree?: number;
  /** Default 1 / columns. */
  scale?: number;
  /** Default 1. */
  offset?: number;
  /**
   * Average over random subsets drawn without replacement, as KID was published ({ count: 100, size: 1000 }), instead of
   * using all pairs, which is exact and has the least variance. Default false.
   */
  subsets?: false | { readonly count: number; readonly size: number };
}

/**
 * Kernel distance (KID, where the features are Inception's): the squared maximum mean discrepancy with the kernel
 * (xᵀy/columns + 1)³, as an unbiased U-statistic. Being unbiased, it is about 0, and often **negative**, where the
 * distributions are equal; that is no error.
 *
 * The interval is the delete-one (delete-group) jackknife of the U-statistic; where the distributions are equal the
 * U-statistic is degenerate and the interval is wide rather than short. Use {@link maximumMeanDiscrepancy} to test
 * equality.
 * @throws CredenceError "empty-input", "length-mismatch", "shape-mismatch", "not-finite", "too-few", "out-of-range".
 * @see Bińkowski et al. 2018; Gretton et al. 2012 (lemma 6).
 * @example
 * ```ts
 * import { kernelDistance } from "credence/fidelity";
 * const real = { data: [0, 1], rows: 2, columns: 1 };
 * const generated = { data: [1, 2], rows: 2, columns: 1 };
 * kernelDistance(real, generated, { interval: false }).value; // → 9.5
 * ```
 */
export function kernelDistance(
  real: Matrix,
  generated: Matrix,
  options: KernelDistanceOptions = {},
): Estimate {
  const fn = "kernelDistance";
  checkOptions(fn, options);
  const samples = checkedSamples(fn, real, generated, options);
  const { subsets = false } = options;
  const kernel = polynomialKernel(real.columns, options);
  const { groups: _, ...rest } = options;
  const tiles = () => tilesOfRows(samples.real, samples.generated, dotProducts);
  if (!subsets) return mmdOfPairs(fn, tiles(), kernel, samples.strata, rest).unbiased;
  checkSubsets(fn, subsets, samples.real.rows, samples.generated.rows);
  // The subsets share pairs: one Gram matrix of everything where it fits, else one for each subset.
  const fits = (samples.real.rows + samples.generated.rows) ** 2 <= 1e8;
  const whole = fits ? gramsOf(samples.real, samples.generated) : null;
  const values = subsetDistances(fn, samples, whole, kernel, subsets, options.seed ?? 0);
  return subsetEstimate(
    values,
    options,
    samples.real.rows + samples.generated.rows,
    () => mmdOfPairs(fn, whole ? tilesOfGrams(whole) : tiles(), kernel, samples.strata, rest).standardError,
  );
}

/** {@link kernelDistance} from Gram matrices made elsewhere; `columns` is the number of features behind them. */
export function kernelDistanceFromGrams(
  grams: Grams,
  columns: number,
  options: Omit<KernelDistanceOptions, "dropNonFinite"> = {},
): Estimate {
  const fn = "kernelDistance";
  checkOptions(fn, options);
  checkGrams(fn, grams);
  const { subsets = false, groups = {}, ...rest } = options;
  const kernel = polynomialKernel(columns, options);
  const sizes = [grams.real.rows, grams.generated.rows] as const;
  const strata = [
    { rows: sizes[0], groups: groups.real },
    { rows: sizes[1], groups: groups.generated },
  ] as const;
  const allPairs = () => mmdOfPairs(fn, tilesOfGrams(grams), kernel, strata, rest);
  if (!subsets) return allPairs().unbiased;
  const values = subsetDistances(fn, null, grams, kernel, subsets, options.seed ?? 0);
  return subsetEstimate(values, options, sizes[0] + sizes[1], () => allPairs().standardError);
}

/**
 * {@link kernelDistance} from the sums of the polynomial kernel made elsewhere, over subsets where the sums hold such;
 * every row is independent.
 */
export function kernelDistanceFromSums(
  sums: KernelSums,
  options: Pick<KernelDistanceOptions, "level" | "interval"> = {},
): Estimate {
  const fn = "kernelDistanceFromSums";
  checkOptions(fn, options);
  const all = mmdOfIndependentSums(fn, sums, options);
  if (!sums.subsets) return all.unbiased;
  const n = sums.real.length + sums.generated.length;
  return subsetEstimate(distancesOf(sums.subsets), options, n, () => all.standardError);
}

/** The parameters of the kernel (scale · xᵀy + offset)^degree. */
export function polynomialOf(
  columns: number,
  { degree = 3, scale = 1 / columns, offset = 1 }: Pick<KernelDistanceOptions, "degree" | "scale" | "offset">,
): { degree: number; scale: number; offset: number } {
  checkCount("kernelDistance", "degree", degree);
  return { degree, scale, offset };
}

function polynomialKernel(columns: number, options: KernelDistanceOptions): (x: number) => number {
  const { degree, scale, offset } = polynomialOf(columns, options);
  if (degree === 3)
    return (x) => {
      const base = scale * x + offset;
      return base * base * base;
    };
  return (x) => (scale * x + offset) ** degree;
}

function gramsOf(real: Matrix, generated: Matrix): Grams {
  return { real: gram(real), generated: gram(generated), cross: gram(real, generated) };
}

/** The unbiased squared MMD of each random pair of subsets. */
function subsetDistances(
  fn: string,
  samples: { readonly real: Matrix; readonly generated: Matrix } | null,
  grams: Grams | null,
  kernel: (x: number) => number,
  subsets: { readonly count: number; readonly size: number },
  seed: number,
): Float64Array {
  const { size } = subsets;
  const { real, generated } = grams ?? samples!;
  const draws = drawSubsets([real.rows, generated.rows], subsets, seed);
  if (!grams)
    return Float64Array.from(draws, ([a, b]) => {
      const some = gramsOf(takeRows(samples!.real, a), takeRows(samples!.generated, b));
      const strata = [{ rows: size }, { rows: size }] as const;
      return mmdOfPairs(fn, tilesOfGrams(some), kernel, strata, { interval: false }).unbiased.value;
    });
  const [reals, generateds] = [draws.map(([a]) => a), draws.map(([, b]) => b)];
  return distancesOf({
    size,
    real: sumsOfBlocks(grams.real, kernel, reals),
    generated: sumsOfBlocks(grams.generated, kernel, generateds),
    cross: sumsOfBlocks(grams.cross, kernel, reals, generateds),
  });
}

function distancesOf({ size, real, generated, cross }: SubsetSums): Float64Array {
  const pairs = size * (size - 1);
  return cross.map((sum, s) => real[s] / pairs + generated[s] / pairs - (2 * sum) / (size * size));
}

/**
 * The rows of the random subsets of {@link kernelDistance}: for each subset those of the real and of the generated sample.
 * @throws CredenceError "out-of-range", "too-few".
 */
export function drawSubsets(
  rows: readonly [number, number],
  subsets: { readonly count: number; readonly size: number },
  seed = 0,
): (readonly [Int32Array, Int32Array])[] {
  checkSubsets("kernelDistance", subsets, ...rows);
  const random = createRandom(seed);
  const pools = rows.map((n) => Int32Array.from({ length: n }, (_, i) => i));
  return Array.from({ length: subsets.count }, () => {
    const [real, generated] = pools.map((pool) => drawFirst(pool, subsets.size, random));
    return [real, generated];
  });
}

/**
 * Σ kernel(entry (i, j)) over i in `rows[s]` and j in `columns[s]`, for each s; without `columns` over the pairs of two
 * different rows of a symmetric matrix. The kernel is evaluated once an entry, however many subsets share it.
 */
function sumsOfBlocks(
  { data, rows: n, columns: m }: Gram,
  kernel: (x: number) => number,
  rows: readonly Int32Array[],
  columns: readonly Int32Array[] = rows,
): Float64Array {
  const sums = new Float64Array(rows.length);
  const symmetric = columns === rows;
  const sorted = columns.map((list) => list.slice().sort());
  // In a symmetric matrix each pair is met once, from its first row on.
  const from = new Int32Array(rows.length);
  const holders = Array.from({ length: n }, () => [] as number[]);
  rows.forEach((list, s) => {
    for (const row of list) holders[row].push(s);
  });
  const values = new Float64Array(m);
  for (let i = 0; i < n; i++) {
    if (holders[i].length === 0) continue;
    for (let j = symmetric ? i + 1 : 0; j < m; j++) values[j] = kernel(data[i * m + j]);
    for (const s of holders[i]) {
      const list = sorted[s];
      if (symmetric) from[s]++;
      let sum = 0;
      for (let p = from[s]; p < list.length; p++) sum += values[list[p]];
      sums[s] += sum;
    }
  }
  return symmetric ? sums.map((sum) => 2 * sum) : sums;
}

/** Mean over subsets; its variance is that of all pairs plus what the choice of subsets adds. */
function subsetEstimate(
  values: Float64Array,
  options: Omit<KernelDistanceOptions, "dropNonFinite">,
  n: number,
  standardErrorOfAll: () => number,
): Estimate {
  const level = levelOf("kernelDistance", options);
  const value = mean(values);
  if (options.interval === false) return pointEstimate(value, level, n);
  const choice = values.length > 1 ? variance(values) / values.length : Infinity;
  const half = studentQuantile((1 + level) / 2, Infinity) * Math.sqrt(standardErrorOfAll() ** 2 + choice);
  return { value, interval: [value - half, value + half], level, method: "jackknife and subsets", n };
}

/** `size` distinct entries, by the first steps of a Fisher–Yates shuffle. */
function drawFirst(pool: Int32Array, size: number, random: Random): Int32Array {
  for (let i = 0; i < size; i++) {
    const j = i + sampleInteger(random, pool.length - i);
    const kept = pool[i];
    pool[i] = pool[j];
    pool[j] = kept;
  }
  return pool.slice(0, size);
}

function checkSubsets(fn: string, subsets: { count: number; size: number }, n: number, m: number): void {
  checkCount(fn, "subsets.count", subsets.count);
  checkCount(fn, "subsets.size", subsets.size, 2);
  if (subsets.size > Math.min(n, m))
    throw new CredenceError(
      "too-few",
      { function: fn, argument: "subsets.size", value: subsets.size },
      `is larger than a sample (${n} real, ${m} generated rows); lower it, or use all pairs with subsets: false.`,
    );
}
