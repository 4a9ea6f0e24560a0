import { type Part, splitRows } from "credence/estimate";
import { CredenceError } from "credence/numeric";
import { takeRows } from "../analysis/takeRows.js";
import type { LossRows } from "./lossSweep.js";
import type { RiskReport } from "./risk.js";

/** As for certified thresholds: what chooses, what certifies, what checks. */
export const SHARES = { fit: 0.3, certify: 0.4, evaluate: 0.3 };

/** The rows that choose thresholds, those that certify and those that check. */
export interface SplitLosses {
  readonly fit: LossRows;
  readonly certify: LossRows;
  readonly evaluate: LossRows;
  readonly parts: NonNullable<RiskReport["parts"]>;
}

/** Cuts the rows into parts, groups whole; null where there are too few. */
export function splitLosses(rows: LossRows, seed: number): SplitLosses | null {
  const { confidences, losses, groups } = rows;
  const take = ({ indices }: Part): LossRows => ({
    confidences: takeRows(confidences, indices),
    losses: takeRows(losses, indices),
    groups: groups && takeRows(groups, indices),
  });
  try {
    const { fit, certify, evaluate } = splitRows([confidences, losses], SHARES, {
      seed,
      ...(groups && { groups }),
    });
    const parts = { fit: fit.rows, certify: certify.rows, evaluate: evaluate.rows };
    return { fit: take(fit), certify: take(certify), evaluate: take(evaluate), parts };
  } catch (error) {
    if (error instanceof CredenceError && error.code === "too-few") return null;
    throw error;
  }
}
