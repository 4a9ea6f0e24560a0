import { type Estimate, levelOf, pointEstimate } from "../estimate/estimate.js";
import { combineJackknives, jackknifeInterval, type StrataJackknife } from "../estimate/jackknifeStrata.js";
import { type Stratum, strataSize, unitRows } from "../estimate/strata.js";
import { checkCount, checkFields, checkList, checkOptions } from "../numeric/check.js";
import { shuffle } from "../numeric/distributions.js";
import { CredenceError } from "../numeric/error.js";
import type { Matrix } from "../numeric/matrix.js";
import { isMatrix } from "../numeric/matrix.js";
import { createRandom } from "../numeric/random.js";
import {
  covariance,
  distanceOfRows,
  frechetDistanceOfTrace,
  frechetFactor,
  frechetOfStatistics,
} from "./frechetOfStatistics.js";
import {
  type GaussianStatistics,
  gaussianStatistics,
  mergeGaussianStatistics,
} from "./gaussianStatistics.js";
import { checkedSamples, checkSameFeatures, type FidelityOptions, takeRows } from "./samples.js";
import { traceOfRoot } from "./traceOfRoot.js";

/** A sample for {@link frechetDistance}: its rows, its statistics, or the statistics of disjoint blocks of it. */
export type FrechetSample = Matrix | GaussianStatistics | readonly GaussianStatistics[];

/** Options of {@link frechetDistance}. */
export interface FrechetOptions extends FidelityOptions {
  /** Blocks per sample for the jackknife, which costs one distance a block. Default 10. */
  blocks?: number;
  /** Called after each distance with the work done and the total; may throw to stop. */
  onProgress?: (done: number, total: number) => void;
}

/** The Fréchet distance with what is known of its bias. */
export interface FrechetDistance extends Estimate {
  /**
   * The value less its O(1/n) bias (jackknife): what `interval` is centred on. May be negative where the distributions
   * are equal. Null where no interval was made.
   */
  readonly corrected: number | null;
}

