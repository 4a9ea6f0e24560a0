import { meanEstimate, proportionEstimate } from "credence/estimate";
import { formatCount, formatPlural } from "../words/format.js";
import type { LossRows } from "./lossSweep.js";
import type { RiskOptions, RiskThreshold } from "./risk.js";
import type { FoundThreshold } from "./riskThresholds.js";
import { SHARES } from "./splitLosses.js";

/** What thresholds are described in. */
export interface RiskContext {
  readonly settings: RiskOptions;
  /** What counts as one, and how many of them there are in all. */
  readonly unit: "group" | "row";
  readonly units: number;
}

/**
 * A threshold in the unit of the losses, checked on rows that had no say in it; or why there is none.
 * @param lossesAt The losses of the evaluate part's units at a threshold, as shares of the largest.
 * @param certifying Units that certified.
 */
export function describeThreshold(
  { threshold, loss, needed }: FoundThreshold,
  { confidences, groups }: LossRows,
  lossesAt: (threshold: number) => Float64Array,
  certifying: number,
  { settings, unit, units }: RiskContext,
): RiskThreshold {
  const { bound, risk, level, seed } = settings;
  if (threshold === null || loss === null) {
    const inAll = needed === null ? null : Math.ceil(needed / SHARES.certify);
    const reason =
      inAll === null
        ? `at no threshold is the mean loss seen below ${risk}; whether more labels would show one, these rows cannot tell.`
        : `${formatPlural(certifying, unit)} that certify are too few. About ${formatPlural(inAll, `labelled ${unit}`)} in all would be needed if losses stayed as they are; there are ${formatCount(units)}.`;
    return { threshold: null, reason, needed: inAll, loss: null, evaluated: null };
  }
  const losses = lossesAt(threshold).map((share) => bound * share);
  const out = Uint8Array.from(confidences, (p) => Number(p >= threshold));
  return {
    threshold,
    reason: null,
    needed: null,
    loss: bound * loss,
    evaluated: {
      coverage: proportionEstimate(out, { level, seed, ...(groups && { groups }) }),
      loss:
        losses.length === 0
          ? null
          : { ...meanEstimate(losses, { level, seed }), ...(groups && { groups: losses.length }) },
    },
  };
}
