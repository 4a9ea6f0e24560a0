import { meanEstimate } from "../estimate/delta.js";
import { type Estimate, type EstimateOptions, levelOf } from "../estimate/estimate.js";
import { sidakLevel, simultaneousLevel } from "../estimate/simultaneous.js";
import { checkFields, checkOneOf, checkOptions, checkScored, type Outcomes } from "../numeric/check.js";
import { scoredColumns } from "../numeric/columns.js";
import { CredenceError } from "../numeric/error.js";
import { groupCodes, groupRows } from "../numeric/groups.js";
import { studentQuantile } from "../numeric/special.js";
import { binStatistics } from "./binStatistics.js";
import { calibrationErrorOf } from "./ece.js";
import { binVariances } from "./gapVariance.js";

/** What can be measured in slices. */
export type SliceMetric = "bias" | "brier" | "log" | "ece";

/** One slice of the rows. */
export interface SliceEstimate {
  /** The column that the slice is a value of; "" where one unnamed column was given. */
  readonly column: string;
  readonly value: number | string;
  /** The interval holds together with those of all other slices. */
  readonly estimate: Estimate;
  /** Of a bias or calibration error: whether the interval leaves 0 out. Null for scores, which have no such mark. */
  readonly finding: boolean | null;
}

/** Options of {@link sliceMetrics}. */
export interface SliceOptions extends EstimateOptions {
  /**
   * "bias": frequency − mean confidence. "brier", "log": mean score (logarithms of at least 2^−52). "ece": expected
   * calibration error in `bins` bins. Default "bias".
   */
  metric?: SliceMetric;
  /** For "ece": number of equal-width bins. Default 15. */
  bins?: number;
}

/** Rows × slices beyond which the correlation of slices is not estimated; Šidák's level is safe without it. */
const LARGE = 2e7;

/**
 * A measure in every slice of the rows, with intervals that hold together with probability `level`, so that the worst of
 * fifty slices may be named without fooling anyone. Worst first: ordered by how bad the measure is at least.
 *
 * Slices that share rows or groups move together; the common level comes from their correlation (max-t), or is Šidák's
 * where that is larger work. The variance of a bias is at least what calibrated confidences would give, so that a slice
 * of twenty right answers is no finding. With "ece" every interval is that of `expectedCalibrationError` at Šidák's level.
 * @param confidences Probabilities in [0, 1], one per row.
 * @param outcomes 1 or true where the event happened, one per row.
 * @param slices A label per row, or several named columns of labels.
 * @throws CredenceError as `expectedCalibrationError`; "empty-input" without a column.
 * @example
 * ```ts
 * import { sliceMetrics } from "credence/calibration";
 * const confidences = new Array(200).fill(0.9);
 * const language = confidences.map((_, i) => (i < 100 ? "Welsh" : "English"));
 * const right = confidences.map((_, i) => (i < 100 ? i % 2 : i % 10 ? 1 : 0));
 * const [worst] = sliceMetrics(confidences, right, language);
 * worst.value; // → "Welsh"
 * worst.estimate.value; // → -0.4
 * worst.finding; // → true
 * ```
 */
export function sliceMetrics(
  confidences: ArrayLike<number>,
  outcomes: Outcomes,
  slices: ArrayLike<number | string> | Readonly<Record<string, ArrayLike<number | string>>>,
  options: SliceOptions = {},
): SliceEstimate[] {
  const fn = "sliceMetrics";
  checkOptions(fn, options);
  const { metric = "bias", groups } = options;
  checkOneOf(fn, "metric", metric, ["bias", "brier", "log", "ece"]);
  const level = levelOf(fn, options);
  checkScored(fn, confidences, outcomes);
  const { confidences: p, outcomes: y } = scoredColumns(fn, confidences, outcomes);
  const parts = slicesOf(fn, slices, p);
  const values = p.map((q, i) => rowValue[metric](q, y[i]));
  const single = singleLevel(parts, values, level, options);
  const estimates = parts.map(({ column, value, rows }) => {
    const own: EstimateOptions = {
      ...options,
      level: single,
      groups: groups && Array.from(rows, (i) => groups[i]),
    };
    const pick = { p: Float64Array.from(rows, (i) => p[i]), y: Uint8Array.from(rows, (i) => y[i]) };
    const estimate =
      metric === "ece"
        ? calibrationErrorOf(fn, binStatistics(fn, pick.p, pick.y, { ...own, bins: options.bins }), own)
        : metric === "bias"
          ? biasEstimate(fn, pick.p, pick.y, own)
          : meanEstimate(
              Float64Array.from(rows, (i) => values[i]),
              own,
              fn,
            );
    const { interval } = estimate;
    const finding =
      metric === "bias" || metric === "ece" ? !!interval && (interval[0] > 0 || interval[1] < 0) : null;
    return { column, value, estimate: { ...estimate, level }, finding };
  });
  return estimates.sort((a, b) => badness(b.estimate, metric) - badness(a.estimate, metric));
}

