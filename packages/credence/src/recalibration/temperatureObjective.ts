import type { Outcomes } from "../numeric/check.js";
import { expBelow, expTable } from "../numeric/exp.js";
import { sigmoid } from "../numeric/logistic.js";

/** Derivatives of the mean log loss with respect to the inverse temperature β. */
export interface Derivatives {
  readonly first: number;
  readonly second: number;
  readonly third: number;
}

/** The mean log loss of softmax(β · logits) as a convex function of β. */
export interface TemperatureObjective {
  /** First derivative at β = 0; ≥ 0 where no positive β beats a uniform prediction. */
  readonly atZero: number;
  /** First derivative as β → ∞; 0 where the largest logit is always the true class. */
  readonly atInfinity: number;
  /** Largest difference between a row's logits. */
  readonly spread: number;
  /** Derivatives at β over every `stride`-th row. With smoothing s the target mixes in a share s of every class. */
  derivatives(beta: number, stride: number, smoothing: number): Derivatives;
}

/** The objective for logits of several classes (row-major) and class labels. */
export function softmaxObjective(
  logits: ArrayLike<number>,
  columns: number,
  labels: ArrayLike<number | boolean>,
  weights: ArrayLike<number> | null,
): TemperatureObjective {
  const n = labels.length;
  const table = expTable();
  const top = new Float64Array(n);
  const ofTruth = new Float64Array(n); // logit of the true class, below the top
  const average = new Float64Array(n); // mean logit, below the top
  let atZero = 0;
  let atInfinity = 0;
  let total = 0;
  let spread = 0;
  for (let i = 0; i < n; i++) {
    const start = i * columns;
    let max = -Infinity;
    let min = Infinity;
    let sum = 0;
    for (let j = start; j < start + columns; j++) {
      const z = logits[j];
      if (z > max) max = z;
      if (z < min) min = z;
      sum += z;
    }
    const weight = weights ? weights[i] : 1;
    top[i] = max;
    ofTruth[i] = logits[start + Number(labels[i])] - max;
    average[i] = sum / columns - max;
    total += weight;
    if (weight === 0) continue;
    atZero += weight * (average[i] - ofTruth[i]);
    atInfinity -= weight * ofTruth[i];
    spread = Math.max(spread, max - min);
  }
  return {
    atZero: atZero / total,
    atInfinity: atInfinity / total,
    spread,
    derivatives(beta, stride, smoothing) {
      let first = 0;
      let second = 0;
      let third = 0;
      let mass = 0;
      for (let i = 0; i < n; i += stride) {
        const max = top[i];
        const end = (i + 1) * columns;
        let s0 = 0;
        let s1 = 0;
        let s2 = 0;
        let s3 = 0;
        for (let j = i * columns; j < end; j++) {
          const v = logits[j] - max;
          const e = expBelow(table, beta * v);
          const ev = e * v;
          const evv = ev * v;
          s0 += e;
          s1 += ev;
          s2 += evv;
          s3 += evv * v;
        }
        const weight = weights ? weights[i] : 1;
        const m = s1 / s0;
        const variance = s2 / s0 - m * m;
        mass += weight;
        first += weight * (m - ofTruth[i] - smoothing * (average[i] - ofTruth[i]));
        second += weight * variance;
        third += weight * (s3 / s0 - m * (3 * variance + m * m));
      }
      return { first: first / mass, second: second / mass, third: third / mass };
    },
  };
}

/** The objective for binary log-odds: two classes with logits 0 and x. */
export function sigmoidObjective(
  x: Float64Array,
  outcomes: Outcomes,
  weights: ArrayLike<number> | null,
): TemperatureObjective {
  const n = x.length;
  let atZero = 0;
  let atInfinity = 0;
  let total = 0;
  let spread = 0;
  for (let i = 0; i < n; i++) {
    const weight = weights ? weights[i] : 1;
    total += weight;
    if (weight === 0) continue;
    const y = Number(outcomes[i]);
    atZero += weight * x[i] * (0.5 - y);
    atInfinity += weight * (Math.max(x[i], 0) - y * x[i]);
    spread = Math.max(spread, Math.abs(x[i]));
  }
  return {
    atZero: atZero / total,
    atInfinity: atInfinity / total,
    spread,
    derivatives(beta, stride, smoothing) {
      let first = 0;
      let second = 0;
      let third = 0;
      let mass = 0;
      for (let i = 0; i < n; i += stride) {
        const weight = weights ? weights[i] : 1;
        const p = sigmoid(beta * x[i]);
        const y = Number(outcomes[i]);
        const variance = p * (1 - p);
        mass += weight;
        first += weight * x[i] * (p - y - smoothing * (0.5 - y));
        second += weight * x[i] ** 2 * variance;
        third += weight * x[i] ** 3 * variance * (1 - 2 * p);
      }
      return { first: first / mass, second: second / mass, third: third / mass };
    },
  };
}
