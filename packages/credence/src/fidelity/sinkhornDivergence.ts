import type { Estimate } from "../estimate/estimate.js";
import { halfSampleStrata } from "../estimate/halfSampleStrata.js";
import { checkCount, checkOptions } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import type { Matrix } from "../numeric/matrix.js";
import { mean } from "../numeric/quantile.js";
import { forEachTile, squaredDistances } from "../numeric/tiles.js";
import { requirePairs, requirePositive } from "./require.js";
import { checkedSamples, type FidelityOptions } from "./samples.js";

/** Options of {@link sinkhornDivergence}. */
export interface SinkhornOptions extends FidelityOptions {
  /** Strength of the entropic smoothing, in the units of the cost ½‖x − y‖². Default: 5 % of the mean cost between the samples. */
  epsilon?: number;
  /** Default 2000. */
  maxIterations?: number;
  /** The potentials may still move by this share of ε. Default 1e-4. */
  tolerance?: number;
  /** Half samples for the interval. Default 20. */
  resamples?: number;
}

/**
 * Sinkhorn divergence: optimal transport with entropic smoothing, less what smoothing adds to a sample's distance from
 * itself, OTε(P, Q) − ½ OTε(P, P) − ½ OTε(Q, Q), cost ½‖x − y‖². At least 0, and 0 for identical samples. It takes
 * memory and time in proportion to the pairs of rows: at most 4 million of them.
 *
 * Interval: half samples, around the expected value at these sample sizes.
 * @throws CredenceError as {@link frechetDistance}, "too-large", "diverged" where the iterations do not settle.
 * @see Cuturi 2013; Genevay, Peyré & Cuturi 2018; Feydy et al. 2019.
 * @example
 * ```ts
 * import { sinkhornDivergence } from "credence/fidelity";
 * const line = (from: number) => ({ data: [from, from + 1, from + 2], rows: 3, columns: 1 });
 * sinkhornDivergence(line(0), line(4), { interval: false }).value.toFixed(2); // → "8.00"
 * ```
 */
export function sinkhornDivergence(real: Matrix, generated: Matrix, options: SinkhornOptions = {}): Estimate {
  const fn = "sinkhornDivergence";
  checkOptions(fn, options);
  const { maxIterations = 2000, tolerance = 1e-4, resamples = 20 } = options;
  checkCount(fn, "maxIterations", maxIterations);
  requirePositive(fn, "tolerance", tolerance);
  const samples = checkedSamples(fn, real, generated, options);
  const most = Math.max(samples.real.rows, samples.generated.rows);
  requirePairs(fn, most, most, 4e6);
  const costs = [
    costMatrix(samples.real, samples.generated),
    costMatrix(samples.real),
    costMatrix(samples.generated),
  ];
  const epsilon = options.epsilon ?? 0.05 * mean(costs[0]);
  // Where everything coincides there is nothing to transport.
  if (options.epsilon !== undefined || epsilon > 0) requirePositive(fn, "epsilon", epsilon);
  const [estimate] = halfSampleStrata(
    samples.strata,
    ([a, b]) => {
      if (epsilon === 0) return [0];
      const cost = (matrix: Float64Array, rows: Int32Array, columns: Int32Array, width: number) =>
        transportCost(
          fn,
          pick(matrix, rows, columns, width),
          rows.length,
          columns.length,
          epsilon,
          maxIterations,
          tolerance,
        );
      const [n, m] = [samples.real.rows, samples.generated.rows];
      return [cost(costs[0], a, b, m) - cost(costs[1], a, a, n) / 2 - cost(costs[2], b, b, m) / 2];
    },
    { ...options, resamples },
  );
  return estimate;
}

/** ½‖x − y‖², row-major. */
function costMatrix(a: Matrix, b?: Matrix): Float64Array {
  const width = (b ?? a).rows;
  const costs = new Float64Array(a.rows * width);
  forEachTile(a, b ?? a, squaredDistances, ({ first, rows, second, columns, values, stride }) => {
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++) costs[(first + i) * width + second + j] = values[i * stride + j] / 2;
  });
  return costs;
}

function pick(matrix: Float64Array, rows: Int32Array, columns: Int32Array, width: number): Float64Array {
  const picked = new Float64Array(rows.length * columns.length);
  let at = 0;
  for (const i of rows) for (const j of columns) picked[at++] = matrix[i * width + j];
  return picked;
}

/** Averaged updates at the start. */
const AVERAGED = 30;

/**
 * The dual value ⟨a, f⟩ + ⟨b, g⟩ for uniform weights, by updates in the log domain. Averaged updates of both potentials
 * settle at once for a sample with itself; where they have not, updates by turns need a third of the steps.
 */
function transportCost(
  fn: string,
  cost: Float64Array,
  n: number,
  m: number,
  epsilon: number,
  maxIterations: number,
  tolerance: number,
): number {
  let f: Float64Array = new Float64Array(n);
  let g: Float64Array = new Float64Array(m);
  // ε falls from the largest cost to its value: few steps then suffice.
  let current = Math.max(
    epsilon,
    cost.reduce((most, x) => Math.max(most, x), 0),
  );
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    const averaged = iteration < AVERAGED;
    const nextF = softMinimum(cost, g, n, m, 1, m, current);
    const nextG = softMinimum(cost, averaged ? f : nextF, m, n, m, 1, current);
    const moved = Math.max(largestGap(f, nextF), largestGap(g, nextG));
    f = averaged ? f.map((x, i) => (x + nextF[i]) / 2) : nextF;
    g = averaged ? g.map((x, j) => (x + nextG[j]) / 2) : nextG;
    if (current > epsilon) current = Math.max(epsilon, current * 0.7);
    else if (moved <= tolerance * epsilon) return mean(f) + mean(softMinimum(cost, f, m, n, m, 1, epsilon));
  }
  throw new CredenceError(
    "diverged",
    { function: fn, argument: "maxIterations", value: maxIterations },
    "the potentials have not settled; allow more iterations, a larger epsilon or a larger tolerance.",
  );
}

function largestGap(a: Float64Array, b: Float64Array): number {
  return a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i])), 0);
}

/** −ε ln of the mean over the inner index of exp((potential − cost)/ε). */
function softMinimum(
  cost: Float64Array,
  potential: Float64Array,
  outer: number,
  inner: number,
  innerStep: number,
  outerStep: number,
  epsilon: number,
): Float64Array {
  const result = new Float64Array(outer);
  for (let i = 0; i < outer; i++) {
    let top = -Infinity;
    for (let j = 0, at = i * outerStep; j < inner; j++, at += innerStep)
      top = Math.max(top, potential[j] - cost[at]);
    let sum = 0;
    for (let j = 0, at = i * outerStep; j < inner; j++, at += innerStep)
      sum += Math.exp((potential[j] - cost[at] - top) / epsilon);
    result[i] = -top - epsilon * Math.log(sum / inner);
  }
  return result;
}
