import type { Estimate, RowsUsed } from "credence/estimate";

/** How sets are made: see `lac`, `aps` and `raps` of credence/conformal. */
export type SetMethod = "lac" | "aps" | "raps";

/** Prediction sets over classes: calibrated on one part of the rows, judged on another. */
export interface Sets {
  readonly method: SetMethod;
  /** Number of classes. */
  readonly classes: number;
  /** Which rows did what; null where there were too few to be split. */
  readonly parts: { readonly calibrate: RowsUsed; readonly evaluate: RowsUsed } | null;
  /** Why there are no parts. */
  readonly reason: string | null;
  /** One for each coverage asked for, ascending. */
  readonly levels: readonly SetLevel[];
}

/** Sets of one promised coverage. */
export interface SetLevel extends SetSummary {
  /** The coverage promised. */
  readonly target: number;
  /** `counts[k]` sets hold k classes. */
  readonly sizes: readonly number[];
  /** Share of sets that hold none, and that hold one. */
  readonly empty: Estimate;
  readonly single: Estimate;
  /** Lowest coverage first, over all `--by` columns together. */
  readonly slices: readonly SetSlice[];
}

/** What sets do. */
export interface SetSummary {
  /** Where scores are cut off; +∞: every set holds all classes. */
  readonly threshold: number;
  /** Why the threshold is infinite and what would help; null where it is finite. */
  readonly reason: string | null;
  readonly coverage: Estimate;
  /** Mean number of classes in a set. */
  readonly size: Estimate;
}

/** Sets in one slice. Intervals of coverages hold for all slices of a report together. */
export interface SetSlice {
  readonly column: string;
  readonly value: string;
  readonly n: number;
  readonly groups?: number;
  /** With the one threshold of all rows. */
  readonly pooled: { readonly coverage: Estimate; readonly size: number };
  /** With a threshold of the slice's own. */
  readonly mondrian: {
    readonly coverage: Estimate;
    readonly size: number;
    readonly threshold: number;
    readonly reason: string | null;
  };
}
