import { type CurvedObjective, type Minimum, newtonMinimum } from "./minimise.js";

/** 1/(1 + e^−x), without overflow at either end. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}

/** ln(p/(1 − p)), with p taken no nearer to 0 or 1 than epsilon. */
export function logit(p: number, epsilon: number): number {
  const inside = Math.min(Math.max(p, epsilon), 1 - epsilon);
  return Math.log(inside) - Math.log1p(-inside);
}

/** ln(1 + e^x), without overflow. */
export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/**
 * Logistic regression by maximum likelihood: minimises the weighted mean of −t ln p − (1−t) ln(1−p) with
 * p = sigmoid(Σ βⱼ xⱼ + b). The result's x holds the βⱼ and then b. Columns should be of order 1.
 * @param columns One array per feature.
 * @param targets In [0, 1].
 * @param weights Non-negative, not all 0; null for equal weights.
 * @param ridge Penalty (ridge/2) Σ βⱼ², which spares the intercept.
 */
export function logisticRegression(
  columns: readonly ArrayLike<number>[],
  targets: ArrayLike<number>,
  weights: ArrayLike<number> | null,
  ridge = 0,
): Minimum {
  const d = columns.length + 1;
  const options = { tolerance: 1e-9 };
  const all = logisticObjective(columns, targets, weights, ridge, 1);
  // With many rows, every 16th gives a start from which two or three steps on all rows are enough.
  const sample =
    targets.length >= 50_000 && !weights
      ? newtonMinimum(logisticObjective(columns, targets, weights, ridge, 16), new Float64Array(d), {
          ...options,
          maxIterations: 20,
        })
      : null;
  return newtonMinimum(all, sample?.converged ? sample.x : new Float64Array(d), options);
}

function logisticObjective(
  columns: readonly ArrayLike<number>[],
  targets: ArrayLike<number>,
  weights: ArrayLike<number> | null,
  ridge: number,
  stride: number,
): CurvedObjective {
  const n = targets.length;
  const d = columns.length + 1;
  const row = new Float64Array(d).fill(1);
  let total = 0;
  for (let i = 0; i < n; i += stride) total += weights ? weights[i] : 1;
  return (beta, gradient, hessian) => {
    gradient.fill(0);
    hessian.fill(0);
    let loss = 0;
    for (let i = 0; i < n; i += stride) {
      const w = weights ? weights[i] : 1;
      if (w === 0) continue;
      let eta = beta[d - 1];
      for (let j = 0; j < d - 1; j++) {
        row[j] = columns[j][i];
        eta += beta[j] * row[j];
      }
      const e = Math.exp(-Math.abs(eta));
      const p = eta >= 0 ? 1 / (1 + e) : e / (1 + e);
      loss += w * (Math.max(eta, 0) + Math.log1p(e) - targets[i] * eta);
      const residual = w * (p - targets[i]);
      const curvature = w * p * (1 - p);
      for (let j = 0; j < d; j++) {
        gradient[j] += residual * row[j];
        for (let k = 0; k <= j; k++) hessian[j * d + k] += curvature * row[j] * row[k];
      }
    }
    loss /= total;
    for (let j = 0; j < d; j++) {
      gradient[j] /= total;
      for (let k = 0; k <= j; k++) hessian[j * d + k] /= total;
      if (j === d - 1) break;
      loss += (ridge / 2) * beta[j] ** 2;
      gradient[j] += ridge * beta[j];
      hessian[j * d + j] += ridge;
    }
    for (let j = 0; j < d; j++) for (let k = 0; k < j; k++) hessian[k * d + j] = hessian[j * d + k];
    return loss;
  };
}
