import type { Estimate } from "../estimate/estimate.js";
import { halfSampleStrata } from "../estimate/halfSampleStrata.js";
import { checkOptions } from "../numeric/check.js";
import type { Matrix } from "../numeric/matrix.js";
import { type Balls, countBalls } from "./balls.js";
import { ballsOfSamples, type Strata, strataOfBalls } from "./ballsOfSamples.js";
import type { ResamplingOptions } from "./samples.js";
import { widenAtEdge } from "./widenAtEdge.js";

/** Options of {@link prdc}. */
export interface PrdcOptions extends ResamplingOptions {
  /** Neighbours that make a ball. Default 5. */
  k?: number;
}

/** The four numbers of {@link prdc}. */
export interface Prdc {
  /** Share of generated rows inside the ball of a real one: do the samples look real? */
  readonly precision: Estimate;
  /** Share of real rows inside the ball of a generated one: is all of the data reached? */
  readonly recall: Estimate;
  /** Real balls a generated row lies in, on average, over k: precision that outliers cannot inflate; 1 at equality, may exceed 1. */
  readonly density: Estimate;
  /** Share of real balls that hold a generated row: recall that outliers cannot inflate. */
  readonly coverage: Estimate;
}

/**
 * Precision, recall, density and coverage from open balls out to the k-th neighbour.
 *
 * Intervals come from half samples and say where the expected value at these sample sizes lies (all four depend on the
 * sizes; compare models at equal n, and with real against real as the baseline). The bootstrap is wrong here: repeated
 * rows shrink the balls.
 * @param real One row of features per real sample. @param generated The same features of generated samples.
 * @returns Estimates; precision, recall and coverage in [0, 1], density ≥ 0.
 * @throws CredenceError "empty-input", "length-mismatch", "shape-mismatch", "not-finite", "too-few" for rows ≤ k,
 *   "out-of-range".
 * @see Naeem et al. 2020. Where k rows coincide, their radius is 0 and the reference implementation finds nothing
 *   inside, not even equal rows; here equal rows are inside.
 * @example
 * ```ts
 * import { prdc } from "credence/fidelity";
 * const real = { data: [0, 1, 2, 3], rows: 4, columns: 1 };
 * const generated = { data: [0.1, 0.9, 1.1, 9], rows: 4, columns: 1 };
 * const { precision, coverage } = prdc(real, generated, { k: 1, interval: false });
 * [precision.value, coverage.value]; // → [0.75, 0.75]
 * ```
 */
export function prdc(real: Matrix, generated: Matrix, options: PrdcOptions = {}): Prdc {
  const fn = "prdc";
  checkOptions(fn, options);
  const { k = 5 } = options;
  const [own, other, strata] = ballsOfSamples(fn, [real, generated], k, options);
  return measure(own, other, strata, options);
}

/** {@link prdc} from balls that were made elsewhere; for intervals they should hold {@link neighboursForHalves} neighbours. */
export function prdcFromBalls(real: Balls, generated: Balls, options: PrdcOptions = {}): Prdc {
  return measure(real, generated, strataOfBalls("prdcFromBalls", real, generated, options), options);
}

function measure(real: Balls, generated: Balls, strata: Strata, options: PrdcOptions): Prdc {
  const { k = 5, resamples = 200 } = options;
  const [precision, recall, density, coverage] = halfSampleStrata(
    strata,
    ([realRows, generatedRows]) => {
      const around = countBalls(real, k, false, realRows, generatedRows);
      const back = countBalls(generated, k, false, generatedRows, realRows);
      return [around.hit, back.hit, around.density, around.covered];
    },
    { ...options, resamples },
  );
  const [realStratum, generatedStratum] = strata;
  return {
    precision: widenAtEdge(precision, generatedStratum),
    recall: widenAtEdge(recall, realStratum),
    density,
    coverage: widenAtEdge(coverage, realStratum),
  };
}
