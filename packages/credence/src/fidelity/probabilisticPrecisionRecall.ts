import type { Estimate } from "../estimate/estimate.js";
import { halfSampleStrata } from "../estimate/halfSampleStrata.js";
import { allRows } from "../estimate/statistic.js";
import type { Stratum } from "../estimate/strata.js";
import { checkOptions, checkSameLength } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import type { Matrix } from "../numeric/matrix.js";
import {
  forEachPairWithin,
  mutuallyWithin,
  type Neighbours,
  nearestNeighbours,
} from "../numeric/neighbours.js";
import { mean } from "../numeric/quantile.js";
import {
  type Balls,
  ballsOf,
  checkBalls,
  checkNeighbours,
  membership,
  neighboursForHalves,
  radiusOf,
} from "./balls.js";
import { requirePositive } from "./require.js";
import { checkedSamples, checkNeighbourCount, type ResamplingOptions, takeRows } from "./samples.js";

/** Options of {@link probabilisticPrecisionRecall}. */
export interface ProbabilisticOptions extends Omit<ResamplingOptions, "resamples"> {
  /** Neighbours whose mean distance sets the radius. Default 4. */
  k?: number;
  /** Factor on that mean distance. Default 1.2. */
  factor?: number;
  /** Number of half samples. Default 30. */
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
  checkOptions(fn, options);
  const { k = 4, factor = 1.2, resamples = 30, interval } = options;
  requirePositive(fn, "factor", factor);
  const samples = checkedSamples(fn, real, generated, options);
  // Half a sample must still hold k neighbours.
  const share = interval === false ? 1 : 2;
  checkNeighbourCount(fn, "real", Math.floor(samples.real.rows / share), k);
  checkNeighbourCount(fn, "generated", Math.floor(samples.generated.rows / share), k);
  const kept = (rows: number) => (interval === false ? k : neighboursForHalves(k, rows));
  const own = [
    nearestNeighbours(samples.real, kept(samples.real.rows)),
    nearestNeighbours(samples.generated, kept(samples.generated.rows)),
  ] as const;
  const [realRadius, generatedRadius] = largestRadii(own, options, samples.strata);
  try {
    const inside = mutuallyWithin(
      samples.real,
      samples.generated,
      new Float64Array(samples.real.rows).fill(realRadius),
      new Float64Array(samples.generated.rows).fill(generatedRadius),
    );
    return probabilisticPrecisionRecallFromBalls(...ballsOf(own, inside), options, samples.strata);
  } catch (error) {
    // More pairs than can be kept: every half sample then measures them anew.
    if (!(error instanceof CredenceError && error.code === "too-large")) throw error;
  }
  const [precision, recall] = halfSampleStrata(
    samples.strata,
    ([a, b]) => {
      const radii = [coverRadius(own[0], options, a), coverRadius(own[1], options, b)] as const;
      const [generatedMissed, realMissed] = missedShares(
        takeRows(samples.real, a),
        takeRows(samples.generated, b),
        ...radii,
      );
      return [1 - mean(generatedMissed), 1 - mean(realMissed)];
    },
    { ...options, resamples },
  );
  return { precision, recall };
}

/**
 * The largest radius around real and around generated rows that {@link probabilisticPrecisionRecall} needs, of all rows
 * or of a half sample, from the neighbours within each sample: how far the pairs for
 * {@link probabilisticPrecisionRecallFromBalls} must reach.
 */
export function largestRadii(
  own: readonly [Neighbours, Neighbours],
  options: ProbabilisticOptions = {},
  strata?: readonly [Stratum, Stratum],
): readonly [number, number] {
  const fn = "largestRadii";
  checkOptions(fn, options);
  checkSameLength(fn, "own", own, "the two samples", { length: 2 });
  checkNeighbours(fn, "own[0]", own[0]);
  checkNeighbours(fn, "own[1]", own[1]);
  const { resamples = 30 } = options;
  const largest: [number, number] = [0, 0];
  // The half samples of the same seed are drawn again for the values.
  halfSampleStrata(
    strata ?? [{ rows: own[0].rows }, { rows: own[1].rows }],
    (rows) => {
      rows.forEach((chosen, s) => {
        largest[s] = Math.max(largest[s], coverRadius(own[s], options, chosen));
      });
      return [];
    },
    { ...options, resamples, onProgress: undefined },
  );
  return largest;
}

