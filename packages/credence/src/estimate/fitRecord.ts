import { checkOptions } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { type Groups, groupCodes } from "../numeric/groups.js";
import type { JsonFields } from "../numeric/json.js";
import { fingerprint, type RowsUsed } from "./split.js";

/** What a fitted object remembers of its data. */
export interface FitRecord {
  /** Content hash of scores and outcomes. */
  readonly fingerprint: string;
  /** Rows. */
  readonly n: number;
  /** Distinct groups, where groups were given. */
  readonly groups?: number;
  /** Which part of which split the rows were, where the caller said so. */
  readonly rows?: RowsUsed;
  /** When, as an ISO 8601 instant. */
  readonly fittedAt: string;
}

/** What every `fit` accepts. */
export interface FitOptions {
  /** A non-negative weight per row, not all 0. Default: equal weights. */
  weights?: ArrayLike<number>;
  /** A cluster id per row; counted in the record, and kept whole wherever a method splits the rows. */
  groups?: Groups;
  /** The part of a split these rows are (`part.rows`); certifying on the same rows is then refused. */
  rows?: RowsUsed;
  /** Date to record. Default: now. */
  fittedAt?: Date | string;
}

/** The record of a fit to these columns. */
export function recordFit(
  fn: string,
  scores: ArrayLike<number>,
  outcomes: ArrayLike<number | boolean>,
  options: FitOptions,
): FitRecord {
  checkOptions(fn, options);
  const { groups, rows, fittedAt = new Date() } = options;
  const date = new Date(fittedAt);
  if (Number.isNaN(date.getTime()))
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument: "fittedAt", value: fittedAt },
      'must be a date, e.g. "2025-01-31T12:00:00Z".',
    );
  return {
    fingerprint: fingerprint([scores, outcomes]),
    n: outcomes.length,
    ...(groups && { groups: groupCodes(fn, groups, outcomes, "outcomes").count }),
    ...(rows && { rows }),
    fittedAt: date.toISOString(),
  };
}

/** Reads a record back. */
export function readFitRecord(fields: JsonFields): FitRecord {
  const fittedAt = fields.text("fittedAt");
  if (Number.isNaN(Date.parse(fittedAt))) throw fields.refuse("fittedAt", "must be an ISO 8601 date.");
  return {
    fingerprint: fields.text("fingerprint"),
    n: fields.count("n"),
    ...(fields.has("groups") && { groups: fields.count("groups") }),
    ...(fields.has("rows") && { rows: readRows(fields.fields("rows")) }),
    fittedAt,
  };
}

function readRows(fields: JsonFields): RowsUsed {
  return {
    dataset: fields.text("dataset"),
    split: fields.text("split"),
    part: fields.text("part"),
    n: fields.count("n"),
    ...(fields.has("groups") && { groups: fields.count("groups") }),
  };
}
