import { checkCount, checkFunction, checkOptions } from "../numeric/check.js";
import { sampleInteger } from "../numeric/distributions.js";
import { type Groups, groupCodes } from "../numeric/groups.js";
import { checkMatrix, type Matrix } from "../numeric/matrix.js";
import { createRandom } from "../numeric/random.js";
import type { BootstrapOptions } from "./bootstrap.js";
import { bootstrapInterval } from "./bootstrapInterval.js";
import { type Estimate, levelOf, pointEstimate } from "./estimate.js";
import { checkStatistic, reportProgress } from "./statistic.js";

/** A statistic of column sums; the array is reused between calls. */
export type SumStatistic = (sums: Float64Array) => number;

/**
 * The bootstrap of a statistic that depends on the data through sums alone (means, ratios, everything binned): rows are
 * resampled as in {@link bootstrap}, but only their k numbers are added up, which is many times faster. With groups the
 * rows of each group are added up once, beforehand.
 * @param addends One row per observation, one column per sum.
 * @param statistic A function of the k column sums.
 * @throws CredenceError "not-finite" where the statistic of all rows is NaN.
 * @example
 * ```ts
 * import { sumsBootstrap } from "credence/estimate";
 * const rightAndAll = { data: [1, 1, 0, 1, 1, 1], rows: 3, columns: 2 };
 * sumsBootstrap(rightAndAll, ([right, all]) => right / all).value.toFixed(2); // → "0.67"
 * ```
 */
export function sumsBootstrap(
  addends: Matrix,
  statistic: SumStatistic,
  options: BootstrapOptions = {},
): Estimate {
  const fn = "sumsBootstrap";
  checkOptions(fn, options);
  const { kind = "bca", groups } = options;
  const level = levelOf(fn, options);
  checkMatrix(fn, "addends", addends);
  checkFunction(fn, "statistic", statistic);
  const units = groups ? sumByGroup(fn, addends, groups) : addends;
  const total = columnSums(units);
  const value = statistic(total.slice());
  checkStatistic(fn, value);
  if (options.interval === false) return pointEstimate(value, level, addends.rows);
  const leaveOuts = kind === "bca" ? leaveOneOut(units, total, statistic) : undefined;
  const estimate: Estimate = {
    value,
    interval:
      units.rows > 1
        ? bootstrapInterval(value, sumsReplicates(units, statistic, options), level, kind, leaveOuts)
        : [-Infinity, Infinity],
    level,
    method: `${groups ? "cluster-" : ""}bootstrap-${kind}`,
    n: addends.rows,
  };
  return groups ? { ...estimate, groups: units.rows } : estimate;
}

/** The statistic on each resample of the rows of `addends`, in the order drawn; `groups` is not looked at. */
export function sumsReplicates(
  addends: Matrix,
  statistic: SumStatistic,
  options: BootstrapOptions = {},
): Float64Array {
  const fn = "sumsReplicates";
  checkOptions(fn, options);
  const { resamples = 1000, seed = 0, onProgress } = options;
  checkCount(fn, "resamples", resamples, 2);
  const { data, rows, columns } = addends;
  const random = createRandom(seed);
  const replicates = new Float64Array(resamples);
  const sums = new Float64Array(columns);
  for (let b = 0; b < resamples; b++) {
    sums.fill(0);
    for (let i = 0; i < rows; i++) {
      const at = sampleInteger(random, rows) * columns;
      for (let j = 0; j < columns; j++) sums[j] += data[at + j];
    }
    replicates[b] = statistic(sums);
    reportProgress(onProgress, b + 1, resamples);
  }
  return replicates;
}

/** Adds up the rows of each group: one row per group, in order of first appearance. */
export function sumByGroup(fn: string, matrix: Matrix, groups: Groups): Matrix & { data: Float64Array } {
  const { data, rows, columns } = matrix;
  const { codes, count } = groupCodes(fn, groups, { length: rows }, "rows");
  const sums = new Float64Array(count * columns);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) sums[codes[i] * columns + j] += data[i * columns + j];
  return { data: sums, rows: count, columns };
}

function columnSums({ data, rows, columns }: Matrix): Float64Array {
  const sums = new Float64Array(columns);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) sums[j] += data[i * columns + j];
  return sums;
}

function leaveOneOut(
  { data, rows, columns }: Matrix,
  total: Float64Array,
  statistic: SumStatistic,
): Float64Array {
  const without = new Float64Array(columns);
  return Float64Array.from({ length: rows }, (_, i) => {
    for (let j = 0; j < columns; j++) without[j] = total[j] - data[i * columns + j];
    return statistic(without);
  });
}
