import { checkFunction, checkList } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";

/** One hypothesis of a fixed-sequence test. */
export interface SequenceStep {
  /** The error probability that was available here; 0 where the sequence was not running. */
  readonly budget: number;
  /** Whether the hypothesis was rejected: p ≤ budget. */
  readonly rejected: boolean;
}

/**
 * Tests hypotheses in an order fixed in advance, so that the probability of rejecting **any** true one is at most the sum
 * of the budgets, however the p-values depend on each other.
 *
 * Each hypothesis has a budget of its own (mostly 0; where it is not, the sequence may start there). What was available
 * at a rejected hypothesis is handed on to the next one and added to its own; at the first that is not rejected it is
 * lost, until the next start. With the whole budget at the first hypothesis this is the fixed-sequence test of Learn then
 * Test; with several starts it is Wiens' fallback procedure, which never loses to separate walks from each start.
 * @param pValue The p-value of hypothesis i; asked for only where there is a budget to spend.
 * @param budgets Non-negative; order and budgets must not depend on the data that give the p-values.
 * @throws CredenceError "out-of-range" for a budget that is negative or not a number.
 * @see Wiens 2003, "A fixed sequence Bonferroni procedure"; Angelopoulos et al. 2021, "Learn then Test".
 * @example
 * ```ts
 * import { fixedSequenceTest } from "credence/estimate";
 * const p = [0.04, 0.02, 0.3, 0.01];
 * fixedSequenceTest((i) => p[i], [0.05, 0, 0, 0]).map((step) => step.rejected); // → [true, true, false, false]
 * ```
 */
export function fixedSequenceTest(
  pValue: (index: number) => number,
  budgets: ArrayLike<number>,
): SequenceStep[] {
  checkFunction("fixedSequenceTest", "pValue", pValue);
  checkList("fixedSequenceTest", "budgets", budgets);
  let carried = 0;
  return Array.from(budgets as ArrayLike<number>, (own, i) => {
    if (!(own >= 0))
      throw new CredenceError(
        "out-of-range",
        { function: "fixedSequenceTest", argument: "budgets", index: i, value: own },
        "must not be negative.",
      );
    const budget = carried + own;
    const rejected = budget > 0 && pValue(i) <= budget;
    carried = rejected ? budget : 0;
    return { budget, rejected };
  });
}
