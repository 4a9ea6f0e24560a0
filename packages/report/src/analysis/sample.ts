import { splitRows } from "credence/estimate";
import type { Scored } from "./scored.js";
import { takeRows } from "./takeRows.js";

/** Some of the rows. */
export interface SampledRows extends Scored {
  /** Where they stand among all; absent where they are all. */
  readonly indices?: Int32Array;
}

/** As many rows tell as much as anyone can use about rankings, recalibration and thresholds. */
export const MOST_ROWS = 1_000_000;

/**
 * The rows themselves, or about `most` of them drawn at random in whole groups: for whatever sorts or fits. Metrics,
 * reliability and slices use every row.
 */
export function sampleRows(rows: Scored, seed: number, most = MOST_ROWS): SampledRows {
  const { confidences, outcomes, groups } = rows;
  const n = confidences.length;
  if (n <= most) return rows;
  const share = most / n;
  const { sample } = splitRows(
    [confidences],
    { sample: share, rest: 1 - share },
    { seed, ...(groups && { groups }) },
  );
  return {
    confidences: takeRows(confidences, sample.indices),
    outcomes: takeRows(outcomes, sample.indices),
    groups: groups && takeRows(groups, sample.indices),
    indices: sample.indices,
  };
}
