import { checkCount, checkOptions } from "../numeric/check.js";
import { shuffle } from "../numeric/distributions.js";
import { type Groups, groupCodes } from "../numeric/groups.js";
import { createRandom } from "../numeric/random.js";
import { studentQuantile } from "../numeric/special.js";
import { type Estimate, type EstimateOptions, levelOf, pointEstimate } from "./estimate.js";
import {
  allRows,
  checkRowStatistic,
  checkStatistic,
  type RowStatistic,
  reportProgress,
} from "./statistic.js";

/** What is left out at a time. */
export interface JackknifeOptions extends EstimateOptions {
  /**
   * Leave out blocks of units instead of single ones: this many blocks of nearly equal size, filled at random (seeded).
   * Cheaper, and it copes with statistics too rough for single deletions. Default: one block per unit.
   */
  blocks?: number;
  /** Report value − (blocks − 1)(mean of the leave-outs − value), which removes bias of order 1/n. Default false. */
  correctBias?: boolean;
  /** Called now and then with the evaluations done and their total; may throw to stop. */
  onProgress?: (done: number, total: number) => void;
}

/**
 * A smooth statistic with a jackknife interval: one row, one group or one block is left out at a time.
 *
 * value ± t · standard error with variance (B − 1)/B · Σ (θ₍₋b₎ − mean)² over the B leave-outs and Student's t on
 * B − 1 degrees of freedom. Not valid for medians and other rough statistics unless blocks are large. With a single
 * unit the interval is (−∞, ∞).
 * @param n Number of rows.
 * @param statistic Called with row indices: all rows, then all but one unit after another.
 * @throws CredenceError "not-finite" where the statistic of all rows is NaN.
 * @see Quenouille 1956; Tukey 1958; Shao & Tu 1995.
 * @example
 * ```ts
 * import { jackknife } from "credence/estimate";
 * const x = [1, 2, 3, 4];
 * const mean = (rows: Int32Array) => rows.reduce((sum, row) => sum + x[row], 0) / rows.length;
 * jackknife(x.length, mean).value; // → 2.5
 * ```
 */
export function jackknife(n: number, statistic: RowStatistic, options: JackknifeOptions = {}): Estimate {
  const fn = "jackknife";
  checkOptions(fn, options);
  const { groups, correctBias = false } = options;
  const level = levelOf(fn, options);
  checkRowStatistic(fn, n, statistic);
  const value = statistic(allRows(n));
  checkStatistic(fn, value);
  if (options.interval === false && !correctBias) return pointEstimate(value, level, n);
  const replicates = jackknifeReplicates(n, statistic, options);
  const blocks = replicates.length;
  let center = 0;
  for (const x of replicates) center += x / blocks;
  const corrected = correctBias && blocks > 1 ? value - (blocks - 1) * (center - value) : value;
  if (options.interval === false) return pointEstimate(corrected, level, n);
  let sum = 0;
  for (const x of replicates) sum += (x - center) ** 2;
  const half =
    blocks > 1
      ? studentQuantile((1 + level) / 2, blocks - 1) * Math.sqrt((sum * (blocks - 1)) / blocks)
      : Infinity;
  const estimate: Estimate = {
    value: corrected,
    // A leave-out without a value leaves no information about spread.
    interval: Number.isNaN(half) ? [-Infinity, Infinity] : [corrected - half, corrected + half],
    level,
    method: `${groups ? "cluster-" : ""}jackknife`,
    n,
  };
  return groups ? { ...estimate, groups: groupCodes(fn, groups, { length: n }, "n").count } : estimate;
}

/** The statistic with each unit (row, group or block of them) left out in turn. Empty with a single unit. */
export function jackknifeReplicates(
  n: number,
  statistic: RowStatistic,
  options: JackknifeOptions = {},
): Float64Array {
  const fn = "jackknifeReplicates";
  checkRowStatistic(fn, n, statistic);
  checkOptions(fn, options);
  const blockOfRow = blockCodes(fn, n, options);
  let blocks = 0;
  const sizes: number[] = [];
  for (const block of blockOfRow) {
    sizes[block] = (sizes[block] ?? 0) + 1;
    blocks = Math.max(blocks, block + 1);
  }
  if (blocks < 2) return new Float64Array(0);
  const replicates = new Float64Array(blocks);
  for (let b = 0; b < blocks; b++) {
    const kept = new Int32Array(n - sizes[b]);
    for (let i = 0, at = 0; i < n; i++) if (blockOfRow[i] !== b) kept[at++] = i;
    replicates[b] = statistic(kept);
    reportProgress(options.onProgress, b + 1, blocks);
  }
  return replicates;
}

function blockCodes(fn: string, n: number, options: JackknifeOptions): Int32Array {
  const { groups, blocks, seed = 0 } = options;
  const unitOfRow = unitCodes(fn, n, groups);
  const units = unitOfRow.count;
  if (blocks === undefined || blocks >= units) return unitOfRow.codes;
  checkCount(fn, "blocks", blocks, 2);
  const order = shuffle(createRandom(seed), allRows(units));
  const blockOfUnit = new Int32Array(units);
  for (let i = 0; i < units; i++) blockOfUnit[order[i]] = i % blocks;
  return unitOfRow.codes.map((unit) => blockOfUnit[unit]);
}

function unitCodes(fn: string, n: number, groups: Groups | undefined): { codes: Int32Array; count: number } {
  return groups ? groupCodes(fn, groups, { length: n }, "n") : { codes: allRows(n), count: n };
}
