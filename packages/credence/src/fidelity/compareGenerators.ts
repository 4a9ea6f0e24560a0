import { type Estimate, levelOf } from "../estimate/estimate.js";
import { unitRows } from "../estimate/strata.js";
import { checkCount, checkOptions } from "../numeric/check.js";
import { shuffle } from "../numeric/distributions.js";
import { CredenceError } from "../numeric/error.js";
import type { Matrix } from "../numeric/matrix.js";
import { mean, variance } from "../numeric/quantile.js";
import { createRandom } from "../numeric/random.js";
import { studentQuantile } from "../numeric/special.js";
import { checkedSample, checkSameFeatures, type FidelityOptions, takeRows } from "./samples.js";

/** Rows of one fold. */
export interface Fold extends Matrix {
  readonly data: Float64Array;
}

/** Any number that compares two samples. */
export type SampleMetric = (real: Fold, generated: Fold) => number;

/** Options of {@link compareGenerators} and {@link referenceBaseline}. */
export interface CompareOptions extends Omit<FidelityOptions, "interval" | "groups"> {
  /** Disjoint folds. Default 10. */
  folds?: number;
  /** Cluster ids of the rows of each sample. */
  groups?: {
    readonly real?: ArrayLike<string | number>;
    readonly first?: ArrayLike<string | number>;
    readonly second?: ArrayLike<string | number>;
  };
}

/** Two generators compared. */
export interface GeneratorComparison {
  /** Mean over folds of metric(first) − metric(second), at the size of a fold. */
  readonly difference: Estimate;
  /** Mean over folds for each generator. */
  readonly first: number;
  readonly second: number;
}

/**
 * Which of two generators is nearer to the data, and are we sure? Everything is cut into disjoint folds; on each, both
 * generators are compared with the **same** reference rows, so that what the reference does to both cancels. The paired t
 * interval over folds is valid for any metric, at the size of a fold; a biased metric's bias cancels too, as sizes agree.
 * @throws CredenceError "empty-input", "shape-mismatch", "not-finite", "too-few".
 * @example
 * ```ts
 * import { compareGenerators, frechetDistance } from "credence/fidelity";
 * const line = (from: number) => ({ data: Float64Array.from({ length: 60 }, (_, i) => from + i / 60), rows: 60, columns: 1 });
 * const fid = (a: ReturnType<typeof line>, b: ReturnType<typeof line>) => frechetDistance(a, b, { interval: false }).value;
 * compareGenerators(line(0), line(1), line(3), fid, { folds: 4 }).difference.value < 0; // → true
 * ```
 */
export function compareGenerators(
  real: Matrix,
  first: Matrix,
  second: Matrix,
  metric: SampleMetric,
  options: CompareOptions = {},
): GeneratorComparison {
  const fn = "compareGenerators";
  const { groups = {} } = options;
  const level = levelOf(fn, options);
  const parts = foldedSamples(
    fn,
    [
      ["real", real, groups.real],
      ["first", first, groups.first],
      ["second", second, groups.second],
    ],
    options,
  );
  const pairs = parts.map(([reference, a, b]) => [metric(reference, a), metric(reference, b)] as const);
  const values = (which: 0 | 1) => mean(pairs.map((pair) => pair[which]));
  const n = real.rows + first.rows + second.rows;
  return {
    difference: tEstimate(
      pairs.map(([a, b]) => a - b),
      level,
      n,
    ),
    first: values(0),
    second: values(1),
  };
}

/**
 * What a perfect generator would score: the metric of real rows against other real rows, mean over disjoint folds. Every
 * metric of this folder should be read beside it, at the same number of rows.
 * @returns An estimate for folds of `rows / folds` rows.
 * @throws CredenceError as {@link compareGenerators}.
 * @example
 * ```ts
 * import { prdc, referenceBaseline } from "credence/fidelity";
 * const real = { data: Float64Array.from({ length: 200 }, (_, i) => (i * 37) % 200), rows: 200, columns: 1 };
 * const coverage = referenceBaseline(real, (a, b) => prdc(a, b, { interval: false }).coverage.value);
 * coverage.value > 0.8; // → true
 * ```
 */
export function referenceBaseline(
  real: Matrix,
  metric: SampleMetric,
  options: CompareOptions = {},
): Estimate {
  const fn = "referenceBaseline";
  checkOptions(fn, options);
  const { folds = 10 } = options;
  const level = levelOf(fn, options);
  const parts = foldedSamples(fn, [["real", real, options.groups?.real]], { ...options, folds: 2 * folds });
  const values = Array.from({ length: folds }, (_, f) => metric(parts[2 * f][0], parts[2 * f + 1][0]));
  return tEstimate(values, level, real.rows);
}

function tEstimate(values: readonly number[], level: number, n: number): Estimate {
  const value = mean(values);
  const half =
    studentQuantile((1 + level) / 2, values.length - 1) * Math.sqrt(variance(values) / values.length);
  return {
    value,
    interval: [value - half, value + half],
    level,
    method: "disjoint-folds",
    n,
    groups: values.length,
  };
}

/** For each fold its part of every sample; all parts of a sample have the same number of units. */
function foldedSamples(
  fn: string,
  samples: readonly (readonly [string, Matrix, ArrayLike<string | number> | undefined])[],
  { folds = 10, seed = 0, dropNonFinite = false }: CompareOptions,
): Fold[][] {
  checkCount(fn, "folds", folds, 2);
  const checked = samples.map(([argument, matrix, groups]) =>
    checkedSample(fn, argument, matrix, groups, dropNonFinite),
  );
  const units = checked.map(({ matrix, stratum }, s) => {
    checkSameFeatures(fn, samples[s][0], matrix, "real", checked[0].matrix);
    const list = shuffle(createRandom(seed + s), unitRows(fn, stratum));
    if (list.length >= folds) return list;
    throw new CredenceError(
      "too-few",
      { function: fn, argument: samples[s][0], value: list.length },
      `rows (or groups) cannot fill ${folds} disjoint folds.`,
    );
  });
  return Array.from({ length: folds }, (_, f) =>
    checked.map(({ matrix }, s) => {
      const size = Math.floor(units[s].length / folds);
      const rows = units[s].slice(f * size, (f + 1) * size).flatMap((unit) => Array.from(unit));
      const part = takeRows(matrix, rows);
      return { ...part, data: Float64Array.from(part.data as ArrayLike<number>) };
    }),
  );
}
