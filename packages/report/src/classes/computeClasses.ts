import {
  brierScore,
  classwiseCalibrationError,
  logLoss,
  topKCalibrationError,
  topLabelCalibrationError,
} from "credence/calibration";
import type { EstimateOptions } from "credence/estimate";
import type { Classes } from "../analysis/report.js";
import type { ClassRows } from "../reading/records.js";

const TOP = [2, 3, 5];

/** The metrics of all class probabilities, not of the largest alone. */
export function computeClasses(
  rows: ClassRows | undefined,
  options: EstimateOptions & { bins: number },
): Classes | null {
  if (!rows) return null;
  const { names, probabilities, labels } = rows;
  const { bins, ...scores } = options;
  return {
    count: names.length,
    names,
    topLabel: topLabelCalibrationError(probabilities, labels, options),
    classwise: classwiseCalibrationError(probabilities, labels, options),
    topK: TOP.filter((k) => k < names.length).map((k) => ({
      k,
      error: topKCalibrationError(probabilities, labels, k, options),
    })),
    brier: brierScore(probabilities, labels, scores),
    logLoss: logLoss(probabilities, labels, scores),
  };
}
