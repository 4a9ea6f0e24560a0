import { reportProgress } from "../estimate/statistic.js";
import { checkOptions } from "../numeric/check.js";
import { isMatrix, type Matrix } from "../numeric/matrix.js";
import {
  type FrechetBlockOptions,
  type FrechetBlocks,
  frechetBlocks,
  type RowBlock,
} from "./frechetBlocks.js";
import { type FrechetDistance, frechetDistanceSteps, withoutCorrection } from "./frechetDistanceSteps.js";
import { distanceOfRows } from "./frechetOfStatistics.js";
import { type GaussianStatistics, gaussianStatistics } from "./gaussianStatistics.js";
import { answerSteps } from "./neighbourSteps.js";
import { productEigenvalues } from "./productEigenvalues.js";

/** A sample for {@link frechetDistance}: its rows, its statistics, or the statistics of disjoint blocks of it. */
export type FrechetSample = Matrix | GaussianStatistics | readonly GaussianStatistics[];

/** Options of {@link frechetDistance}. */
export interface FrechetOptions extends FrechetBlockOptions {
  /** Called after each distance with the work done and the total; may throw to stop. */
  onProgress?: (done: number, total: number) => void;
}

/**
 * Fréchet distance between two samples of features (FID, where they are Inception features): ‖Δμ‖² + tr S₁ + tr S₂ −
 * 2 tr (S₁S₂)^½, with covariances over n − 1.
 *
 * `value` is the number everybody publishes. It is too large by O(columns² / n), often by more than the difference
 * between two models, so `interval` is for the distance between the distributions, and `value` may lie above it. It is
 * around `corrected`: the bias of normal rows is taken off by random matrix theory, which holds for any number of columns,
 * and what the rows' own distribution adds by the delete-group jackknife. The half width is t · the standard error, and
 * what the correction differs by from that of the jackknife alone: with heavy tails and many columns some bias is left.
 * With fewer than two rows per column the interval is (−∞, ∞). Where the two distributions are equal the standard error
 * degenerates and the interval is only a rough one. The bootstrap is wrong here.
 * @param real One row of features per sample, or its {@link gaussianStatistics}; blocks of statistics allow an interval.
 * @throws CredenceError "empty-input", "length-mismatch", "shape-mismatch", "not-finite", "too-few" for a single row.
 * @see Heusel et al. 2017; Chong & Forsyth 2020 (bias); Tiomoko & Couillet 2019 (its correction).
 * @example
 * ```ts
 * import { frechetDistance } from "credence/fidelity";
 * const real = { data: [-1, 0, 1], rows: 3, columns: 1 };
 * const generated = { data: [1, 3, 5], rows: 3, columns: 1 };
 * frechetDistance(real, generated, { interval: false }).value; // → 10.000
 * ```
 */
export function frechetDistance(
  real: FrechetSample,
  generated: FrechetSample,
  options: FrechetOptions = {},
): FrechetDistance {
  checkOptions("frechetDistance", options);
  if (!isMatrix(real) || !isMatrix(generated))
    return ofStatistics({ real: statisticsOf(real), generated: statisticsOf(generated) }, options);
  const blocks = frechetBlocks(real, generated, options);
  const [a, b] = [blocks.real[0], blocks.generated[0]];
  // A form of the smaller size, rows × rows.
  if (blocks.real.length === 1 && Math.min(a.rows, b.rows) < real.columns) {
    const value = distanceOfRows(a.matrix(), b.matrix());
    reportProgress(options.onProgress, 1, 1);
    return withoutCorrection(value, a.rows + b.rows, options);
  }
  const statistics = (of: readonly RowBlock[]) => of.map((block) => gaussianStatistics(block.matrix()));
  return ofStatistics(
    { ...blocks, real: statistics(blocks.real), generated: statistics(blocks.generated) },
    options,
  );
}

function ofStatistics(
  blocks: FrechetBlocks<GaussianStatistics>,
  { onProgress, ...options }: FrechetOptions,
): FrechetDistance {
  let done = 0;
  return answerSteps(frechetDistanceSteps(blocks, options), ({ first, others, total }) =>
    productEigenvalues(first, others, () => reportProgress(onProgress, ++done, total)),
  );
}

function statisticsOf(sample: FrechetSample): readonly GaussianStatistics[] {
  if (isMatrix(sample)) return [gaussianStatistics(sample)];
  return typeof sample === "object" && sample !== null && "scatter" in sample ? [sample] : sample;
}
