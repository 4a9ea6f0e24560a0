import { binStatistics, brierScore, calibrationErrorOf, logLoss } from "credence/calibration";
import { meanEstimate, proportionEstimate } from "credence/estimate";
import { aurc, errorDetectionAuroc } from "credence/selective";
import type { Metrics } from "./report.js";
import { estimateOptions, gapEstimate, type Scored } from "./scored.js";

/**
 * The metrics of the confidences as they came.
 * @param sample The rows, or a sample of them, for the metrics that sort.
 */
export function computeMetrics(
  rows: Scored,
  sample: Scored,
  bins: number,
  level: number,
  seed: number,
): Metrics {
  const { confidences, outcomes } = rows;
  const options = estimateOptions(rows, level, seed);
  const ranking = estimateOptions(sample, level, seed);
  const binned = binStatistics("computeMetrics", confidences, outcomes, { ...options, bins });
  const oneClass = sample.outcomes.every((y) => y === sample.outcomes[0]);
  return {
    accuracy: proportionEstimate(outcomes, options),
    meanConfidence: meanEstimate(confidences, options),
    gap: gapEstimate(rows, options),
    ece: calibrationErrorOf("computeMetrics", binned, options),
    mce: calibrationErrorOf("computeMetrics", binned, { ...options, norm: "max" }),
    brier: brierScore(confidences, outcomes, options),
    logLoss: logLoss(confidences, outcomes, options),
    auroc: oneClass ? null : errorDetectionAuroc(sample.confidences, sample.outcomes, ranking),
    aurc: aurc(sample.confidences, sample.outcomes, ranking),
  };
}
