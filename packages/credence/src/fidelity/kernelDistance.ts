import { type Estimate, levelOf, pointEstimate } from "../estimate/estimate.js";
import { checkCount } from "../numeric/check.js";
import { sampleInteger } from "../numeric/distributions.js";
import { CredenceError } from "../numeric/error.js";
import { type Gram, gram } from "../numeric/gram.js";
import type { Matrix } from "../numeric/matrix.js";
import { mean, variance } from "../numeric/quantile.js";
import { createRandom, type Random } from "../numeric/random.js";
import { studentQuantile } from "../numeric/special.js";
import { dotProducts } from "../numeric/tiles.js";
import { type Grams, tilesOfGrams, tilesOfRows } from "./kernelSums.js";
import { checkedSamples, type FidelityOptions, takeRows } from "./samples.js";
import { mmdOfPairs } from "./unbiasedMmd.js";

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
  const samples = checkedSamples(fn, real, generated, options);
  const { subsets = false } = options;
  const kernel = polynomialKernel(fn, real.columns, options);
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
  const { subsets = false, groups = {}, ...rest } = options;
  const kernel = polynomialKernel(fn, columns, options);
  const sizes = [grams.real.rows, grams.generated.rows] as const;
  const strata = [
    { rows: sizes[0], groups: groups.real },
    { rows: sizes[1], groups: groups.generated },
  ] as const;
  const allPairs = () => mmdOfPairs(fn, tilesOfGrams(grams), kernel, strata, rest);
  if (!subsets) return allPairs().unbiased;
  checkSubsets(fn, subsets, ...sizes);
  const values = subsetDistances(fn, null, grams, kernel, subsets, options.seed ?? 0);
  return subsetEstimate(values, options, sizes[0] + sizes[1], () => allPairs().standardError);
}

function polynomialKernel(
  fn: string,
  columns: number,
  options: KernelDistanceOptions,
): (x: number) => number {
  const { degree = 3, scale = 1 / columns, offset = 1 } = options;
  checkCount(fn, "degree", degree);
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
  const random = createRandom(seed);
  const { count, size } = subsets;
  const strata = [{ rows: size }, { rows: size }] as const;
  const rows = grams
    ? [grams.real.rows, grams.generated.rows]
    : [samples!.real.rows, samples!.generated.rows];
  const pools = rows.map((n) => Int32Array.from({ length: n }, (_, i) => i));
  return Float64Array.from({ length: count }, () => {
    const [a, b] = pools.map((pool) => drawFirst(pool, size, random));
    const chosen: Grams = grams
      ? {
          real: pick(grams.real, a, a),
          generated: pick(grams.generated, b, b),
          cross: pick(grams.cross, a, b),
        }
      : gramsOf(takeRows(samples!.real, a), takeRows(samples!.generated, b));
    return mmdOfPairs(fn, tilesOfGrams(chosen), kernel, strata, { interval: false }).unbiased.value;
  });
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

function pick({ data, columns }: Gram, a: Int32Array, b: Int32Array): Gram {
  const picked = new Float64Array(a.length * b.length);
  for (let i = 0, at = 0; i < a.length; i++) {
    const row = a[i] * columns;
    for (let j = 0; j < b.length; j++) picked[at++] = data[row + b[j]];
  }
  return { data: picked, rows: a.length, columns: b.length };
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
