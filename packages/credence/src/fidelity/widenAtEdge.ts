import type { Estimate } from "../estimate/estimate.js";
import { clopperPearson } from "../estimate/proportion.js";
import { type Stratum, unitRows } from "../estimate/strata.js";

/**
 * A share that is 0 or 1 in the sample is so in nearly every half of it, and half samples then claim a certainty nobody
 * has: the exact binomial interval for the rows (or groups) it is a share of is added.
 */
export function widenAtEdge(estimate: Estimate, stratum: Stratum): Estimate {
  const { value, interval, level } = estimate;
  if (!interval || (value !== 0 && value !== 1)) return estimate;
  const units = stratum.groups ? unitRows("widenAtEdge", stratum).length : stratum.rows;
  return widenTo(clopperPearson(value * units, units, level), estimate);
}

/** The interval, if there is one, with what exact binomial bounds allow. */
export function widenTo([low, high]: readonly [number, number], estimate: Estimate): Estimate {
  const { interval, method } = estimate;
  if (!interval) return estimate;
  return {
    ...estimate,
    interval: [Math.min(low, interval[0]), Math.max(high, interval[1])],
    method: `${method} and clopper-pearson`,
  };
}
