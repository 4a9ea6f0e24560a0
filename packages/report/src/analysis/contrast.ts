import { expectedCalibrationError } from "credence/calibration";
import { proportionEstimate } from "credence/estimate";
import type { Contrast, ContrastSide, Metrics, ReportOptions, Threshold } from "./report.js";
import { gapEstimate, type Scored } from "./scored.js";
import type { PartsOfRecords } from "./splits.js";
import { certify } from "./threshold.js";

/** What would have been concluded had the rows been taken for independent. */
export function computeContrast(
  { rows, sample }: { readonly rows: Scored; readonly sample: Scored },
  parts: PartsOfRecords,
  options: ReportOptions,
  grouped: { readonly metrics: Metrics; readonly threshold: Threshold },
): Contrast | null {
  if (!rows.groups) return null;
  const { confidences, outcomes } = rows;
  const { level, seed, bins } = options;
  const alone = { level, seed };
  return {
    byRow: {
      accuracy: proportionEstimate(outcomes, alone),
      gap: gapEstimate(rows, alone),
      ece: expectedCalibrationError(confidences, outcomes, { ...alone, bins }),
      threshold: essentials(certify(sample, parts, options, false)),
    },
    byGroup: {
      accuracy: grouped.metrics.accuracy,
      gap: grouped.metrics.gap,
      ece: grouped.metrics.ece,
      threshold: essentials(grouped.threshold),
    },
  };
}

const essentials = ({ certified, threshold, bound, coverage }: Threshold): ContrastSide["threshold"] => ({
  certified,
  threshold,
  bound,
  coverage,
});
