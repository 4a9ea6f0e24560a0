import { checkFinite } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { cholesky } from "../numeric/linear.js";
import type { Matrix } from "../numeric/matrix.js";

/** A covariance that distances are measured with: its Cholesky factor. */
export interface Metric {
  /** (x − center)ᵀ Σ⁻¹ (x − center). */
  squaredDistance(
    x: ArrayLike<number>,
    offset: number,
    center: ArrayLike<number>,
    centerOffset: number,
  ): number;
}

/** Σ over rows of (x − center)(x − center)ᵀ / n, its off-diagonal shrunk by `shrinkage` towards (trace/d) · identity. */
export function shrunkCovariance(
  fn: string,
  { data, rows, columns: d }: Matrix,
  centerOf: (row: number) => { center: ArrayLike<number>; offset: number },
  shrinkage: number,
): Float64Array {
  checkFinite(fn, "features", data);
  if (!(shrinkage >= 0 && shrinkage <= 1))
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument: "shrinkage", value: shrinkage },
      "must lie in [0, 1].",
    );
  const covariance = new Float64Array(d * d);
  const gap = new Float64Array(d);
  for (let i = 0; i < rows; i++) {
    const { center, offset } = centerOf(i);
    for (let j = 0; j < d; j++) gap[j] = data[i * d + j] - center[offset + j];
    for (let j = 0; j < d; j++) {
      const g = gap[j] / rows;
      for (let k = 0; k <= j; k++) covariance[j * d + k] += g * gap[k];
    }
  }
  let trace = 0;
  for (let j = 0; j < d; j++) trace += covariance[j * d + j];
  for (let j = 0; j < d; j++)
    for (let k = 0; k <= j; k++) {
      const target = j === k ? trace / d : 0;
      const value = (1 - shrinkage) * covariance[j * d + k] + shrinkage * target;
      covariance[j * d + k] = value;
      covariance[k * d + j] = value;
    }
  return covariance;
}

/** The metric of a covariance; refuses one that does not span all dimensions. */
export function metricOf(fn: string, covariance: Float64Array, d: number): Metric {
  const lower = cholesky(covariance, d);
  if (!lower || !wellConditioned(lower, d))
    throw new CredenceError(
      "too-few",
      { function: fn, argument: "features" },
      "the covariance of the features is singular (too few rows, or constant or dependent columns); give a shrinkage such as 0.1, or drop columns.",
    );
  const solved = new Float64Array(d);
  return {
    squaredDistance(x, offset, center, centerOffset) {
      let squared = 0;
      for (let j = 0; j < d; j++) {
        let sum = x[offset + j] - center[centerOffset + j];
        for (let k = 0; k < j; k++) sum -= lower[j * d + k] * solved[k];
        solved[j] = sum / lower[j * d + j];
        squared += solved[j] * solved[j];
      }
      return squared;
    },
  };
}

function wellConditioned(lower: Float64Array, d: number): boolean {
  let least = Infinity;
  let most = 0;
  for (let j = 0; j < d; j++) {
    least = Math.min(least, lower[j * d + j]);
    most = Math.max(most, lower[j * d + j]);
  }
  return least > 1e-7 * most;
}

/** The mean of the rows that `belongs` admits, one block of d per class. */
export function classMeans(
  { data, rows, columns: d }: Matrix,
  codes: ArrayLike<number>,
  classes: number,
): Float64Array {
  const means = new Float64Array(classes * d);
  const counts = new Float64Array(classes);
  for (let i = 0; i < rows; i++) {
    counts[codes[i]]++;
    for (let j = 0; j < d; j++) means[codes[i] * d + j] += data[i * d + j];
  }
  for (let c = 0; c < classes; c++) for (let j = 0; j < d; j++) means[c * d + j] /= counts[c];
  return means;
}