/** What is averaged in a slice. */
const rowValue: Record<SliceMetric, (p: number, y: number) => number> = {
  bias: (p, y) => y - p,
  ece: (p, y) => y - p,
  brier: (p, y) => (p - y) ** 2,
  log: (p, y) => -Math.log(Math.max(y ? p : 1 - p, 2 ** -52)),
};

interface Slice {
  readonly column: string;
  readonly value: number | string;
  readonly rows: Int32Array;
}

function slicesOf(
  fn: string,
  slices: ArrayLike<number | string> | Readonly<Record<string, ArrayLike<number | string>>>,
  p: Float64Array,
): Slice[] {
  const isList = (value: unknown): value is ArrayLike<number | string> =>
    Array.isArray(value) || ArrayBuffer.isView(value);
  checkFields(fn, "slices", slices);
  const columns: [string, ArrayLike<number | string>][] = isList(slices)
    ? [["", slices]]
    : Object.entries(slices as Readonly<Record<string, ArrayLike<number | string>>>);
  if (columns.length === 0)
    throw new CredenceError(
      "empty-input",
      { function: fn, argument: "slices" },
      "names no column; at least one is needed.",
    );
  return columns.flatMap(([column, labels]) => {
    const coded = groupCodes(fn, labels, p);
    return groupRows(coded).map((rows, code) => ({ column, value: coded.labels[code], rows }));
  });
}

/** The level at which every slice's interval must be made. */
function singleLevel(
  parts: readonly Slice[],
  values: Float64Array,
  level: number,
  options: SliceOptions,
): number {
  const n = values.length;
  const k = parts.length;
  if (options.interval === false || k === 1) return level;
  if (independent(parts, options.groups) || options.metric === "ece" || n * k > LARGE)
    return sidakLevel(level, k);
  const data = new Float64Array(n * k);
  parts.forEach(({ rows }, j) => {
    let mean = 0;
    for (const i of rows) mean += values[i] / rows.length;
    for (const i of rows) data[i * k + j] = ((values[i] - mean) * n) / rows.length;
  });
  return simultaneousLevel(
    { data, rows: n, columns: k },
    { level, groups: options.groups, seed: options.seed },
  );
}

/** Whether no two slices share a row or a group. */
function independent(parts: readonly Slice[], groups: SliceOptions["groups"]): boolean {
  if (parts.some(({ column }) => column !== parts[0].column)) return false;
  const owner = new Map<number | string, number>();
  return (
    !groups ||
    parts.every(({ rows }, j) =>
      rows.every((i) => {
        if (!owner.has(groups[i])) owner.set(groups[i], j);
        return owner.get(groups[i]) === j;
      }),
    )
  );
}

/** Mean residual, with the variance floors of the calibration error. */
function biasEstimate(fn: string, p: Float64Array, y: Uint8Array, options: EstimateOptions): Estimate {
  const statistics = binStatistics(fn, p, y, { bins: 1, groups: options.groups });
  const { n, residual, clusters } = statistics;
  const level = levelOf(fn, options);
  const value = residual[0] / n;
  if (options.interval === false) return { value, interval: null, level, method: "none", n };
  const units = clusters ? clusters.count : n;
  const half =
    units > 1
      ? (studentQuantile((1 + level) / 2, units - 1) * Math.sqrt(binVariances(statistics)[0])) / n
      : Infinity;
  const estimate = { value, interval: [value - half, value + half] as const, level, n };
  return clusters
    ? { ...estimate, method: "cluster-max-t", groups: clusters.count }
    : { ...estimate, method: "max-t" };
}

/** How bad the measure is at least; ties between slices that prove nothing are broken by the value. */
function badness({ value, interval }: Estimate, metric: SliceMetric): number {
  const size = metric === "bias" ? Math.abs(value) : value;
  if (!interval) return size;
  const [low, high] = interval;
  const least = metric === "bias" ? Math.max(low, -high, 0) : low;
  return (Number.isFinite(least) ? least : 0) + 1e-6 * size;
}
