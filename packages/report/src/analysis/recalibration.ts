import { brierScore, expectedCalibrationError, logLoss } from "credence/calibration";
import { type Estimate, type EstimateOptions, meanEstimate } from "credence/estimate";
import { automatic } from "credence/recalibration";
import { methodName } from "../words/methodName.js";
import { computeReliability } from "./reliability.js";
import type { BeforeAfter, Recalibration } from "./report.js";
import { estimateOptions, type Scored } from "./scored.js";
import type { PartsOfRecords } from "./splits.js";

/** What recalibration is asked for. */
export interface RecalibrationSettings {
  readonly bins: number;
  readonly level: number;
  readonly seed: number;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Chooses a recalibration on the fit part, and measures it on the evaluate part. */
export function computeRecalibration(
  { parts, splits }: PartsOfRecords,
  { bins, level, seed, onProgress }: RecalibrationSettings,
): Recalibration {
  const nothing = { chosen: null, candidates: [], evaluation: null, calibrator: null };
  if (!parts) return { ...nothing, reason: splits.reason ?? "" };
  const { fit, evaluate } = parts;
  if (fit.outcomes.every((y) => y === fit.outcomes[0]))
    return { ...nothing, reason: "All outcomes of the fit part are equal: there is nothing to learn from." };
  const fitted = automatic.fit(fit.confidences, fit.outcomes, {
    seed,
    level,
    rows: fit.rows,
    ...(fit.groups && { groups: fit.groups }),
    ...(onProgress && { onProgress }),
  });
  const { chosen, candidates, calibrator } = fitted.parameters;
  const after: Scored = { ...evaluate, confidences: fitted.predict(evaluate.confidences) };
  const options = estimateOptions(evaluate, level, seed);
  return {
    chosen,
    reason: [reasonOf(chosen, fitted.status), ...fitted.notes].join(" "),
    candidates,
    evaluation: {
      before: calibrationOf(evaluate, bins, options),
      after: calibrationOf(after, bins, options),
      difference: pairedDifference(evaluate, after, options),
    },
    calibrator,
  };
}

function reasonOf(chosen: string, status: string): string {
  if (status === "too-few") return "Too few independent rows to compare recalibrations.";
  return chosen === "identity"
    ? "No recalibration was better than leaving the confidences alone by more than chance."
    : `Cross-validation found ${methodName(chosen)} better than leaving the confidences alone by more than chance.`;
}

function calibrationOf(rows: Scored, bins: number, options: EstimateOptions): BeforeAfter {
  const { confidences, outcomes } = rows;
  return {
    ece: expectedCalibrationError(confidences, outcomes, { ...options, bins }),
    brier: brierScore(confidences, outcomes, options),
    logLoss: logLoss(confidences, outcomes, options),
    reliability: computeReliability(rows, bins, options.level ?? 0.95, options.seed ?? 0),
  };
}

/** Differences of the scores row by row, `after` − `before`: far tighter than the difference of two intervals. */
export function pairedDifference(
  before: Scored,
  after: Scored,
  options: EstimateOptions,
): { brier: Estimate; logLoss: Estimate } {
  const n = before.confidences.length;
  const squares = new Float64Array(n);
  const logs = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const y = before.outcomes[i];
    const [p, q] = [before.confidences[i], after.confidences[i]];
    squares[i] = (q - y) ** 2 - (p - y) ** 2;
    logs[i] = lossOf(q, y) - lossOf(p, y);
  }
  return { brier: meanEstimate(squares, options), logLoss: meanEstimate(logs, options) };
}

/** As `logLoss` of credence/calibration: probabilities no nearer to 0 or 1 than 2^−52. */
function lossOf(p: number, y: number): number {
  const likelihood = y ? p : 1 - p;
  return -Math.log(Math.max(likelihood, 2 ** -52));
}
