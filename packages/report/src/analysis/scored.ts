import type { Estimate, EstimateOptions } from "credence/estimate";
import { meanEstimate } from "credence/estimate";

/** Rows of one analysis: confidences, outcomes and, where rows come in clusters, their group codes. */
export interface Scored {
  readonly confidences: Float64Array;
  readonly outcomes: Uint8Array;
  readonly groups: Int32Array | null;
}

/** The estimate options of these rows. */
export function estimateOptions({ groups }: Scored, level: number, seed: number): EstimateOptions {
  return groups ? { groups, level, seed } : { level, seed };
}

/** Mean confidence − accuracy: above 0 is overconfident. */
export function gapEstimate(
  rows: Pick<Scored, "confidences" | "outcomes">,
  options: EstimateOptions,
): Estimate {
  return meanEstimate(gapsOf(rows), options, "gapEstimate");
}

/** Confidence − outcome of each row. */
export function gapsOf({ confidences, outcomes }: Pick<Scored, "confidences" | "outcomes">): Float64Array {
  const gaps = new Float64Array(confidences.length);
  for (let i = 0; i < gaps.length; i++) gaps[i] = confidences[i] - outcomes[i];
  return gaps;
}