/**
 * Fréchet distance between two samples of features (FID, where they are Inception features): ‖Δμ‖² + tr S₁ + tr S₂ −
 * 2 tr (S₁S₂)^½, with covariances over n − 1.
 *
 * `value` is the number everybody publishes. It is too large by O(1/n), often by more than the difference between two
 * models, so `interval` is for the distance between the distributions: the jackknife-corrected value ± t · its standard
 * error, and `value` may lie above it. With fewer than two rows per column neither is trustworthy: the interval is then
 * (−∞, ∞); see {@link frechetInfinity}. Where the two distributions are equal the standard error degenerates and the
 * interval is only a rough one. The bootstrap is wrong here.
 * @param real One row of features per sample, or its {@link gaussianStatistics}; blocks of statistics allow an interval.
 * @throws CredenceError "empty-input", "length-mismatch", "shape-mismatch", "not-finite", "too-few" for a single row.
 * @see Heusel et al. 2017; Chong & Forsyth 2020 (bias).
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
  const fn = "frechetDistance";
  checkOptions(fn, options);
  const { blocks = 10, seed = 0 } = options;
  const level = levelOf(fn, options);
  checkCount(fn, "blocks", blocks, 2);
  if (isMatrix(real) && isMatrix(generated)) {
    const samples = checkedSamples(fn, real, generated, options);
    const fewest = Math.min(samples.real.rows, samples.generated.rows);
    checkRows(fn, fewest);
    const { n } = strataSize(samples.strata, [0, 0]);
    if (options.interval === false || fewest < 2 * samples.real.columns) {
      const value = distanceOfRows(samples.real, samples.generated);
      const point = pointEstimate(value, level, n);
      if (options.interval === false) return { ...point, corrected: null };
      return {
        ...point,
        interval: [-Infinity, Infinity],
        method: "jackknife: needs two rows per column",
        corrected: null,
      };
    }
    const [a, b] = [samples.real, samples.generated].map((matrix, s) =>
      blockStatistics(fn, matrix, samples.strata[s], blocks, seed + s),
    );
    const units = samples.strata.map((stratum) => unitRows(fn, stratum).length);
    return frechetOfBlocks(a, b, level, strataSize(samples.strata, units), options.onProgress);
  }
  const [a, b] = [toBlocks(fn, "real", real), toBlocks(fn, "generated", generated)];
  const d = a[0].mean.length;
  if (b[0].mean.length !== d)
    checkSameFeatures(fn, "generated", { data: [], rows: 0, columns: b[0].mean.length }, "real", {
      data: [],
      rows: 0,
      columns: d,
    });
  const whole = [a, b].map((list) => list.reduce(mergeGaussianStatistics));
  const n = whole[0].n + whole[1].n;
  const fewest = Math.min(whole[0].n, whole[1].n);
  checkRows(fn, fewest);
  if (options.interval !== false && a.length > 1 && b.length > 1 && fewest >= 2 * d)
    return frechetOfBlocks(a, b, level, { n }, options.onProgress);
  return { ...pointEstimate(frechetOfStatistics(whole[0], whole[1]), level, n), corrected: null };
}

/** Delete-one-block jackknife; the factor of the sample that stays whole is made once. */
function frechetOfBlocks(
  a: readonly GaussianStatistics[],
  b: readonly GaussianStatistics[],
  level: number,
  size: { n: number; groups?: number },
  onProgress?: (done: number, total: number) => void,
): FrechetDistance {
  const total = a.length + b.length + 1;
  let done = 0;
  const counted = (value: number) => {
    onProgress?.(++done, total);
    return value;
  };
  const [wholeA, wholeB] = [a, b].map((list) => list.reduce(mergeGaussianStatistics));
  const d = wholeA.mean.length;
  const [rootA, rootB] = [wholeA, wholeB].map(frechetFactor);
  const between = (root: Float64Array, fixed: GaussianStatistics, other: GaussianStatistics) =>
    counted(frechetDistanceOfTrace(fixed, other, traceOfRoot(root, covariance(other), d)));
  const result: StrataJackknife = combineJackknives({
    value: between(rootA, wholeA, wholeB),
    byStratum: [
      leaveOuts(a).map((rest) => between(rootB, wholeB, rest)),
      leaveOuts(b).map((rest) => between(rootA, wholeA, rest)),
    ],
  });
  return {
    value: result.value,
    interval: jackknifeInterval(result, level, result.corrected),
    level,
    method: size.groups ? "cluster-jackknife" : "jackknife",
    ...size,
    corrected: result.corrected,
  };
}

/** The blocks without each one in turn, merged. */
function leaveOuts(blocks: readonly GaussianStatistics[]): GaussianStatistics[] {
  return blocks.map((_, left) => blocks.filter((_, b) => b !== left).reduce(mergeGaussianStatistics));
}

/** Deals the units of a sample into blocks at random. */
function blockStatistics(
  fn: string,
  matrix: Matrix,
  stratum: Stratum,
  blocks: number,
  seed: number,
): GaussianStatistics[] {
  const units = shuffle(createRandom(seed), unitRows(fn, stratum));
  if (units.length < blocks)
    throw new CredenceError(
      "too-few",
      { function: fn, argument: "blocks", value: blocks },
      `needs as many groups as blocks, but there are only ${units.length}.`,
    );
  return Array.from({ length: blocks }, (_, b) => {
    const rows = units.filter((_, i) => i % blocks === b).flatMap((unit) => Array.from(unit));
    return gaussianStatistics(takeRows(matrix, rows));
  });
}

function toBlocks(fn: string, argument: string, sample: FrechetSample): readonly GaussianStatistics[] {
  if (isMatrix(sample)) return [gaussianStatistics(sample)];
  checkFields(fn, argument, sample);
  const blocks = "scatter" in sample ? [sample] : sample;
  checkList(fn, argument, blocks);
  for (const block of Array.from(blocks)) {
    checkFields(fn, argument, block);
    checkList(fn, `${argument}.mean`, block.mean);
  }
  if (blocks.length === 0)
    throw new CredenceError("empty-input", { function: fn, argument }, "holds no statistics.");
  return blocks;
}

function checkRows(fn: string, fewest: number): void {
  if (fewest < 2)
    throw new CredenceError(
      "too-few",
      { function: fn, argument: "rows", value: fewest },
      "a covariance needs two rows.",
    );
}
