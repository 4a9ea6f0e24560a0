import { checkFields, checkFinite, checkList } from "../numeric/check.js";
import { finiteColumnMeans } from "../numeric/columnMeans.js";
import { CredenceError } from "../numeric/error.js";
import type { Matrix } from "../numeric/matrix.js";
import { dotProducts, forEachTile } from "../numeric/tiles.js";

/** Count, mean and scatter of a sample: all that the Fréchet distance needs, and mergeable. */
export interface GaussianStatistics {
  readonly n: number;
  readonly mean: Float64Array;
  /** Σ (x − mean)(x − mean)ᵀ, row-major columns × columns; the covariance is this over n − 1. */
  readonly scatter: Float64Array;
}

/** Rows transposed at a time. */
const CHUNK = 512;

/**
 * The statistics of the rows of a matrix. Feed a long stream in chunks and put them together with
 * {@link mergeGaussianStatistics}.
 * @throws CredenceError "empty-input", "length-mismatch", "not-finite".
 * @example
 * ```ts
 * import { gaussianStatistics } from "credence/fidelity";
 * gaussianStatistics({ data: [1, 3], rows: 2, columns: 1 }).scatter; // → [2]
 * ```
 */
export function gaussianStatistics(matrix: Matrix): GaussianStatistics {
  const mean = finiteColumnMeans("gaussianStatistics", "matrix", matrix);
  const { data, rows: n, columns: d } = matrix;
  const scatter = new Float64Array(d * d);
  const chunk = new Float64Array(d * Math.min(CHUNK, n));
  for (let first = 0; first < n; first += CHUNK) {
    const count = Math.min(CHUNK, n - first);
    for (let i = 0; i < count; i++)
      for (let j = 0; j < d; j++) chunk[j * count + i] = data[(first + i) * d + j] - mean[j];
    const transposed = { data: chunk.subarray(0, d * count), rows: d, columns: count };
    forEachTile(transposed, null, dotProducts, ({ first: a, rows, second: b, columns, values, stride }) => {
      for (let i = 0; i < rows; i++)
        for (let j = 0; j < columns; j++) scatter[(a + i) * d + b + j] += values[i * stride + j];
    });
  }
  for (let i = 0; i < d; i++) for (let j = 0; j < i; j++) scatter[i * d + j] = scatter[j * d + i];
  return { n, mean, scatter };
}

/**
 * The statistics of two samples taken together (Chan, Golub & LeVeque 1979).
 * @throws CredenceError "shape-mismatch".
 */
export function mergeGaussianStatistics(a: GaussianStatistics, b: GaussianStatistics): GaussianStatistics {
  for (const [argument, statistics] of [
    ["a", a],
    ["b", b],
  ] as const) {
    checkFields("mergeGaussianStatistics", argument, statistics);
    checkList("mergeGaussianStatistics", `${argument}.mean`, statistics.mean);
  }
  const d = a.mean.length;
  if (b.mean.length !== d)
    throw new CredenceError(
      "shape-mismatch",
      { function: "mergeGaussianStatistics", argument: "b" },
      `has ${b.mean.length} columns but a has ${d}.`,
    );
  const n = a.n + b.n;
  const share = b.n / n;
  const gap = b.mean.map((x, j) => x - a.mean[j]);
  const mean = a.mean.map((x, j) => x + share * gap[j]);
  const weight = a.n * share;
  const scatter = new Float64Array(d * d);
  for (let i = 0; i < d; i++)
    for (let j = 0; j < d; j++) {
      const at = i * d + j;
      scatter[at] = a.scatter[at] + b.scatter[at] + weight * gap[i] * gap[j];
    }
  return { n, mean, scatter };
}

/** Refuses what are no statistics of some columns. */
export function checkStatistics(fn: string, argument: string, statistics: GaussianStatistics): void {
  checkFields(fn, argument, statistics);
  const { mean, scatter } = statistics;
  checkFinite(fn, `${argument}.mean`, mean);
  checkFinite(fn, `${argument}.scatter`, scatter);
  if (mean.length === 0 || scatter.length !== mean.length ** 2)
    throw new CredenceError(
      "shape-mismatch",
      { function: fn, argument: `${argument}.scatter` },
      `has ${scatter.length} entries for ${mean.length} columns; columns × columns are needed.`,
    );
}
