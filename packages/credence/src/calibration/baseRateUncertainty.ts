import { type Estimate, type EstimateOptions, levelOf, pointEstimate } from "../estimate/estimate.js";
import { proportionEstimate } from "../estimate/proportion.js";
import type { Outcomes } from "../numeric/check.js";

/**
 * The mean score of always saying the base rate, from the exact interval of the base rate.
 * @param score Of the base rate; concave, with its maximum at ½.
 */
export function baseRateUncertainty(
  fn: string,
  outcomes: Outcomes,
  score: (rate: number) => number,
  options: EstimateOptions,
): Estimate {
  const rate = proportionEstimate(outcomes, options, fn);
  const value = score(rate.value);
  if (!rate.interval) return pointEstimate(value, levelOf(fn, options), outcomes.length);
  const [low, high] = rate.interval;
  const ends = [score(low), score(high)];
  const most = low <= 0.5 && high >= 0.5 ? score(0.5) : Math.max(...ends);
  return { ...rate, value, interval: [Math.min(...ends), most] };
}
