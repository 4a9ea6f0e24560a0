import { type Estimate, type EstimateOptions, levelOf, pointEstimate } from "../estimate/estimate.js";
import { combineJackknives, jackknifeInterval } from "../estimate/jackknifeStrata.js";
import { checkFields, checkList, checkOptions, checkSameLength } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import type { Matrix } from "../numeric/matrix.js";
import { checkRows, type FrechetBlocks } from "./frechetBlocks.js";
import { consistentFrechet, plugInFrechet } from "./frechetOfStatistics.js";
import { checkStatistics, type GaussianStatistics, mergeGaussianStatistics } from "./gaussianStatistics.js";
import { checkSameFeatures } from "./samples.js";

/** The Fréchet distance with what is known of its bias. */
export interface FrechetDistance extends Estimate {
  /**
   * The value less its bias, which `interval` is around. May be negative where the distributions are equal. Null where no
   * interval was made.
   */
  readonly corrected: number | null;
}

/** The arguments of {@link productEigenvalues}. */
export interface EigenvalueQuery {
  readonly first: GaussianStatistics;
  /** Each is made when it is asked for, so that not all of them are in memory together. */
  readonly others: Iterable<GaussianStatistics>;
  /** Distances of the whole calculation, for a bar of progress. */
  readonly total: number;
}

/** A Fréchet distance that stops wherever it needs eigenvalues, so that something faster may find them. */
export type FrechetSteps = Generator<EigenvalueQuery, FrechetDistance, readonly Float64Array[]>;

/** Why there is no interval. */
const NEEDS_ROWS = "jackknife: needs two rows per column";

/**
 * `frechetDistance` for eigenvalues found elsewhere, as by `productEigenvalues` of `startKernels` in @credence/runtime. It
 * asks once, and for an interval twice.
 * @throws CredenceError "empty-input", "shape-mismatch", "not-finite", "too-few", "out-of-range", at the first step.
 * @example
 * ```ts
 * import { frechetDistanceSteps, gaussianStatistics, productEigenvalues } from "credence/fidelity";
 * const real = [gaussianStatistics({ data: [-1, 0, 1], rows: 3, columns: 1 })];
 * const generated = [gaussianStatistics({ data: [1, 3, 5], rows: 3, columns: 1 })];
 * const steps = frechetDistanceSteps({ real, generated }, { interval: false });
 * let step = steps.next();
 * while (!step.done) step = steps.next(productEigenvalues(step.value.first, step.value.others));
 * step.value.value; // → 10.000
 * ```
 */
export function* frechetDistanceSteps(
  blocks: FrechetBlocks<GaussianStatistics>,
  options: Pick<EstimateOptions, "interval" | "level"> = {},
): FrechetSteps {
  const fn = "frechetDistance";
  checkOptions(fn, options);
  checkFields(fn, "blocks", blocks);
  const level = levelOf(fn, options);
  const [real, generated] = [checked(fn, "real", blocks.real), checked(fn, "generated", blocks.generated)];
  const [a, b] = [real, generated].map((list) => list.reduce(mergeGaussianStatistics));
  const d = a.mean.length;
  checkSameFeatures(fn, "generated", featuresOf(b), "real", featuresOf(a));
  const fewest = checkRows(fn, a.n, b.n);
  const left = Math.min(a.n - largest(real), b.n - largest(generated));
  const unable = fewest < 2 * d ? NEEDS_ROWS : left <= d + 1 ? "jackknife: needs more blocks" : null;
  if (options.interval === false || unable) {
    const [value] = yield* measured(a, [b], 1, plugInFrechet);
    return withoutCorrection(value, a.n + b.n, options, unable);
  }
  const total = 1 + generated.length + real.length;
  const [whole, ...withoutGenerated] = yield* measured(a, leaveOuts(b, generated, [b]), total, bothWays);
  const withoutReal = yield* measured(b, leaveOuts(a, real), total, bothWays);
  const [plugIn, consistent] = (["plugIn", "consistent"] as const).map((kind) =>
    combineJackknives({
      value: whole[kind],
      byStratum: [withoutReal, withoutGenerated].map((list) => list.map((distance) => distance[kind])),
    }),
  );
  // Two ways to take off the bias: by as much as they differ, what is left of it may still be.
  const doubt = Math.abs(plugIn.corrected - consistent.corrected);
  const [low, high] = jackknifeInterval(consistent, level, consistent.corrected);
  return {
    value: plugIn.value,
    interval: [low - doubt, high + doubt],
    level,
    method: blocks.groups === undefined ? "jackknife" : "cluster-jackknife",
    n: a.n + b.n,
    ...(blocks.groups !== undefined && { groups: blocks.groups }),
    corrected: consistent.corrected,
  };
}

type Measure<T> = (a: GaussianStatistics, b: GaussianStatistics, eigenvalues: Float64Array) => T;

const bothWays: Measure<{ plugIn: number; consistent: number }> = (a, b, eigenvalues) => ({
  plugIn: plugInFrechet(a, b, eigenvalues),
  consistent: consistentFrechet(a, b, eigenvalues),
});

/** What is measured between a sample and each of some others. */
function* measured<T>(
  first: GaussianStatistics,
  others: Iterable<GaussianStatistics>,
  total: number,
  measure: Measure<T>,
): Generator<EigenvalueQuery, T[], readonly Float64Array[]> {
  const found = yield { first, others, total };
  checkList("frechetDistance", "eigenvalues", found);
  return Array.from(others, (other, index) => {
    checkSameLength("frechetDistance", `eigenvalues[${index}]`, found[index], "the columns", first.mean);
    return measure(first, other, found[index]);
  });
}

/** A distance with an interval that excludes nothing, or with none where none was asked for. @param reason Of the former. */
export function withoutCorrection(
  value: number,
  n: number,
  options: Pick<EstimateOptions, "interval" | "level">,
  reason: string | null = NEEDS_ROWS,
): FrechetDistance {
  const point = pointEstimate(value, levelOf("frechetDistance", options), n);
  if (options.interval === false) return { ...point, corrected: null };
  return { ...point, interval: [-Infinity, Infinity], method: reason as string, corrected: null };
}

/** `before`, then the whole without each of its blocks: that is merged with all signs turned. */
function leaveOuts(
  whole: GaussianStatistics,
  blocks: readonly GaussianStatistics[],
  before: readonly GaussianStatistics[] = [],
): Iterable<GaussianStatistics> {
  return {
    *[Symbol.iterator]() {
      yield* before;
      for (const { n, mean, scatter } of blocks)
        yield mergeGaussianStatistics(whole, { n: -n, mean, scatter: scatter.map((x) => -x) });
    },
  };
}

const largest = (blocks: readonly GaussianStatistics[]) => Math.max(...blocks.map(({ n }) => n));

const featuresOf = ({ mean }: GaussianStatistics): Matrix => ({ data: [], rows: 0, columns: mean.length });

function checked(fn: string, argument: string, blocks: readonly GaussianStatistics[]) {
  checkList(fn, argument, blocks);
  const list = Array.from(blocks);
  for (const block of list) checkStatistics(fn, argument, block);
  if (list.length === 0)
    throw new CredenceError("empty-input", { function: fn, argument }, "holds no statistics.");
  return list;
}
