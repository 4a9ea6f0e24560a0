import { type Part, splitRows } from "credence/estimate";
import { CredenceError } from "credence/numeric";
import type { Splits } from "./report.js";
import type { Scored } from "./scored.js";
import { takeRows } from "./takeRows.js";

/** Shares of the rows, or of the groups where there are groups. */
const SHARES = { fit: 0.3, certify: 0.4, evaluate: 0.3 };

/** The columns of one part, with what fitted objects remember of it. */
export interface PartRows extends Scored {
  readonly rows: Part["rows"];
  /** Where the rows stand among those that were split. */
  readonly indices: Part["indices"];
}

/** The three parts; null where the data is too small to be split. */
export interface PartsOfRecords {
  readonly parts: { readonly fit: PartRows; readonly certify: PartRows; readonly evaluate: PartRows } | null;
  readonly splits: Splits;
}

const USES: Splits["uses"] = [
  { what: "metrics, reliability diagram, slices, net benefit", rows: "all" },
  {
    what: "choice and fit of the recalibration; thresholds to test; cells that look miscalibrated",
    rows: "fit",
  },
  { what: "certificate of the threshold", rows: "certify" },
  {
    what: "before against after recalibration; check of the threshold; measure of those cells",
    rows: "evaluate",
  },
];

/** Cuts the rows into disjoint parts, groups whole. */
export function splitRecords(rows: Scored, seed: number): PartsOfRecords {
  const { confidences, outcomes, groups } = rows;
  try {
    const split = splitRows([confidences, outcomes], SHARES, { seed, ...(groups && { groups }) });
    const part = ({ indices, rows: used }: Part): PartRows => ({
      confidences: takeRows(confidences, indices),
      outcomes: takeRows(outcomes, indices),
      groups: groups && takeRows(groups, indices),
      rows: used,
      indices,
    });
    const parts = { fit: part(split.fit), certify: part(split.certify), evaluate: part(split.evaluate) };
    const used = { fit: parts.fit.rows, certify: parts.certify.rows, evaluate: parts.evaluate.rows };
    return { parts, splits: { seed, parts: used, reason: null, uses: USES } };
  } catch (error) {
    if (!(error instanceof CredenceError && error.code === "too-few")) throw error;
    const unit = groups ? "groups" : "rows";
    const reason = `There are too few ${unit} to set some apart for fitting, certifying and evaluating.`;
    return { parts: null, splits: { seed, parts: null, reason, uses: USES.slice(0, 1) } };
  }
}

/** The same, with what prediction sets used. */
export const withSets = (splits: Splits): Splits =>
  splits.parts
    ? {
        ...splits,
        uses: [
          ...splits.uses,
          { what: "calibration of the prediction sets", rows: "certify" },
          { what: "coverage and size of the prediction sets", rows: "evaluate" },
        ],
      }
    : splits;
