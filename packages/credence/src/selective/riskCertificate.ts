import { leastRejected } from "../estimate/bettingBound.js";
import { mixtureLogCapital } from "../estimate/mixtureCapital.js";
import { clopperPearsonUpper } from "../estimate/proportion.js";
import { binomialRiskPValue } from "../estimate/riskPValue.js";
import { CredenceError } from "../numeric/error.js";
import type { GroupCodes } from "../numeric/groups.js";
import type { Tally } from "./clusterTally.js";

/** A test of "the risk among the accepted rows exceeds r" that is valid in finite samples. */
export interface RiskCertificate {
  readonly method: "clopper-pearson" | "betting";
  /** p-value of a risk above `risk`, from what the tally has accepted. */
  pValue(tally: Tally, risk: number): number;
  /** The largest risk that is not rejected with error probability `delta`. */
  upperBound(tally: Tally, delta: number): number;
}

/** For independent rows: the exact binomial test. */
export const exactCertificate: RiskCertificate = {
  method: "clopper-pearson",
  pValue: (tally, risk) => binomialRiskPValue(tally.errors, tally.accepted, risk),
  upperBound: (tally, delta) =>
    tally.accepted > 0 ? clopperPearsonUpper(tally.errors, tally.accepted, delta) : 1,
};

/**
 * For rows in groups: a bet on each group. With a accepted rows of which e are wrong, E[e − r a] > 0 if the risk
 * E[e]/E[a] exceeds r; the gambler gains r a − e, divided by (1 − r) · (largest group size) so that a group that is wrong
 * throughout costs at most the stake.
 */
export function bettingCertificate(groups: GroupCodes, maxGroupSize: number, delta: number): RiskCertificate {
  const indices = Int32Array.from({ length: groups.count }, (_, g) => g);
  const logCapital = ({ acceptedOf, errorsOf }: Tally, risk: number) => {
    const scale = 1 / ((1 - risk) * maxGroupSize);
    return mixtureLogCapital(indices, (g) => (risk * acceptedOf![g] - errorsOf![g]) * scale, delta);
  };
  return {
    method: "betting",
    pValue: (tally, risk) => Math.min(1, Math.exp(-logCapital(tally, risk))),
    upperBound: (tally, error) => leastRejected((risk) => logCapital(tally, risk), error),
  };
}

/** The certificate for these groups; a largest size is only known to the caller, and is else the largest seen. */
export function certificateFor(
  fn: string,
  groups: GroupCodes | null,
  maxGroupSize: number | undefined,
  delta: number,
): RiskCertificate {
  if (!groups) return exactCertificate;
  const sizes = new Float64Array(groups.count);
  for (const code of groups.codes) sizes[code]++;
  const largest = sizes.reduce((most, size) => Math.max(most, size), 0);
  if (maxGroupSize !== undefined && !(maxGroupSize >= largest && maxGroupSize < Infinity))
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument: "maxGroupSize", value: maxGroupSize },
      `must be at least the largest group, which has ${largest} rows.`,
    );
  return (maxGroupSize ?? largest) === 1
    ? exactCertificate
    : bettingCertificate(groups, maxGroupSize ?? largest, delta);
}