/**
 * {@link probabilisticPrecisionRecall} from neighbours and pairs that were made elsewhere: pairs out to
 * {@link largestRadii}; for intervals with {@link neighboursForHalves} neighbours.
 */
export function probabilisticPrecisionRecallFromBalls(
  real: Balls,
  generated: Balls,
  options: ProbabilisticOptions = {},
  strata?: readonly [Stratum, Stratum],
): ProbabilisticPrecisionRecall {
  const fn = "probabilisticPrecisionRecallFromBalls";
  checkOptions(fn, options);
  checkBalls(fn, { real, generated });
  const { resamples = 30 } = options;
  const [precision, recall] = halfSampleStrata(
    strata ?? [{ rows: real.own.rows }, { rows: generated.own.rows }],
    ([a, b]) => [coveredShare(real, options, a, b), coveredShare(generated, options, b, a)],
    { ...options, resamples },
  );
  return { precision, recall };
}

/**
 * For each row of `b` how far it escapes all balls of one radius around the rows of `a`: the product of min(1, distance /
 * radius); and the reverse. With {@link coverRadius} of each sample, 1 − the means are P-precision and P-recall. Needs no
 * memory for pairs; a faster kernel makes the same.
 * @example
 * ```ts
 * import { missedShares } from "credence/fidelity";
 * const [a, b] = [{ data: [0, 1], rows: 2, columns: 1 }, { data: [0.5], rows: 1, columns: 1 }];
 * missedShares(a, b, 1, 0.1)[0]; // → [0.25]
 * ```
 */
export function missedShares(
  a: Matrix,
  b: Matrix,
  radiusOfA: number,
  radiusOfB: number,
): readonly [Float64Array, Float64Array] {
  return [productsOfShares(a, b, radiusOfA), productsOfShares(b, a, radiusOfB)];
}

/** `factor` × the mean distance to the k-th neighbour, among the chosen rows (ascending; default all). */
export function coverRadius(
  own: Neighbours,
  { k = 4, factor = 1.2 }: Pick<ProbabilisticOptions, "k" | "factor"> = {},
  rows: Int32Array = allRows(own.rows),
): number {
  const chosen = rows.length < own.rows ? membership(rows, own.rows) : undefined;
  let sum = 0;
  for (const row of rows) sum += radiusOf(own, row, k, chosen);
  return (factor * sum) / rows.length;
}

/** Mean over points of 1 − Π over centres (1 − max(0, 1 − d/R)). */
function coveredShare(
  { own, inside, points }: Balls,
  options: ProbabilisticOptions,
  centres: Int32Array,
  chosen: Int32Array,
): number {
  const radius = coverRadius(own, options, centres);
  const missed = new Float64Array(points).fill(1);
  for (const centre of centres)
    for (let p = inside.offsets[centre]; p < inside.offsets[centre + 1]; p++) {
      if (inside.distances[p] > radius) break;
      missed[inside.indices[p]] *= shareMissed(inside.distances[p], radius);
    }
  let sum = 0;
  for (const point of chosen) sum += missed[point];
  return 1 - sum / chosen.length;
}

function productsOfShares(centres: Matrix, points: Matrix, radius: number): Float64Array {
  const missed = new Float64Array(points.rows).fill(1);
  forEachPairWithin(points, centres, new Float64Array(centres.rows).fill(radius), (_, point, distance) => {
    missed[point] *= shareMissed(distance, radius);
  });
  return missed;
}

/** Where all centres coincide with k others the radius is 0, and only what coincides with them is covered. */
function shareMissed(distance: number, radius: number): number {
  return radius > 0 ? distance / radius : 0;
}
