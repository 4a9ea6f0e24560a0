import type { Outcomes } from "../numeric/check.js";
import type { GroupCodes } from "../numeric/groups.js";
import type { ConfidenceLevels } from "./confidenceLevels.js";
import { acceptedForRisk, groupsForRisk } from "./labelsForRisk.js";
import type { ThresholdSequence } from "./thresholdSequence.js";

/**
 * About how many rows, drawn like these, would certify a threshold with a power of 80 %: the least over the places where
 * a walk may start, taking the risk seen there for the true one (with half an error added, so that ten flawless rows do
 * not pass for perfection). Null where no start shows a risk below the target.
 */
export function labelsNeeded(
  levels: ConfidenceLevels,
  outcomes: Outcomes,
  groups: GroupCodes | null,
  plan: ThresholdSequence & { readonly target: number; readonly delta: number },
  method: "clopper-pearson" | "betting",
): number | null {
  const { thresholds, shares, target, delta } = plan;
  const { n, order, confidences, counts, errors } = levels;
  const acceptedOf = new Float64Array(groups?.count ?? 0);
  const errorsOf = new Float64Array(groups?.count ?? 0);
  let accepted = 0;
  let wrong = 0;
  let least = Infinity;
  let level = 0;
  thresholds.forEach((threshold, i) => {
    for (; level < counts.length && confidences[level] >= threshold; level++) {
      if (groups)
        for (let k = accepted; k < accepted + counts[level]; k++) {
          acceptedOf[groups.codes[order[k]]]++;
          errorsOf[groups.codes[order[k]]] += 1 - Number(outcomes[order[k]]);
        }
      accepted += counts[level];
      wrong += errors[level];
    }
    const rate = (wrong + 0.5) / (accepted + 1);
    if (shares[i] === 0 || accepted === 0 || rate >= target) return;
    const budget = shares[i] * delta;
    if (method === "clopper-pearson" || !groups) {
      const { accepted: enough } = acceptedForRisk(target, budget, rate, 0.8);
      least = Math.min(least, Math.ceil((enough * n) / accepted));
      return;
    }
    const sizes = new Float64Array(groups.count);
    for (const code of groups.codes) sizes[code]++;
    const largest = sizes.reduce((most, size) => Math.max(most, size), 0);
    let squares = 0;
    for (let g = 0; g < groups.count; g++) squares += (errorsOf[g] - rate * acceptedOf[g]) ** 2;
    const enough = groupsForRisk({
      margin: ((target - rate) * accepted) / groups.count,
      variance: Math.max(squares, accepted * rate) / groups.count,
      largestLoss: (1 - target) * largest,
      delta: budget,
      power: 0.8,
    });
    least = Math.min(least, Math.ceil((enough * n) / groups.count));
  });
  return Number.isFinite(least) ? least : null;
}
