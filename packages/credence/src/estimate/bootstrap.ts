import { checkCount, checkOptions } from "../numeric/check.js";
import { sampleInteger } from "../numeric/distributions.js";
import { groupCodes, groupRows } from "../numeric/groups.js";
import { createRandom } from "../numeric/random.js";
import { type BootstrapKind, bootstrapInterval } from "./bootstrapInterval.js";
import { type Estimate, type EstimateOptions, levelOf, pointEstimate } from "./estimate.js";
import { jackknifeReplicates } from "./jackknife.js";
import {
  allRows,
  checkRowStatistic,
  checkStatistic,
  type RowStatistic,
  reportProgress,
} from "./statistic.js";

/** How to bootstrap. */
export interface BootstrapOptions extends EstimateOptions {
  /** Number of resamples. Default 1000. */
  resamples?: number;
  /** How the interval is read off the resamples; see {@link BootstrapKind}. Default "bca". */
  kind?: BootstrapKind;
  /** Called now and then with the resamples done and their total; may throw to stop. */
  onProgress?: (done: number, total: number) => void;
}

/** Above this many units the acceleration of "bca" comes from a delete-block jackknife with this many blocks. */
const JACKKNIFE_BLOCKS = 400;

/**
 * Any statistic with a bootstrap interval: rows are drawn with replacement, or whole groups where rows come in
 * clusters.
 *
 * A resample on which the statistic is NaN (say, an area under a curve without a single error) counts against both
 * ends of the interval: it lies below every number for the lower end and above every number for the upper end. With
 * few of them the interval grows, with many it is infinite; never are they dropped.
 *
 * The bootstrap is wrong where the statistic is not smooth: binned calibration error near zero, nearest-neighbour
 * metrics, maxima. Use what the function for that statistic offers.
 * @param n Number of rows.
 * @param statistic Called with row indices in [0, n): all rows once for the value, then one resample after another.
 *   The array is reused between calls: do not keep it.
 * @throws CredenceError "not-finite" where the statistic of all rows is NaN.
 * @see Efron & Tibshirani 1993; Davison & Hinkley 1997.
 * @example
 * ```ts
 * import { bootstrap } from "credence/estimate";
 * const x = [1, 2, 3, 4];
 * const mean = (rows: Int32Array) => rows.reduce((sum, row) => sum + x[row], 0) / rows.length;
 * bootstrap(x.length, mean).value; // → 2.5
 * ```
 */
export function bootstrap(n: number, statistic: RowStatistic, options: BootstrapOptions = {}): Estimate {
  const fn = "bootstrap";
  checkOptions(fn, options);
  const { kind = "bca", groups } = options;
  const level = levelOf(fn, options);
  checkRowStatistic(fn, n, statistic);
  const value = statistic(allRows(n));
  checkStatistic(fn, value);
  if (options.interval === false) return pointEstimate(value, level, n);
  const replicates = bootstrapReplicates(n, statistic, options);
  const units = groups ? groupCodes(fn, groups, { length: n }, "n").count : n;
  const jackknife =
    kind === "bca" && units > 1
      ? jackknifeReplicates(n, statistic, { groups, blocks: Math.min(units, JACKKNIFE_BLOCKS) })
      : undefined;
  const estimate: Estimate = {
    value,
    interval:
      units > 1 ? bootstrapInterval(value, replicates, level, kind, jackknife) : [-Infinity, Infinity],
    level,
    method: `${groups ? "cluster-" : ""}bootstrap-${kind}`,
    n,
  };
  return groups ? { ...estimate, groups: units } : estimate;
}

/** The statistic on each resample, in the order drawn; what {@link bootstrap} reads its interval from. */
export function bootstrapReplicates(
  n: number,
  statistic: RowStatistic,
  options: BootstrapOptions = {},
): Float64Array {
  const fn = "bootstrapReplicates";
  checkRowStatistic(fn, n, statistic);
  checkOptions(fn, options);
  const { resamples = 1000, groups, seed = 0, onProgress } = options;
  checkCount(fn, "n", n);
  checkCount(fn, "resamples", resamples, 2);
  const random = createRandom(seed);
  const clusters = groups && groupRows(groupCodes(fn, groups, { length: n }, "n"));
  const replicates = new Float64Array(resamples);
  let rows = new Int32Array(n);
  for (let b = 0; b < resamples; b++) {
    if (clusters) {
      rows = drawClusters(clusters, () => sampleInteger(random, clusters.length), rows);
    } else for (let i = 0; i < n; i++) rows[i] = sampleInteger(random, n);
    replicates[b] = statistic(rows);
    reportProgress(onProgress, b + 1, resamples);
  }
  return replicates;
}

/** As many clusters as there are, drawn with replacement, their rows one after another. */
function drawClusters(
  clusters: readonly Int32Array[],
  draw: () => number,
  reuse: Int32Array,
): Int32Array<ArrayBuffer> {
  const drawn = clusters.map(() => clusters[draw()]);
  let length = 0;
  for (const cluster of drawn) length += cluster.length;
  const buffer = reuse.buffer as ArrayBuffer;
  const rows = buffer.byteLength >= 4 * length ? new Int32Array(buffer, 0, length) : new Int32Array(length);
  let at = 0;
  for (const cluster of drawn) {
    rows.set(cluster, at);
    at += cluster.length;
  }
  return rows;
}
