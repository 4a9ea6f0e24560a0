import { checkCount, checkOptions } from "../numeric/check.js";
import { sampleInteger } from "../numeric/distributions.js";
import { groupCodes, groupRows } from "../numeric/groups.js";
import { quantileSorted } from "../numeric/quantile.js";
import { createRandom } from "../numeric/random.js";
import { sortedCopy } from "../numeric/sort.js";
import { type Estimate, type EstimateOptions, levelOf, pointEstimate } from "./estimate.js";
import {
  allRows,
  checkRowStatistic,
  checkStatistic,
  type RowStatistic,
  reportProgress,
} from "./statistic.js";

/** How to half-sample. */
export interface HalfSamplingOptions extends EstimateOptions {
  /** Number of half samples. Default 1000. */
  resamples?: number;
  /** Called now and then with the half samples done and their total; may throw to stop. */
  onProgress?: (done: number, total: number) => void;
}

/**
 * A statistic with an interval from half samples drawn **without** replacement: for metrics that duplicates would ruin,
 * such as everything built on nearest neighbours, where the bootstrap is wrong.
 *
 * Why halves: drawing m of n units without replacement gives a mean with variance (s²/m)(1 − m/n), the second factor
 * being the finite-population correction. At m = n/2 this is s²/n, just the variance of the full-sample mean, so the
 * spread of the half-sample values needs no rescaling (for odd n it is rescaled by √(m/(n − m))). The interval is
 * centred on the full estimate: spread of the halves about their own mean, reflected at the value, so that a bias that
 * depends on the sample size does not shift it. For metrics that grow noisier than 1/√n in small samples (recall,
 * coverage) it is conservative.
 * @param n Number of rows.
 * @param statistic Called with ascending row indices without repeats: all rows, then one half sample after another.
 *   With groups, half of the groups. The statistic may leave the range of its values: the interval is not clipped.
 * @throws CredenceError "not-finite" where the statistic of all rows is NaN.
 * @see Politis, Romano & Wolf 1999 (subsampling).
 * @example
 * ```ts
 * import { halfSampling } from "credence/estimate";
 * const x = [1, 2, 3, 4];
 * const mean = (rows: Int32Array) => rows.reduce((sum, row) => sum + x[row], 0) / rows.length;
 * halfSampling(x.length, mean).value; // → 2.5
 * ```
 */
export function halfSampling(
  n: number,
  statistic: RowStatistic,
  options: HalfSamplingOptions = {},
): Estimate {
  const fn = "halfSampling";
  checkOptions(fn, options);
  const { groups } = options;
  const level = levelOf(fn, options);
  checkRowStatistic(fn, n, statistic);
  const value = statistic(allRows(n));
  checkStatistic(fn, value);
  if (options.interval === false) return pointEstimate(value, level, n);
  const units = groups ? groupCodes(fn, groups, { length: n }, "n").count : n;
  const estimate: Estimate = {
    value,
    interval: [-Infinity, Infinity],
    level,
    method: `${groups ? "cluster-" : ""}half-sampling`,
    n,
    ...(groups && { groups: units }),
  };
  if (units < 2) return estimate;
  const replicates = halfSampleReplicates(n, statistic, options);
  const half = units >> 1;
  return { ...estimate, interval: halfSamplingInterval(value, replicates, level, half / (units - half)) };
}

/**
 * The interval from half-sample values: their spread about their own mean, reflected at the value. (−∞, ∞) where one of
 * them is not finite.
 * @param odds Units drawn over units left out; 1 for exact halves.
 */
function halfSamplingInterval(
  value: number,
  replicates: Float64Array,
  level: number,
  odds = 1,
): [number, number] {
  let center = 0;
  for (const x of replicates) center += x / replicates.length;
  if (!Number.isFinite(center)) return [-Infinity, Infinity];
  const deviations = sortedCopy(replicates.map((x) => Math.sqrt(odds) * (x - center)));
  const tail = (1 - level) / 2;
  return [value - quantileSorted(deviations, 1 - tail), value - quantileSorted(deviations, tail)];
}

/** The statistic on each half sample, in the order drawn. Needs at least two rows (groups, with groups). */
export function halfSampleReplicates(
  n: number,
  statistic: RowStatistic,
  options: HalfSamplingOptions = {},
): Float64Array {
  const fn = "halfSampleReplicates";
  checkOptions(fn, options);
  const { resamples = 1000, groups, seed = 0, onProgress } = options;
  checkRowStatistic(fn, n, statistic);
  checkCount(fn, "n", n, 2);
  checkCount(fn, "resamples", resamples, 2);
  const random = createRandom(seed);
  const clusters = groups && groupRows(groupCodes(fn, groups, { length: n }, "n"));
  const units = allRows(clusters ? clusters.length : n);
  const half = units.length >> 1;
  const replicates = new Float64Array(resamples);
  for (let b = 0; b < resamples; b++) {
    // The first half of a Fisher–Yates shuffle, continued from the last order: every half is equally likely.
    for (let i = 0; i < half; i++) {
      const j = i + sampleInteger(random, units.length - i);
      const kept = units[i];
      units[i] = units[j];
      units[j] = kept;
    }
    const chosen = units.slice(0, half).sort();
    replicates[b] = statistic(clusters ? rowsOf(clusters, chosen) : chosen);
    reportProgress(onProgress, b + 1, resamples);
  }
  return replicates;
}

function rowsOf(clusters: readonly Int32Array[], chosen: Int32Array): Int32Array {
  let length = 0;
  for (const c of chosen) length += clusters[c].length;
  const rows = new Int32Array(length);
  let at = 0;
  for (const c of chosen) {
    rows.set(clusters[c], at);
    at += clusters[c].length;
  }
  return rows.sort();
}
