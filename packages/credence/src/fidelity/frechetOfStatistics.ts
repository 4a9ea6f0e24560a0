import type { Matrix } from "../numeric/matrix.js";
import { columnMeans, type GaussianStatistics, gaussianStatistics } from "./gaussianStatistics.js";
import { traceOfRoot, traceOfRootDual, upperFactor } from "./traceOfRoot.js";

/** The distance between two samples known by their statistics. */
export function frechetOfStatistics(a: GaussianStatistics, b: GaussianStatistics): number {
  const d = a.mean.length;
  return frechetDistanceOfTrace(a, b, traceOfRoot(upperFactor(covariance(a), d), covariance(b), d));
}

/** The distance between two samples of rows, by whichever of the two forms is smaller. */
export function distanceOfRows(real: Matrix, generated: Matrix): number {
  if (Math.min(real.rows, generated.rows) >= real.columns)
    return frechetOfStatistics(gaussianStatistics(real), gaussianStatistics(generated));
  const [x, y] = [real, generated].map(centredRows);
  const traces = [x, y].map(({ scaled }) => squares(scaled.data as Float64Array));
  let gap = 0;
  for (let j = 0; j < real.columns; j++) gap += (x.mean[j] - y.mean[j]) ** 2;
  return gap + traces[0] + traces[1] - 2 * traceOfRootDual(x.scaled, y.scaled);
}

/** Upper triangular U with covariance = Uᵀ U: a step that a faster kernel for {@link frechetDistanceOfTrace} begins with. */
export function frechetFactor(statistics: GaussianStatistics): Float64Array<ArrayBuffer> {
  return upperFactor(covariance(statistics), statistics.mean.length);
}

/**
 * The Fréchet distance ‖Δμ‖² + tr S₁ + tr S₂ − 2 tr (S₁S₂)^½ where the last trace was made elsewhere.
 * @example
 * ```ts
 * import { frechetDistanceOfTrace, gaussianStatistics } from "credence/fidelity";
 * const a = gaussianStatistics({ data: [-1, 0, 1], rows: 3, columns: 1 });
 * const b = gaussianStatistics({ data: [1, 3, 5], rows: 3, columns: 1 });
 * frechetDistanceOfTrace(a, b, Math.sqrt(1 * 4)); // → 10
 * ```
 */
export function frechetDistanceOfTrace(
  a: GaussianStatistics,
  b: GaussianStatistics,
  rootTrace: number,
): number {
  let sum = -2 * rootTrace;
  const d = a.mean.length;
  for (let j = 0; j < d; j++)
    sum += (a.mean[j] - b.mean[j]) ** 2 + a.scatter[j * d + j] / (a.n - 1) + b.scatter[j * d + j] / (b.n - 1);
  return sum;
}

export function covariance({ scatter, n }: GaussianStatistics): Float64Array {
  return scatter.map((x) => x / (n - 1));
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
