import { cholesky, choleskySolve } from "./linear.js";

/** Where a minimiser ended. */
export interface Minimum {
  readonly x: Float64Array;
  readonly value: number;
  /** Largest absolute partial derivative at x. */
  readonly gradientNorm: number;
  readonly iterations: number;
  /** Whether the gradient tolerance was reached. */
  readonly converged: boolean;
}

/** When to stop. */
export interface MinimiseOptions {
  /** Largest absolute partial derivative that counts as zero; scale the objective to be of order 1. Default 1e-9. */
  tolerance?: number;
  /** Default 200. */
  maxIterations?: number;
}

/** Writes the gradient at x and returns the value. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;
/** Writes the gradient and the Hessian (row-major) at x and returns the value. */
export type CurvedObjective = (x: Float64Array, gradient: Float64Array, hessian: Float64Array) => number;

/**
 * Minimises a smooth convex function of few variables: Newton steps with backtracking (Armijo); where the Hessian is
 * not positive definite, a growing ridge is added to it.
 */
export function newtonMinimum(
  objective: CurvedObjective,
  start: ArrayLike<number>,
  options: MinimiseOptions = {},
): Minimum {
  const { tolerance = 1e-9, maxIterations = 200 } = options;
  const n = start.length;
  let x: Float64Array = Float64Array.from(start as ArrayLike<number>);
  const gradient = new Float64Array(n);
  const hessian = new Float64Array(n * n);
  let value = objective(x, gradient, hessian);
  const trialGradient = new Float64Array(n);
  const trialHessian = new Float64Array(n * n);
  for (let iterations = 0; ; iterations++) {
    const gradientNorm = maxNorm(gradient);
    if (gradientNorm <= tolerance || iterations === maxIterations)
      return { x, value, gradientNorm, iterations, converged: gradientNorm <= tolerance };
    const step = newtonStep(hessian, gradient, n);
    const slope = dot(step, gradient);
    let length = 1;
    let trial = x;
    let trialValue = value;
    for (; length > 1e-14; length /= 2) {
      trial = x.map((xi, i) => xi - length * step[i]);
      trialValue = objective(trial, trialGradient, trialHessian);
      // Near the minimum the value stands still within rounding; there a smaller gradient is progress enough.
      const flat = Math.abs(trialValue - value) <= 1e-14 * (1 + Math.abs(value));
      if (trialValue <= value - 1e-4 * length * slope || (flat && maxNorm(trialGradient) < gradientNorm))
        break;
    }
    if (length <= 1e-14) return { x, value, gradientNorm, iterations, converged: false };
    x = trial;
    value = trialValue;
    gradient.set(trialGradient);
    hessian.set(trialHessian);
  }
}

function newtonStep(hessian: Float64Array, gradient: Float64Array, n: number): Float64Array {
  let largest = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, Math.abs(hessian[i * n + i]));
  for (let ridge = 0; ridge < 1e6 * (largest + 1); ridge = Math.max(ridge * 10, 1e-10 * (largest || 1))) {
    const damped = hessian.slice();
    for (let i = 0; i < n; i++) damped[i * n + i] += ridge;
    const lower = cholesky(damped, n);
    const step = lower && choleskySolve(lower, n, gradient);
    if (step?.every(Number.isFinite)) return step;
  }
  return gradient.slice();
}

/**
 * Minimises a smooth function of many variables: limited-memory BFGS (Liu & Nocedal 1989, ten pairs) with a line search
 * for the strong Wolfe conditions by bisection.
 */
export function lbfgsMinimum(
  objective: Objective,
  start: ArrayLike<number>,
  options: MinimiseOptions = {},
): Minimum {
  const { tolerance = 1e-7, maxIterations = 1000 } = options;
  const n = start.length;
  let x: Float64Array = Float64Array.from(start as ArrayLike<number>);
  let gradient = new Float64Array(n);
  let value = objective(x, gradient);
  const pairs: { s: Float64Array; y: Float64Array; rho: number }[] = [];
  for (let iterations = 0; ; iterations++) {
    const gradientNorm = maxNorm(gradient);
    if (gradientNorm <= tolerance || iterations === maxIterations)
      return { x, value, gradientNorm, iterations, converged: gradientNorm <= tolerance };
    const direction = quasiNewton(gradient, pairs);
    const slope = dot(direction, gradient);
    if (pairs.length === 0) {
      const scale = Math.min(1, 1 / gradientNorm);
      for (let i = 0; i < n; i++) direction[i] *= scale;
    }
    const found = wolfeStep(
      objective,
      x,
      value,
      gradient,
      direction,
      slope * (pairs.length ? 1 : Math.min(1, 1 / gradientNorm)),
    );
    if (!found) {
      if (pairs.length === 0) return { x, value, gradientNorm, iterations, converged: false };
      pairs.length = 0; // stale curvature: start again from the gradient
      continue;
    }
    const s = found.x.map((xi, i) => xi - x[i]);
    const y = found.gradient.map((gi, i) => gi - gradient[i]);
    const curvature = dot(s, y);
    if (curvature > 1e-300) {
      pairs.push({ s, y, rho: 1 / curvature });
      if (pairs.length > 10) pairs.shift();
    }
    ({ x, value, gradient } = found);
  }
}

function quasiNewton(
  gradient: Float64Array,
  pairs: readonly { s: Float64Array; y: Float64Array; rho: number }[],
): Float64Array {
  const d = gradient.map((g) => -g);
  const alphas = new Float64Array(pairs.length);
  for (let k = pairs.length - 1; k >= 0; k--) {
    const { s, y, rho } = pairs[k];
    alphas[k] = rho * dot(s, d);
    for (let i = 0; i < d.length; i++) d[i] -= alphas[k] * y[i];
  }
  const last = pairs[pairs.length - 1];
  if (last) {
    const scale = 1 / (last.rho * dot(last.y, last.y));
    for (let i = 0; i < d.length; i++) d[i] *= scale;
  }
  for (let k = 0; k < pairs.length; k++) {
    const { s, y, rho } = pairs[k];
    const beta = alphas[k] - rho * dot(y, d);
    for (let i = 0; i < d.length; i++) d[i] += beta * s[i];
  }
  return d;
}

function wolfeStep(
  objective: Objective,
  x: Float64Array,
  value: number,
  gradient: Float64Array,
  direction: Float64Array,
  slope: number,
): { x: Float64Array; value: number; gradient: Float64Array<ArrayBuffer> } | null {
  if (!(slope < 0)) return null;
  const norm = maxNorm(gradient);
  let low = 0;
  let high = Infinity;
  let length = 1;
  for (let i = 0; i < 60; i++) {
    const trial = x.map((xi, j) => xi + length * direction[j]);
    const trialGradient = new Float64Array(x.length);
    const trialValue = objective(trial, trialGradient);
    const flat = Math.abs(trialValue - value) <= 1e-14 * (1 + Math.abs(value));
    if (flat && maxNorm(trialGradient) < norm)
      return { x: trial, value: trialValue, gradient: trialGradient };
    const trialSlope = dot(trialGradient, direction);
    if (!(trialValue <= value + 1e-4 * length * slope)) high = length;
    else if (trialSlope < 0.9 * slope) low = length;
    else if (trialSlope > -0.9 * slope) high = length;
    else return { x: trial, value: trialValue, gradient: trialGradient };
    length = high < Infinity ? (low + high) / 2 : 2 * length;
  }
  return null;
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function maxNorm(values: ArrayLike<number>): number {
  let norm = 0;
  for (let i = 0; i < values.length; i++) norm = Math.max(norm, Math.abs(values[i]));
  return norm;
}
