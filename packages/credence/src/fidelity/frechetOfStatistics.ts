import { columnMeans } from "../numeric/columnMeans.js";
import type { Matrix } from "../numeric/matrix.js";
import { consistentRootTrace } from "./consistentRootTrace.js";
import { type GaussianStatistics, gaussianStatistics } from "./gaussianStatistics.js";
import { productEigenvalues } from "./productEigenvalues.js";
import { rootTrace, rootTraceDual } from "./rootTrace.js";

/** ‖Δμ‖² + tr S₁ + tr S₂ − 2 tr (S₁S₂)^½. @param eigenvalues Of S₁S₂, ascending. */
export function plugInFrechet(
  a: GaussianStatistics,
  b: GaussianStatistics,
  eigenvalues: Float64Array,
): number {
  return sumOf(a, b, ({ n }) => 1 / (n - 1)) - 2 * rootTrace(eigenvalues);
}

/**
 * The same without the bias of normal rows, however many columns there are: the gap of the means is larger by tr S/n of
 * each sample than that of the distributions, the traces are not, and the last one is {@link consistentRootTrace}.
 */
export function consistentFrechet(
  a: GaussianStatistics,
  b: GaussianStatistics,
  eigenvalues: Float64Array,
): number {
  return sumOf(a, b, ({ n }) => 1 / n) - 2 * consistentRootTrace(eigenvalues, a.n - 1, b.n - 1);
}

/** The distance between two samples of rows, by whichever of the two forms is smaller. */
export function distanceOfRows(real: Matrix, generated: Matrix): number {
  if (Math.min(real.rows, generated.rows) >= real.columns) {
    const [a, b] = [gaussianStatistics(real), gaussianStatistics(generated)];
    return plugInFrechet(a, b, productEigenvalues(a, [b])[0]);
  }
  const [x, y] = [real, generated].map(centredRows);
  const traces = [x, y].map(({ scaled }) => squares(scaled.data as Float64Array));
  return gapOf(x.mean, y.mean) + traces[0] + traces[1] - 2 * rootTraceDual(x.scaled, y.scaled);
}

/** ‖Δμ‖² and the traces of both scatters, weighted. */
function sumOf(
  a: GaussianStatistics,
  b: GaussianStatistics,
  weight: (of: GaussianStatistics) => number,
): number {
  const d = a.mean.length;
  let sum = gapOf(a.mean, b.mean);
  for (const of of [a, b]) for (let j = 0; j < d; j++) sum += of.scatter[j * d + j] * weight(of);
  return sum;
}

function gapOf(a: Float64Array, b: Float64Array): number {
  let gap = 0;
  for (let j = 0; j < a.length; j++) gap += (a[j] - b[j]) ** 2;
  return gap;
}

/** Rows minus their mean, over √(n − 1). */
function centredRows(matrix: Matrix): { mean: Float64Array; scaled: Matrix } {
  const { data, rows, columns } = matrix;
  const mean = columnMeans(matrix);
  const scale = 1 / Math.sqrt(rows - 1);
  const scaled = new Float64Array(rows * columns);
  for (let i = 0; i < scaled.length; i++) scaled[i] = (data[i] - mean[i % columns]) * scale;
  return { mean, scaled: { data: scaled, rows, columns } };
}

function squares(values: Float64Array): number {
  let sum = 0;
  for (const x of values) sum += x * x;
  return sum;
}
