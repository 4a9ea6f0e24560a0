import { meanEstimate } from "../estimate/delta.js";
import type { Estimate, EstimateOptions } from "../estimate/estimate.js";
import { checkOptions, checkScored, type Outcomes } from "../numeric/check.js";
import { scoredColumns } from "../numeric/columns.js";
import { CredenceError } from "../numeric/error.js";

/** What each result of a decision costs; gains are negative costs. Any unit. */
export interface Costs {
  /** Acting although the event does not happen. */
  falsePositive: number;
  /** Not acting although it does. */
  falseNegative: number;
  /** Acting where the event happens. Default 0. */
  truePositive?: number;
  /** Not acting where it does not. Default 0. */
  trueNegative?: number;
}

/**
 * The threshold from which acting costs less than not acting, if the confidences are calibrated (Elkan 2001):
 * (c_FP − c_TN) / (c_FP − c_TN + c_FN − c_TP).
 * @throws CredenceError "out-of-range" unless both mistakes cost more than being right; "not-finite".
 * @example
 * ```ts
 * import { costThreshold } from "credence/calibration";
 * costThreshold({ falsePositive: 1, falseNegative: 9 }); // → 0.1
 * ```
 */
export function costThreshold(costs: Costs): number {
  const { falsePositive, falseNegative, truePositive, trueNegative } = checkedCosts("costThreshold", costs);
  const acting = falsePositive - trueNegative;
  const waiting = falseNegative - truePositive;
  if (!(acting > 0 && waiting > 0))
    throw new CredenceError(
      "out-of-range",
      { function: "costThreshold", argument: "costs" },
      "a mistake must cost more than being right, both when acting and when not; otherwise one choice is always best.",
    );
  return acting / (acting + waiting);
}

/** Options of {@link expectedCost}. */
export interface ExpectedCostOptions extends EstimateOptions {
  /** Acting from this confidence on. Default {@link costThreshold} of the costs. */
  threshold?: number;
}

/**
 * The mean cost per row of acting where confidence ≥ threshold.
 * @param confidences Probabilities in [0, 1], one per row.
 * @param outcomes 1 or true where the event happened, one per row.
 * @throws CredenceError "empty-input", "length-mismatch", "not-a-probability", "not-finite", "not-binary",
 *   "out-of-range" (costs without a threshold between them, threshold outside [0, 1], level).
 * @example
 * ```ts
 * import { expectedCost } from "credence/calibration";
 * const costs = { falsePositive: 1, falseNegative: 9 };
 * expectedCost([0.9, 0.05, 0.3], [1, 1, 0], costs).value; // → 3.3333
 * ```
 */
export function expectedCost(
  confidences: ArrayLike<number>,
  outcomes: Outcomes,
  costs: Costs,
  options: ExpectedCostOptions = {},
): Estimate {
  const fn = "expectedCost";
  checkOptions(fn, options);
  checkScored(fn, confidences, outcomes);
  const { falsePositive, falseNegative, truePositive, trueNegative } = checkedCosts(fn, costs);
  const { threshold = costThreshold(costs) } = options;
  if (!(threshold >= 0 && threshold <= 1))
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument: "threshold", value: threshold },
      "must lie in [0, 1].",
    );
  const { confidences: p, outcomes: y } = scoredColumns(fn, confidences, outcomes);
  const cost = (acts: boolean, happens: boolean) =>
    acts ? (happens ? truePositive : falsePositive) : happens ? falseNegative : trueNegative;
  return meanEstimate(
    p.map((value, i) => cost(value >= threshold, y[i] === 1)),
    options,
    fn,
  );
}

function checkedCosts(fn: string, costs: Costs): Required<Costs> {
  const all = { truePositive: 0, trueNegative: 0, ...costs };
  for (const [name, value] of Object.entries(all))
    if (!Number.isFinite(value))
      throw new CredenceError(
        "not-finite",
        { function: fn, argument: `costs.${name}`, value },
        "a finite cost is needed.",
      );
  return all;
}
