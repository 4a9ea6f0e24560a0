import type { SliceColumn } from "../reading/records.js";
import type { IntervalSource } from "./regression.js";

/** Rows whose intervals grow with a threshold: the truth is inside where the row's score is at most the threshold. */
export interface IntervalRows {
  readonly source: IntervalSource;
  readonly scores: Float64Array;
  readonly observed: Float64Array;
  /** The interval of a row at a threshold; low > high holds nothing. */
  at(row: number, threshold: number): readonly [number, number];
  /** Cluster of each row, for promises; null where rows are exchangeable one by one. */
  readonly groups: Int32Array | null;
  /** Cluster of each row, for intervals of what is measured. */
  readonly clusters: Int32Array | null;
  readonly columns: readonly SliceColumn[];
}

/** The columns that intervals are made from, rows in their order. */
export interface Predictions {
  readonly prediction: Float64Array;
  readonly observed: Float64Array;
  readonly sd: Float64Array | null;
  readonly lower: Float64Array | null;
  readonly upper: Float64Array | null;
  readonly groups: Int32Array | null;
  readonly clusters: Int32Array | null;
  readonly columns: readonly SliceColumn[];
}

/** What intervals can be made from: the quantiles, the sd, else the size of past errors. */
export function sourcesOf({ sd, lower }: Pick<Predictions, "sd" | "lower">): IntervalSource[] {
  const found: IntervalSource[] = [...(lower ? ["quantiles" as const] : []), ...(sd ? ["sd" as const] : [])];
  return found.length > 0 ? found : ["residuals"];
}

/** The rows with scores of one source. */
export function intervalRows(rows: Predictions, source: IntervalSource): IntervalRows {
  const { prediction, observed, sd, lower, upper } = rows;
  const common = { source, observed, groups: rows.groups, clusters: rows.clusters, columns: rows.columns };
  if (source === "quantiles" && lower && upper)
    return {
      ...common,
      scores: observed.map((y, i) => Math.max(lower[i] - y, y - upper[i])),
      at: (i, threshold) => [lower[i] - threshold, upper[i] + threshold],
    };
  const unit = source === "sd" && sd ? sd : new Float64Array(observed.length).fill(1);
  return {
    ...common,
    scores: observed.map((y, i) => Math.abs(y - prediction[i]) / unit[i]),
    at: (i, threshold) => [prediction[i] - threshold * unit[i], prediction[i] + threshold * unit[i]],
  };
}
