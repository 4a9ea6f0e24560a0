import { type BootstrapKind, bootstrapInterval } from "../estimate/bootstrapInterval.js";
import { cellBootstrap } from "../estimate/cellBootstrap.js";
import { type Estimate, levelOf, pointEstimate } from "../estimate/estimate.js";
import { sumsReplicates } from "../estimate/sumsBootstrap.js";
import { checkOneOf, checkOptions, type Outcomes } from "../numeric/check.js";
import { groupCodes } from "../numeric/groups.js";
import { type BinStatistics, binStatistics } from "./binStatistics.js";
import { checkNorm, type Norm, pluginError } from "./calibrationError.js";
import { type ClusterSums, clusterSums } from "./clusterSums.js";
import type { CalibrationErrorOptions } from "./ece.js";

/** Options of {@link bootstrapCalibrationError}. */
export interface BootstrapCalibrationErrorOptions extends Omit<CalibrationErrorOptions, "debias"> {
  /** Number of resamples. Default 1000. */
  resamples?: number;
  /** How the interval is read off the resamples. Default "percentile". */
  kind?: Exclude<BootstrapKind, "bca">;
}

/**
 * The binned calibration error with the classic bootstrap interval, for comparison with other tools.
 *
 * **Do not rely on this interval.** |frequency − confidence| has no derivative where a bin is calibrated, and there the
 * bootstrap is wrong: in simulations a nominal 95 % interval covered a calibrated model's error of 0 never (percentile)
 * or half the time (basic). {@link expectedCalibrationError} has an interval that holds.
 *
 * Rows are resampled through the counts of each bin and outcome (exactly multinomial) and, within those, the sums of the
 * confidences (normal), so the cost does not depend on the number of rows; with groups, whole groups are resampled. Bins
 * stay where they are.
 * @throws CredenceError as {@link expectedCalibrationError}.
 * @example
 * ```ts
 * import { bootstrapCalibrationError } from "credence/calibration";
 * bootstrapCalibrationError([0.9, 0.8, 0.7, 0.2], [1, 1, 0, 0], { bins: 2 }).value; // → 0.15
 * ```
 */
export function bootstrapCalibrationError(
  confidences: ArrayLike<number>,
  outcomes: Outcomes,
  options: BootstrapCalibrationErrorOptions = {},
): Estimate {
  const fn = "bootstrapCalibrationError";
  checkOptions(fn, options);
  const { norm = "l1", kind = "percentile" } = options;
  const level = levelOf(fn, options);
  checkNorm(fn, norm, false);
  checkOneOf(fn, "kind", kind, ["percentile", "basic"]);
  const statistics = binStatistics(fn, confidences, outcomes, options);
  const { n, clusters } = statistics;
  const value = pluginError(statistics, norm);
  if (options.interval === false) return pointEstimate(value, level, n);
  const units = clusters ? clusters.count : n;
  const sums =
    options.groups &&
    clusterSums(confidences, outcomes, statistics.binning, groupCodes(fn, options.groups, confidences));
  const replicates = units > 1 ? calibrationErrorReplicates(statistics, norm, options, sums) : null;
  const estimate: Estimate = {
    value,
    interval: replicates ? bootstrapInterval(value, replicates, level, kind) : [-Infinity, Infinity],
    level,
    method: `${clusters ? "cluster-" : ""}bootstrap-${kind}`,
    n,
  };
  return clusters ? { ...estimate, groups: units } : estimate;
}

function calibrationErrorReplicates(
  statistics: BinStatistics,
  norm: Norm,
  options: BootstrapCalibrationErrorOptions,
  clusters: ClusterSums | undefined,
): Float64Array {
  const { n, cells } = statistics;
  const bins = statistics.count.length;
  const count = new Float64Array(bins);
  const residual = new Float64Array(bins);
  if (clusters) {
    const data = new Float64Array(2 * clusters.count.length);
    for (let at = 0; at < clusters.count.length; at += bins) {
      data.set(clusters.count.subarray(at, at + bins), 2 * at);
      data.set(clusters.residual.subarray(at, at + bins), 2 * at + bins);
    }
    const addends = { data, rows: clusters.count.length / bins, columns: 2 * bins };
    const statistic = (drawn: Float64Array) => {
      count.set(drawn.subarray(0, bins));
      residual.set(drawn.subarray(bins));
      return pluginError({ n: count.reduce((sum, rows) => sum + rows, 0), count, residual }, norm);
    };
    return sumsReplicates(addends, statistic, options);
  }
  const counts = Float64Array.from({ length: 2 * bins }, (_, c) => cells[4 * c]);
  const means = counts.map((rows, c) => (rows > 0 ? cells[4 * c + 1] / rows : 0));
  const deviations = counts.map((rows, c) =>
    rows > 0 ? Math.sqrt(Math.max(0, cells[4 * c + 2] / rows - means[c] ** 2)) : 0,
  );
  const statistic = (drawn: Float64Array, sums: Float64Array) => {
    for (let b = 0; b < bins; b++) {
      count[b] = drawn[2 * b] + drawn[2 * b + 1];
      residual[b] = drawn[2 * b + 1] - sums[2 * b] - sums[2 * b + 1];
    }
    return pluginError({ n, count, residual }, norm);
  };
  return cellBootstrap({ counts, means, deviations }, statistic, options);
}
