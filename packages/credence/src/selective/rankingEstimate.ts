import { deltaEstimate } from "../estimate/delta.js";
import { type Estimate, type EstimateOptions, levelOf, pointEstimate } from "../estimate/estimate.js";
import { proportionEstimate } from "../estimate/proportion.js";
import type { Outcomes } from "../numeric/check.js";
import type { ConfidenceLevels } from "./confidenceLevels.js";

/** How one row moves a statistic of the ranking: by what its level gives to each row there, more if the row is wrong. */
export interface LevelInfluence {
  /** Derivative by the share of rows at each level. */
  readonly byCount: Float64Array;
  /** Derivative by the share of wrong rows at each level. */
  readonly byError: Float64Array;
}

/**
 * A statistic of the shares of rows and errors at each confidence, with a delta-method interval (cluster-robust with
 * groups). Where nothing varies (no errors at all, say) the delta method would give a single point; the interval is then
 * the range of the statistic over all rankings whose error rate lies in the exact interval for the error rate.
 * @param range The least and largest value of the statistic over all rankings with the given error rate.
 */
export function rankingEstimate(
  fn: string,
  value: number,
  levels: ConfidenceLevels,
  outcomes: Outcomes,
  options: EstimateOptions,
  influence: () => LevelInfluence,
  range: (errorRate: number) => readonly [number, number],
): Estimate {
  const level = levelOf(fn, options);
  const { n, levelOfRow, errorCount } = levels;
  if (options.interval === false) return pointEstimate(value, level, n);
  const { byCount, byError } = influence();
  const moves = new Float64Array(n);
  for (let row = 0; row < n; row++) {
    const l = levelOfRow[row];
    moves[row] = byCount[l] + (1 - Number(outcomes[row])) * byError[l];
  }
  const estimate = deltaEstimate(fn, value, moves, options);
  const [low, high] = estimate.interval!;
  const degenerate = errorCount === 0 || errorCount === n || !(high - low > 1e-12);
  if (!degenerate) return estimate;
  const rate = proportionEstimate(
    Uint8Array.from(outcomes as ArrayLike<number>, (y) => 1 - Number(y)),
    {
      groups: options.groups,
      level,
    },
  ).interval!;
  return {
    ...estimate,
    interval: [range(rate[0])[0], range(rate[1])[1]],
    method: `${options.groups ? "cluster-" : ""}worst-ranking`,
  };
}
