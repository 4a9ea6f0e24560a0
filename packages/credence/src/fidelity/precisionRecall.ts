import type { Estimate } from "../estimate/estimate.js";
import { halfSampleStrata } from "../estimate/halfSampleStrata.js";
import type { Stratum } from "../estimate/strata.js";
import { checkOptions } from "../numeric/check.js";
import type { Matrix } from "../numeric/matrix.js";
import { type Balls, checkBalls, countBalls, createBalls, neighboursForHalves } from "./balls.js";
import { checkedSamples, checkNeighbourCount, type ResamplingOptions } from "./samples.js";
import { widenAtEdge } from "./widenAtEdge.js";

/** Options of {@link precisionRecall}. */
export interface PrecisionRecallOptions extends ResamplingOptions {
  /** Neighbours that make a ball. Default 3. */
  k?: number;
}

/** Two numbers instead of one: are the samples real, and is all of the data reached? */
export interface PrecisionRecall {
  /** Share of generated rows inside the manifold of the real ones. */
  readonly precision: Estimate;
  /** Share of real rows inside the manifold of the generated ones. */
  readonly recall: Estimate;
}

/**
 * Improved precision and recall: a manifold is the union of closed balls around its rows, each out to the k-th
 * neighbour.
 *
 * Both are blind to how often a mode is drawn (one row there is enough) and easily inflated by outliers: prefer
 * {@link prdc} or {@link precisionRecallCurve}. Intervals as in {@link prdc}.
 * @throws CredenceError as {@link prdc}.
 * @see Kynkäänniemi et al. 2019.
 * @example
 * ```ts
 * import { precisionRecall } from "credence/fidelity";
 * const real = { data: [0, 1, 10, 11], rows: 4, columns: 1 };
 * const generated = { data: [0, 0.5, 1], rows: 3, columns: 1 };
 * const dropped = precisionRecall(real, generated, { k: 1, interval: false });
 * [dropped.precision.value, dropped.recall.value]; // → [1, 0.5]
 * ```
 */
export function precisionRecall(
  real: Matrix,
  generated: Matrix,
  options: PrecisionRecallOptions = {},
): PrecisionRecall {
  const fn = "precisionRecall";
  checkOptions(fn, options);
  const { k = 3, interval } = options;
  const samples = checkedSamples(fn, real, generated, options);
  checkNeighbourCount(fn, "real", samples.real.rows, k);
  checkNeighbourCount(fn, "generated", samples.generated.rows, k);
  const kept = (rows: number) => (interval === false ? k : neighboursForHalves(k, rows));
  const balls = createBalls(samples.real, samples.generated, [
    kept(samples.real.rows),
    kept(samples.generated.rows),
  ]);
  return precisionRecallFromBalls(...balls, options, samples.strata);
}

/** {@link precisionRecall} from balls that were made elsewhere. */
export function precisionRecallFromBalls(
  real: Balls,
  generated: Balls,
  options: PrecisionRecallOptions = {},
  samples?: readonly [Stratum, Stratum],
): PrecisionRecall {
  const fn = "precisionRecallFromBalls";
  checkOptions(fn, options);
  checkBalls(fn, { real, generated });
  const strata = samples ?? [{ rows: real.own.rows }, { rows: generated.own.rows }];
  const { k = 3, resamples = 200 } = options;
  const [precision, recall] = halfSampleStrata(
    strata,
    ([realRows, generatedRows]) => [
      countBalls(real, k, true, realRows, generatedRows).hit,
      countBalls(generated, k, true, generatedRows, realRows).hit,
    ],
    { ...options, resamples },
  );
  return { precision: widenAtEdge(precision, strata[1]), recall: widenAtEdge(recall, strata[0]) };
}
