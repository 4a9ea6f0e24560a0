import type { Estimate, RowsUsed } from "credence/estimate";
import type { Method, Verdict, Warning } from "../analysis/report.js";
import type { NumberOrigin } from "../numbers/numberOrigin.js";
import type { RowGroups } from "../numbers/rowWarnings.js";

/** Version of the JSON layout of reports on losses. */
export const RISK_SCHEMA = "credence.risk/1";

/**
 * From which confidence on answers may go out so that they lose little enough, as plain data. Losses are in the column's
 * own unit. Where rows come in groups, losses are averaged within groups first: promises are for a new group.
 */
export interface RiskReport {
  readonly schema: typeof RISK_SCHEMA;
  readonly origin: NumberOrigin;
  readonly options: RiskOptions;
  /** Rows with a confidence and a loss. */
  readonly n: number;
  /** Rows without a confidence, and without a loss; not in `n`. */
  readonly missing: number;
  readonly unlabelled: number;
  readonly groups: RowGroups | null;
  readonly verdict: Verdict;
  readonly warnings: readonly Warning[];
  /** Mean loss if every answer went out. */
  readonly meanLoss: Estimate;
  /** Which rows did what; null where there were too few to be split. */
  readonly parts: { readonly fit: RowsUsed; readonly certify: RowsUsed; readonly evaluate: RowsUsed } | null;
  /** With probability 1 − delta, answers that go out lose at most `risk` on average. */
  readonly certified: RiskThreshold;
  /** On average over certify parts (nearly, see the methods), answers that go out lose at most `risk` on average. */
  readonly expected: RiskThreshold;
  /** On average over certify parts, exactly: per answer asked, those held back losing nothing, at most `risk` is lost. */
  readonly perAnswer: RiskThreshold;
  /** The certify part at every threshold tried, ascending. */
  readonly curve: readonly RiskPoint[];
  readonly methods: readonly Method[];
}

/** The options in force, defaults filled in. */
export interface RiskOptions {
  /** Largest mean loss allowed, in (0, bound). */
  readonly risk: number;
  /** Probability with which the certified promise may fail. */
  readonly delta: number;
  /** Largest loss there can be. */
  readonly bound: number;
  readonly level: number;
  readonly seed: number;
}

/** The lowest confidence that keeps a promise. */
export interface RiskThreshold {
  /** Answers with at least this confidence go out; null where no threshold keeps the promise. */
  readonly threshold: number | null;
  /** Why there is none; null where there is one. */
  readonly reason: string | null;
  /** Without a threshold: about how many labelled rows (or groups) in all would be needed; null where these rows cannot tell. */
  readonly needed: number | null;
  /** Mean loss of the certify part at the threshold: what the promise is about. */
  readonly loss: number | null;
  /** The same on the evaluate part, which neither chose nor certified; null without a threshold. */
  readonly evaluated: {
    /** Share of answers that go out. */
    readonly coverage: Estimate;
    readonly loss: Estimate | null;
  } | null;
}

/** What a threshold does on the certify part. */
export interface RiskPoint {
  readonly threshold: number;
  /** Mean loss of the answers that go out. */
  readonly loss: number;
  /** Upper bound of the expected loss with probability 1 − delta, for this threshold alone. */
  readonly bound: number;
  /** Share of rows that go out. */
  readonly coverage: number;
  /** Rows, or groups with answers that go out, behind it. */
  readonly units: number;
}
