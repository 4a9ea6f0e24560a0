import type { Estimate } from "../estimate/estimate.js";
import { halfSampleStrata } from "../estimate/halfSampleStrata.js";
import { checkOptions } from "../numeric/check.js";
import type { Matrix } from "../numeric/matrix.js";
import { type Balls, countBalls } from "./balls.js";
import { ballsOfSamples, type Strata, strataOfBalls } from "./ballsOfSamples.js";
import type { ResamplingOptions } from "./samples.js";
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
  const { k = 3 } = options;
  const [own, other, strata] = ballsOfSamples(fn, [real, generated], k, options);
  return measure(own, other, strata, options);
}

/** {@link precisionRecall} from balls that were made elsewhere. */
export function precisionRecallFromBalls(
  real: Balls,
  generated: Balls,
  options: PrecisionRecallOptions = {},
): PrecisionRecall {
  return measure(
    real,
    generated,
    strataOfBalls("precisionRecallFromBalls", real, generated, options),
    options,
  );
}

function measure(
  real: Balls,
  generated: Balls,
  strata: Strata,
  options: PrecisionRecallOptions,
): PrecisionRecall {
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
