import type { Estimate } from "../estimate/estimate.js";
import { halfSampleStrata } from "../estimate/halfSampleStrata.js";
import type { Matrix } from "../numeric/matrix.js";
import { forEachPairWithin, nearestNeighbours } from "../numeric/neighbours.js";
import { mean } from "../numeric/quantile.js";
import { requirePositive } from "./require.js";
import { checkedSamples, checkNeighbourCount, type ResamplingOptions, takeRows } from "./samples.js";

/** Options of {@link probabilisticPrecisionRecall}. */
export interface ProbabilisticOptions extends Omit<ResamplingOptions, "resamples"> {
  /** Neighbours whose mean distance sets the radius. Default 4. */
  k?: number;
  /** Factor on that mean distance. Default 1.2. */
  factor?: number;
  /** Number of half samples, each of which costs about half of the value itself. Default 30. */
  resamples?: number;
}

/** P-precision and P-recall. */
export interface ProbabilisticPrecisionRecall {
  readonly precision: Estimate;
  readonly recall: Estimate;
}

/**
 * Probabilistic precision and recall: every row covers its surroundings with a weight 1 − distance/R that falls to 0 at
 * R = 1.2 × the mean distance to the 4th neighbour; precision is the mean probability that at least one real row covers
 * a generated one. Less at the mercy of single outliers than {@link precisionRecall}. Intervals are from half samples,
 * around the expected value at these sample sizes.
 * @throws CredenceError as {@link prdc}.
 * @see Park & Kim 2023.
 * @example
 * ```ts
 * import { probabilisticPrecisionRecall } from "credence/fidelity";
 * const real = { data: [0, 1, 2], rows: 3, columns: 1 };
 * const generated = { data: [0.6, 9, 9.5], rows: 3, columns: 1 };
 * const { precision } = probabilisticPrecisionRecall(real, generated, { k: 1, interval: false });
 * precision.value; // → 0.2778
 * ```
 */
export function probabilisticPrecisionRecall(
  real: Matrix,
  generated: Matrix,
  options: ProbabilisticOptions = {},
): ProbabilisticPrecisionRecall {
  const fn = "probabilisticPrecisionRecall";
  const { k = 4, factor = 1.2, resamples = 30, interval } = options;
  requirePositive(fn, "factor", factor);
  const samples = checkedSamples(fn, real, generated, options);
  // Half a sample must still hold k neighbours.
  const share = interval === false ? 1 : 2;
  checkNeighbourCount(fn, "real", Math.floor(samples.real.rows / share), k);
  checkNeighbourCount(fn, "generated", Math.floor(samples.generated.rows / share), k);
  const [precision, recall] = halfSampleStrata(
    samples.strata,
    ([a, b]) => {
      const some = takeRows(samples.real, a);
      const others = takeRows(samples.generated, b);
      return [coveredShare(some, others, k, factor), coveredShare(others, some, k, factor)];
    },
    { ...options, resamples },
  );
  return { precision, recall };
}

/** Mean over points of 1 − Π over centres (1 − max(0, 1 − d/R)). */
function coveredShare(centres: Matrix, points: Matrix, k: number, factor: number): number {
  const { distances } = nearestNeighbours(centres, k);
  const radius =
    factor * mean(Float64Array.from({ length: centres.rows }, (_, i) => distances[i * k + k - 1]));
  const missed = new Float64Array(points.rows).fill(1);
  if (radius === 0) {
    // All centres coincide with k others: only what coincides with them is covered.
    forEachPairWithin(points, centres, new Float64Array(centres.rows), (_, point) => {
      missed[point] = 0;
    });
  } else
    forEachPairWithin(points, centres, new Float64Array(centres.rows).fill(radius), (_, point, distance) => {
      missed[point] *= distance / radius;
    });
  return 1 - mean(missed);
}
