import type { Matrix } from "../numeric/matrix.js";
import { mean } from "../numeric/quantile.js";
import type { RiskControl } from "./conformalRiskControl.js";
import { learnThenTest, type RiskTestOptions } from "./learnThenTest.js";
import { unitLosses } from "./losses.js";

/** A parameter whose risk is bounded with high probability. */
export interface RiskControlWithConfidence extends RiskControl {
  readonly delta: number;
  /** p-value of "risk > α" at each column. */
  readonly pValues: Float64Array;
}

/**
 * Risk-controlling prediction sets (Bates, Angelopoulos, Lei, Malik & Jordan 2021): the smallest parameter such that it
 * and all larger ones have an upper confidence bound of the risk ≤ α; P(risk > α) ≤ δ. The bound may be
 * Hoeffding–Bentkus, betting (WSR), or empirical Bernstein with the variance of each parameter's own losses.
 * @param losses Rows × parameters, in [0, bound], the risk falling with the column.
 * @throws CredenceError "out-of-range", "empty-input", "length-mismatch", "unknown-option", "not-binary".
 * @example
 * ```ts
 * import { rcps } from "credence/conformal";
 * const data = Array.from({ length: 300 }, (_, k) => (k % 3 === 0 && k % 2 === 0 ? 1 : 0));
 * rcps({ data, rows: 100, columns: 3 }, { alpha: 0.1, lambdas: [0.5, 0.7, 0.9] }).lambda; // → 0.7
 * ```
 */
export function rcps(losses: Matrix, options: RiskTestOptions): RiskControlWithConfidence {
  const { certified, pValues, alpha, delta, n, reason } = learnThenTest(losses, {
    ...options,
    procedure: "fixed-sequence",
    order: undefined,
    shares: undefined,
  });
  const { lambda, column, columns } = unitLosses("rcps", losses, options);
  const index = certified.length ? certified[0] : null;
  return {
    index,
    lambda: index === null ? null : lambda(index),
    risk: mean(column(index ?? columns - 1)),
    alpha,
    delta,
    n,
    pValues,
    reason,
  };
}
