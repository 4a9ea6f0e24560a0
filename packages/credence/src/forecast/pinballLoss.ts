import type { EstimateOptions } from "../estimate/estimate.js";
import { checkOpenUnit } from "../numeric/check.js";
import { type Column, type RowScores, rowScores } from "./rowScores.js";

/** τ (y − q) above the predicted quantile, (1 − τ)(q − y) below it. */
export function pinball(predicted: number, observed: number, tau: number): number {
  const miss = observed - predicted;
  return miss >= 0 ? tau * miss : (tau - 1) * miss;
}

/**
 * Pinball (quantile) loss of a predicted τ-quantile: proper, in the unit of the observation, 0 is perfect. Numbers give
 * a number; lists give the mean as an Estimate.
 * @param tau The level of the quantile, in (0, 1).
 * @throws CredenceError "not-finite", "length-mismatch", "out-of-range" for τ.
 * @see Koenker & Bassett 1978.
 * @example
 * ```ts
 * import { pinballLoss } from "credence/forecast";
 * pinballLoss(2, 5, 0.9); // → 2.7
 * pinballLoss([2, 6], [5, 5], 0.9).value; // → 1.4
 * ```
 */
export function pinballLoss<Q extends Column, Y extends Column>(
  predicted: Q,
  observed: Y,
  tau: number,
  options: EstimateOptions = {},
): RowScores<[Q, Y]> {
  const fn = "pinballLoss";
  checkOpenUnit(fn, "tau", tau);
  const score = (q: number, y: number) => pinball(q, y, tau);
  return rowScores(fn, ["predicted", "observed"], [predicted, observed] as [Q, Y], score, options);
}
