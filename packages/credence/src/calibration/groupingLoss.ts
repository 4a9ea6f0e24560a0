import { type Estimate, type EstimateOptions, levelOf, pointEstimate } from "../estimate/estimate.js";
import { type BinningOptions, binIndices, createBinning } from "../numeric/bins.js";
import { checkScored, type Outcomes } from "../numeric/check.js";
import { scoredColumns } from "../numeric/columns.js";
import { type Groups, groupCodes } from "../numeric/groups.js";
import { calibrationErrorInterval } from "./calibrationErrorInterval.js";
import { cellStatistics } from "./cellStatistics.js";

/**
 * The grouping loss that regions reveal (Perez-Lebel, Le Morvan & Varoquaux 2023): how much the true rates of different
 * regions differ at the same confidence, Σ w_br (ȳ_br − ȳ_b)² over bins b and regions r. A model can be calibrated on the
 * whole and still be right 95 % of the time on one kind of input and 60 % on another while saying 80 % on both; this is
 * the part of the Brier score that better confidences could save and recalibration cannot. A lower bound of the whole
 * grouping loss: finer regions reveal more.
 *
 * The value is debiased (sampling noise of ȳ_br and ȳ_b taken off) and may be slightly negative. The interval is for the
 * population value with these bins and regions, by the region method of `expectedCalibrationError`.
 * @param confidences Probabilities in [0, 1], one per row.
 * @param outcomes 1 or true where the event happened, one per row.
 * @param regions What kind of input each row is: a label per row, not chosen by looking at the outcomes.
 * @throws CredenceError as `expectedCalibrationError`; "length-mismatch" where regions do not fit.
 * @example
 * ```ts
 * import { groupingLoss } from "credence/calibration";
 * const said = new Array(40).fill(0.5);
 * const language = said.map((_, i) => (i < 20 ? "Welsh" : "English"));
 * const right = said.map((_, i) => (i % 20 < (i < 20 ? 5 : 15) ? 1 : 0));
 * groupingLoss(said, right, language).value; // → 0.059
 * ```
 */
export function groupingLoss(
  confidences: ArrayLike<number>,
  outcomes: Outcomes,
  regions: ArrayLike<number | string>,
  options: BinningOptions & EstimateOptions & { groups?: Groups } = {},
): Estimate {
  const fn = "groupingLoss";
  checkScored(fn, confidences, outcomes);
  const level = levelOf(fn, options);
  const { confidences: p, outcomes: y } = scoredColumns(fn, confidences, outcomes);
  const binning = createBinning(fn, p, options);
  const bin = binIndices(fn, "confidences", p, binning);
  const region = groupCodes(fn, regions, p);
  const bins = binning.edges.length - 1;
  const count = new Float64Array(bins);
  const positives = new Float64Array(bins);
  for (let i = 0; i < p.length; i++) {
    count[bin[i]]++;
    positives[bin[i]] += y[i];
  }
  const rate = positives.map((sum, b) => (count[b] > 0 ? sum / count[b] : 0));
  const occupied = groupCodes(
    fn,
    Float64Array.from(bin, (b, i) => b * region.count + region.codes[i]),
    p,
  );
  const claimed = Float64Array.from(bin, (b) => rate[b]);
  const statistics = cellStatistics(
    {
      cell: occupied.codes,
      cells: occupied.count,
      claimed,
      happened: y,
      nominal: claimed.map((q) => q * (1 - q)),
      groups: options.groups ? groupCodes(fn, options.groups, p) : null,
    },
    binning,
  );
  const { n, clusters } = statistics;
  let value = 0;
  for (let c = 0; c < occupied.count; c++) {
    const rows = statistics.count[c];
    const gap = statistics.residual[c] / rows;
    const own = statistics.positives[c] / rows;
    value += (rows / n) * gap * gap;
    if (rows > 1) value -= ((rows / n) * own * (1 - own)) / (rows - 1);
  }
  for (let b = 0; b < bins; b++)
    if (count[b] > 1) value += ((count[b] / n) * rate[b] * (1 - rate[b])) / (count[b] - 1);
  if (options.interval === false) return pointEstimate(value, level, n);
  const { interval, method } = calibrationErrorInterval(statistics, "l2", level);
  const ends = [Math.min(value, interval[0] ** 2), Math.max(value, interval[1] ** 2)] as const;
  const estimate = { value, interval: ends, level, method, n };
  return clusters ? { ...estimate, groups: clusters.count } : estimate;
}
