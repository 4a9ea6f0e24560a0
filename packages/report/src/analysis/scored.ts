import type { Estimate, EstimateOptions } from "credence/estimate";
import { meanEstimate } from "credence/estimate";
import { studentQuantile } from "credence/numeric";

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
  const estimate = meanEstimate(gapsOf(rows), options, "gapEstimate");
  return withChance(estimate, rows.confidences, estimate.level);
}

/** From so many expected misses (or hits) on, a sample shows their spread itself. */
const FEW = 10;

/**
 * A gap whose interval is at least as wide as calibrated confidences would make it where misses are few, and stays inside
 * [−1, 1]. A dozen right answers at 94 % hardly differ from each other, and happen half of the time: they must not prove
 * that the model is too modest.
 * @param confidences Of the rows behind the gap.
 * @param level At which an interval of this gap alone is made.
 */
export function withChance(gap: Estimate, confidences: ArrayLike<number>, level: number): Estimate {
  const { value, interval, n, groups = n } = gap;
  if (!interval || !Number.isFinite(interval[1] - interval[0]) || groups < 2) return gap;
  let misses = 0;
  for (let i = 0; i < confidences.length; i++) misses += confidences[i] * (1 - confidences[i]);
  const least = (studentQuantile((1 + level) / 2, groups - 1) * Math.sqrt(Math.min(misses, FEW))) / n;
  const low = Math.min(interval[0], value - least);
  const high = Math.max(interval[1], value + least);
  return { ...gap, interval: [Math.max(low, -1), Math.min(high, 1)] };
}

/** Confidence − outcome of each row. */
export function gapsOf({ confidences, outcomes }: Pick<Scored, "confidences" | "outcomes">): Float64Array {
  const gaps = new Float64Array(confidences.length);
  for (let i = 0; i < gaps.length; i++) gaps[i] = confidences[i] - outcomes[i];
  return gaps;
}
