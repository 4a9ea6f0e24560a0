import type { Estimate } from "../estimate/estimate.js";
import { unitRows } from "../estimate/strata.js";
import { checkCount, checkOneOf, checkOptions } from "../numeric/check.js";
import { shuffle } from "../numeric/distributions.js";
import { CredenceError } from "../numeric/error.js";
import type { Matrix } from "../numeric/matrix.js";
import { createRandom } from "../numeric/random.js";
import { forEachTile, squaredDistances } from "../numeric/tiles.js";
import { tilesOfRows } from "./kernelSums.js";
import { requirePositive } from "./require.js";
import { checkedSamples, type FidelityOptions, takeRows } from "./samples.js";
import { mmdOfPairs } from "./unbiasedMmd.js";

/** Options of {@link maximumMeanDiscrepancy}. */
export interface MmdOptions extends FidelityOptions {
  /** "gaussian": exp(−d²/2σ²); "laplace": exp(−d/σ). Default "gaussian". */
  kernel?: "gaussian" | "laplace";
  /** σ. Default: the median distance between rows of a pooled subsample of 500. */
  bandwidth?: number;
  /** Permutations of the test. Default 199. */
  permutations?: number;
  /** Rows (groups, where there are groups) of each sample that the test uses at most, drawn at random. Default 1000. */
  testRows?: number;
}

/** A distance and a test of its being 0. */
export interface Mmd {
  /** The squared maximum mean discrepancy, unbiased. */
  readonly distance: Estimate;
  /** Of the permutation test of equality: exact, at any sample size. */
  readonly pValue: number;
  readonly bandwidth: number;
}

/**
 * Maximum mean discrepancy between two samples, with the permutation test of their equality: labels are exchanged between
 * whole groups where there are groups. Use the p-value to ask "is there any difference", the interval to ask "how large".
 * @throws CredenceError "empty-input", "length-mismatch", "shape-mismatch", "not-finite", "too-few", "out-of-range",
 *   "unknown-option".
 * @see Gretton et al. 2012.
 * @example
 * ```ts
 * import { maximumMeanDiscrepancy } from "credence/fidelity";
 * const line = (from: number) => ({ data: Float64Array.from({ length: 20 }, (_, i) => from + i / 20), rows: 20, columns: 1 });
 * maximumMeanDiscrepancy(line(0), line(2)).pValue; // → 0.005
 * ```
 */
export function maximumMeanDiscrepancy(real: Matrix, generated: Matrix, options: MmdOptions = {}): Mmd {
  const fn = "maximumMeanDiscrepancy";
  checkOptions(fn, options);
  const { kernel = "gaussian", permutations = 199, testRows = 1000, seed = 0 } = options;
  checkOneOf(fn, "kernel", kernel, ["gaussian", "laplace"]);
  checkCount(fn, "permutations", permutations);
  checkCount(fn, "testRows", testRows, 2);
  const samples = checkedSamples(fn, real, generated, options);
  const bandwidth = options.bandwidth ?? medianDistance(fn, samples.real, samples.generated, seed);
  requirePositive(fn, "bandwidth", bandwidth);
  const value =
    kernel === "gaussian"
      ? (square: number) => Math.exp(-square / (2 * bandwidth * bandwidth))
      : (square: number) => Math.exp(-Math.sqrt(square) / bandwidth);
  const { groups: _, ...rest } = options;
  const tiles = tilesOfRows(samples.real, samples.generated, squaredDistances);
  const { unbiased } = mmdOfPairs(fn, tiles, value, samples.strata, rest);
  const random = createRandom(seed);
  const units = samples.strata.map((stratum) => shuffle(random, unitRows(fn, stratum)).slice(0, testRows));
  const pooled = [samples.real, samples.generated].map((matrix, s) =>
    takeRows(
      matrix,
      units[s].flatMap((unit) => Array.from(unit)),
    ),
  );
  const sizes = units.flat().map((unit) => unit.length);
  return {
    distance: unbiased,
    pValue: permutationPValue(stack(pooled[0], pooled[1]), sizes, units[0].length, value, permutations, seed),
    bandwidth,
  };
}

/**
 * Share of relabellings, the given one included, whose statistic is at least as large. Units are the first
 * `firstUnits` of one sample and the rest of the other, rows in that order.
 */
function permutationPValue(
  points: Matrix,
  sizes: readonly number[],
  firstUnits: number,
  kernel: (square: number) => number,
  permutations: number,
  seed: number,
): number {
  const n = points.rows;
  const matrix = new Float64Array(n * n);
  let total = 0;
  forEachTile(points, null, squaredDistances, ({ first, rows, second, columns, values, stride }) => {
    for (let i = 0; i < rows; i++)
      for (let j = first === second ? i + 1 : 0; j < columns; j++) {
        const k = kernel(values[i * stride + j]);
        matrix[(first + i) * n + second + j] = k;
        matrix[(second + j) * n + first + i] = k;
        total += 2 * k;
      }
  });
  const starts = sizes.map(() => 0);
  for (let u = 1; u < sizes.length; u++) starts[u] = starts[u - 1] + sizes[u - 1];
  const inside = new Float64Array(n);
  const sums = new Float64Array(n);
  const statistic = (order: Int32Array) => {
    inside.fill(0);
    sums.fill(0);
    let a = 0;
    for (let u = 0; u < firstUnits; u++) {
      const start = starts[order[u]];
      a += sizes[order[u]];
      for (let i = start; i < start + sizes[order[u]]; i++) {
        inside[i] = 1;
        for (let j = 0; j < n; j++) sums[j] += matrix[i * n + j];
      }
    }
    let within = 0;
    let across = 0;
    for (let j = 0; j < n; j++) {
      if (inside[j]) within += sums[j];
      else across += sums[j];
    }
    const b = n - a;
    return within / (a * (a - 1)) + (total - within - 2 * across) / (b * (b - 1)) - (2 * across) / (a * b);
  };
  const order = Int32Array.from(sizes.keys());
  const observed = statistic(order);
  const random = createRandom(seed + 1);
  let asLarge = 1;
  // Sums in another order differ in the last digits: what is equal must count as equal.
  const slack = 1e-12 * Math.abs(total / (n * n));
  for (let p = 0; p < permutations; p++) if (statistic(shuffle(random, order)) >= observed - slack) asLarge++;
  return asLarge / (permutations + 1);
}

/** The median distance between distinct rows of a small pooled sample. */
function medianDistance(fn: string, real: Matrix, generated: Matrix, seed: number): number {
  const random = createRandom(seed);
  const some = (matrix: Matrix) =>
    takeRows(
      matrix,
      shuffle(
        random,
        Int32Array.from({ length: matrix.rows }, (_, i) => i),
      ).slice(0, 250),
    );
  const points = stack(some(real), some(generated));
  const found: number[] = [];
  forEachTile(points, null, squaredDistances, ({ first, rows, second, columns, values, stride }) => {
    for (let i = 0; i < rows; i++)
      for (let j = first === second ? i + 1 : 0; j < columns; j++) found.push(values[i * stride + j]);
  });
  const median = Math.sqrt(Float64Array.from(found).sort()[found.length >> 1]);
  if (median > 0) return median;
  throw new CredenceError(
    "out-of-range",
    { function: fn, argument: "bandwidth", value: median },
    "more than half of the rows coincide, so the median distance is no bandwidth; pass one.",
  );
}

export function stack(a: Matrix, b: Matrix): Matrix {
  const data = new Float64Array(a.data.length + b.data.length);
  data.set(a.data);
  data.set(b.data, a.data.length);
  return { data, rows: a.rows + b.rows, columns: a.columns };
}
