import { brierScore, expectedCalibrationError, logLoss } from "credence/calibration";
import { type Estimate, type EstimateOptions, meanEstimate, proportionEstimate } from "credence/estimate";
import { pairedDifference } from "../analysis/recalibration.js";
import type { Scored } from "../analysis/scored.js";
import { formatNumber, formatShare } from "../words/format.js";
import { type ClassPairs, classScores, pairedClassDifference } from "./classPairs.js";
import type { ComparedSide, Comparison } from "./comparison.js";

/**
 * The statistics of a comparison: both sides, and B − A.
 * @param classes Where there are class probabilities, the scores are taken over all classes.
 */
export function compareRows(
  a: Scored,
  b: Scored,
  bins: number,
  options: EstimateOptions & { readonly level: number },
  classes: ClassPairs | null = null,
): { a: Omit<ComparedSide, "files">; b: Omit<ComparedSide, "files">; difference: Comparison["difference"] } {
  const side = ({ confidences, outcomes }: Scored) => ({
    accuracy: proportionEstimate(outcomes, options),
    meanConfidence: meanEstimate(confidences, options),
    ece: expectedCalibrationError(confidences, outcomes, { ...options, bins }),
    brier: brierScore(confidences, outcomes, options),
    logLoss: logLoss(confidences, outcomes, options),
  });
  const right = Float64Array.from(a.outcomes, (y, i) => b.outcomes[i] - y);
  return {
    a: { ...side(a), ...(classes && classScores(classes.a, options)) },
    b: { ...side(b), ...(classes && classScores(classes.b, options)) },
    difference: {
      accuracy: meanEstimate(right, options),
      ...(classes ? pairedClassDifference(classes, options) : pairedDifference(a, b, options)),
      ece: errorDifference(a, b, bins, options),
    },
  };
}

/** The difference of two calibration errors from two intervals that hold together (Bonferroni): wide, but right at 0. */
function errorDifference(
  a: Scored,
  b: Scored,
  bins: number,
  options: EstimateOptions & { readonly level: number },
): Estimate {
  const strict = { ...options, bins, level: (1 + options.level) / 2 };
  const [first, second] = [a, b].map((rows) =>
    expectedCalibrationError(rows.confidences, rows.outcomes, strict),
  );
  const [[lowA, highA], [lowB, highB]] = [first, second].map(
    ({ interval }) => interval as readonly [number, number],
  );
  return {
    ...second,
    value: second.value - first.value,
    interval: [lowB - highA, highB - lowA],
    level: options.level,
    method: `${second.method}, bonferroni`,
  };
}

/** What the differences prove, in sentences. */
export function comparisonVerdict({
  accuracy,
  brier,
  logLoss: loss,
  ece,
}: Comparison["difference"]): string[] {
  const four = (value: number) => formatNumber(value, 4);
  return [
    sentence("right more often", "right less often", "how often they are right", accuracy, formatShare),
    sentence("worse by Brier score", "better by Brier score", "Brier score", brier, four),
    sentence("worse by log loss", "better by log loss", "log loss", loss, four),
    sentence("worse calibrated", "better calibrated", "calibration error", ece, formatShare),
  ];
}

function sentence(
  above: string,
  below: string,
  name: string,
  { value, interval }: Estimate,
  write: (value: number) => string,
): string {
  const [low, high] = interval as readonly [number, number];
  const numbers = `${write(value)} [${write(low)}, ${write(high)}]`;
  if (low > 0) return `B is ${above}: ${numbers}.`;
  if (high < 0) return `B is ${below}: ${numbers}.`;
  return `No proven difference in ${name}: ${numbers}.`;
}
