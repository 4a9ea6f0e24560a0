import { fingerprint, type RowsUsed, splitRows } from "credence/estimate";
import { CredenceError } from "credence/numeric";
import { takeRows } from "../analysis/takeRows.js";
import type { Predictions } from "./intervalRows.js";
import type { RegressionReport } from "./regression.js";

/** The rows that calibrate and those that judge; null where there are too few. */
export interface SplitPredictions {
  readonly calibrate: Predictions;
  readonly evaluate: Predictions;
  readonly parts: NonNullable<RegressionReport["parts"]>;
}

/**
 * Halves: whole groups at random; the earlier and the later rows, where rows are in the order of time and no group was
 * named; else rows at random.
 */
export function splitPredictions(rows: Predictions, inTime: boolean, seed: number): SplitPredictions | null {
  const { prediction, observed, groups } = rows;
  const columns = [prediction, observed];
  if (inTime && !groups) {
    const n = observed.length;
    if (n < 2) return null;
    const half = Math.floor(n / 2);
    const dataset = fingerprint(columns);
    const used = (part: string, count: number): RowsUsed => ({
      dataset,
      split: "calibrate:0.5,evaluate:0.5;by:time",
      part,
      n: count,
    });
    return {
      calibrate: takePredictions(
        rows,
        Int32Array.from({ length: half }, (_, i) => i),
      ),
      evaluate: takePredictions(
        rows,
        Int32Array.from({ length: n - half }, (_, i) => half + i),
      ),
      parts: { calibrate: used("calibrate", half), evaluate: used("evaluate", n - half), by: "time" },
    };
  }
  try {
    const { calibrate, evaluate } = splitRows(
      columns,
      { calibrate: 0.5, evaluate: 0.5 },
      { seed, ...(groups && { groups }) },
    );
    return {
      calibrate: takePredictions(rows, calibrate.indices),
      evaluate: takePredictions(rows, evaluate.indices),
      parts: { calibrate: calibrate.rows, evaluate: evaluate.rows, by: groups ? "group" : "random" },
    };
  } catch (error) {
    if (error instanceof CredenceError && error.code === "too-few") return null;
    throw error;
  }
}

/** The chosen rows, in the order given. */
export function takePredictions(rows: Predictions, indices: Int32Array): Predictions {
  const take = <T extends Float64Array | Int32Array>(column: T | null): T | null =>
    column && takeRows(column, indices);
  return {
    prediction: takeRows(rows.prediction, indices),
    observed: takeRows(rows.observed, indices),
    sd: take(rows.sd),
    lower: take(rows.lower),
    upper: take(rows.upper),
    groups: take(rows.groups),
    clusters: take(rows.clusters),
    columns: rows.columns.map((column) => ({ ...column, codes: takeRows(column.codes, indices) })),
  };
}
