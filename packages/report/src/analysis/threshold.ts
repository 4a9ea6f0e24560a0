import { proportionEstimate } from "credence/estimate";
import { certifiedThreshold, type RiskCoveragePoint, riskCoverageCurve } from "credence/selective";
import type { ReportOptions, Threshold } from "./report.js";
import { estimateOptions, type Scored } from "./scored.js";
import type { PartRows, PartsOfRecords } from "./splits.js";
import { takeRows } from "./takeRows.js";

/** Certifies a threshold on the certify part; on all rows, nothing having been fitted, where there are no parts. */
export function certify(
  rows: Scored,
  { parts }: PartsOfRecords,
  { risk, delta, level, seed }: ReportOptions,
  grouped = true,
): Threshold {
  const part = parts?.certify ?? rows;
  const counted = grouped ? part : { ...part, groups: null };
  const { tested: _, ...found } = certifiedThreshold(part.confidences, part.outcomes, {
    ...estimateOptions(counted, level, seed),
    risk,
    delta,
    ...(parts && { rows: parts.certify.rows, tuning: tuningOf(parts.fit) }),
  });
  const evaluated =
    parts && found.threshold !== null ? evaluate(parts.evaluate, found.threshold, level, seed) : null;
  return { ...found, evaluated };
}

const tuningOf = ({ confidences, outcomes, rows }: PartRows) => ({ confidences, outcomes, rows });

function evaluate(rows: Scored, threshold: number, level: number, seed: number): Threshold["evaluated"] {
  const { confidences, outcomes, groups } = rows;
  const given = Uint8Array.from(confidences, (p) => (p >= threshold ? 1 : 0));
  const indices = Array.from(given.keys()).filter((i) => given[i] === 1);
  const wrong = takeRows(outcomes, indices).map((y) => 1 - y);
  const accepted = groups ? { groups: takeRows(groups, indices) } : {};
  return {
    coverage: proportionEstimate(given, estimateOptions(rows, level, seed)),
    risk: wrong.length > 0 ? proportionEstimate(wrong, { level, ...accepted }) : null,
  };
}

/** Finer than a chart can show. */
const GRID = 1000;

/**
 * Risk against coverage. Many distinct confidences are first rounded down to thousandths, which leaves the points at
 * those thresholds as they are.
 */
export function computeRiskCoverage(rows: Scored, level: number): readonly RiskCoveragePoint[] {
  const { confidences, outcomes, groups } = rows;
  const coarse = confidences.length > GRID ? confidences.map(roundDown) : confidences;
  return riskCoverageCurve(coarse, outcomes, { level, ...(groups && { groups }) }).points;
}

function roundDown(confidence: number): number {
  const below = Math.floor(confidence * GRID);
  // The product may have been rounded to the wrong side of a thousandth.
  return (below + 1) / GRID <= confidence ? (below + 1) / GRID : Math.min(below / GRID, confidence);
}
