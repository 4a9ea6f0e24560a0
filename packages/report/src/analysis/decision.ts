import { decisionCurve } from "credence/calibration";
import { type EstimateOptions, proportionEstimate, sidakLevel } from "credence/estimate";
import type { Decision, DecisionFinding, ThresholdRange } from "./report.js";
import { sampleRows } from "./sample.js";
import { estimateOptions, type Scored } from "./scored.js";
import { takeRows } from "./takeRows.js";

/** 0.02, 0.04, …, 0.98. */
const THRESHOLDS = Array.from({ length: 49 }, (_, i) => (i + 1) / 50);

/** Every threshold looks at all rows: more would cost seconds and move no line of a chart. */
export const DECISION_ROWS = 100_000;

/**
 * The worth of acting where the confidence reaches a threshold, against acting always and never.
 *
 * What is proven does not lean on the delta method, which fails where few rows are left: acting by the confidences beats
 * acting never exactly where more than t of the answers at t or above are right, and beats acting always where fewer
 * than t of those below are. Both are shares, with exact intervals.
 */
export function computeDecision(rows: Scored, level: number, seed: number): Decision {
  const sample = sampleRows(rows, seed, DECISION_ROWS);
  const curve = decisionCurve(sample.confidences, sample.outcomes, {
    ...estimateOptions(sample, level, seed),
    thresholds: THRESHOLDS,
  });
  const order = Int32Array.from(sample.confidences.keys()).sort(
    (i, j) => sample.confidences[i] - sample.confidences[j],
  );
  const sorted: Scored = {
    confidences: takeRows(sample.confidences, order),
    outcomes: takeRows(sample.outcomes, order),
    groups: sample.groups && takeRows(sample.groups, order),
  };
  // Two shares for each threshold, and all of them hold together.
  const each = sidakLevel(level, 2 * THRESHOLDS.length);
  let from = 0;
  const points = curve.map((point) => {
    while (from < order.length && sorted.confidences[from] < point.threshold) from++;
    const above = shareInterval(sorted, from, order.length, each, seed);
    const below = shareInterval(sorted, 0, from, each, seed);
    return { ...point, finding: findingOf(point.threshold, above, below) };
  });
  return { points, better: rangesOf(points, "better"), worse: rangesOf(points, "worse") };
}

/** The interval of the share of right answers among some of the rows; anything is possible where there are none. */
function shareInterval(
  { outcomes, groups }: Scored,
  from: number,
  to: number,
  level: number,
  seed: number,
): readonly [number, number] {
  if (from === to) return [0, 1];
  const options: EstimateOptions = { level, seed, ...(groups && { groups: groups.subarray(from, to) }) };
  return proportionEstimate(outcomes.subarray(from, to), options).interval ?? [0, 1];
}

function findingOf(
  threshold: number,
  above: readonly [number, number],
  below: readonly [number, number],
): DecisionFinding {
  if (above[0] > threshold && below[1] < threshold) return "better";
  return above[1] < threshold || below[0] > threshold ? "worse" : "undecided";
}

/** Runs of thresholds with a finding. */
function rangesOf(
  points: readonly { readonly threshold: number; readonly finding: DecisionFinding }[],
  finding: DecisionFinding,
): ThresholdRange[] {
  const ranges: { from: number; to: number }[] = [];
  points.forEach((point, i) => {
    if (point.finding !== finding) return;
    if (i > 0 && points[i - 1].finding === finding) ranges[ranges.length - 1].to = point.threshold;
    else ranges.push({ from: point.threshold, to: point.threshold });
  });
  return ranges;
}
