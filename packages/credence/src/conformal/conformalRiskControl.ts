import { checkOpenUnit, checkOptions } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import type { Matrix } from "../numeric/matrix.js";
import { type LossOptions, unitLosses } from "./losses.js";

/** Options of {@link conformalRiskControl}. */
export interface RiskControlOptions extends LossOptions {
  /** The largest allowed mean loss, as a share of `bound`, in (0, 1). */
  alpha: number;
}

/** A parameter whose expected loss is bounded. */
export interface RiskControl {
  /** The chosen column; null where no column keeps the promise. */
  readonly index: number | null;
  /** Its parameter. */
  readonly lambda: number | null;
  /** Mean calibration loss of the chosen column, as a share of the bound; of the last column where none is chosen. */
  readonly risk: number;
  readonly alpha: number;
  /** Independent units: groups, or rows without groups. */
  readonly n: number;
  /** Why nothing could be chosen and what would help; null otherwise. */
  readonly reason: string | null;
}

/**
 * Conformal risk control (Angelopoulos, Bates, Fisch, Lei & Schuster 2024): the first parameter λ with
 * n/(n+1) · R̂(λ) + B/(n+1) ≤ α, which keeps the expected loss of a new row ≤ α. Losses may not rise with λ.
 * @param losses Rows × parameters, in [0, bound]; within a row non-increasing along the columns (sets growing with λ).
 * @throws CredenceError "out-of-range" for a loss outside [0, bound] or one that rises with λ, "empty-input",
 * "length-mismatch".
 * @example
 * ```ts
 * import { conformalRiskControl } from "credence/conformal";
 * const losses = { data: [1, 0.5, 0, 1, 0, 0, 0.5, 0.5, 0, 1, 0, 0], rows: 4, columns: 3 };
 * conformalRiskControl(losses, { alpha: 0.4, lambdas: [0.1, 0.2, 0.3] }).lambda; // → 0.2
 * ```
 */
export function conformalRiskControl(losses: Matrix, options: RiskControlOptions): RiskControl {
  const fn = "conformalRiskControl";
  checkOptions(fn, options, "alpha");
  const { alpha } = options;
  checkOpenUnit(fn, "alpha", alpha);
  const { data, units: n, columns, lambda } = unitLosses(fn, losses, options);
  for (let k = 1; k < data.length; k++)
    if (k % columns !== 0 && data[k] > data[k - 1] + 1e-12)
      throw new CredenceError(
        "out-of-range",
        { function: fn, argument: "losses", index: k, value: data[k] },
        "a loss may not rise with λ; order the columns, make the losses monotone, or use learnThenTest, which needs no order.",
      );
  let risk = 0;
  for (let j = 0; j < columns; j++) {
    let sum = 0;
    for (let u = 0; u < n; u++) sum += data[u * columns + j];
    risk = sum / n;
    // Sums of decimals must not fail the bound by a rounding error.
    if (sum + 1 <= alpha * (n + 1) * (1 + 1e-12))
      return { index: j, lambda: lambda(j), risk, alpha, n, reason: null };
  }
  const needed = risk < alpha ? Math.ceil((1 - alpha) / (alpha - risk) - 1e-9) : null;
  const reason =
    needed === null
      ? `no column brings the mean loss below ${alpha}: the last one has ${risk}.`
      : `${n} calibration units are too few for alpha = ${alpha}: with the last column's mean loss of ${risk}, ${needed} would do.`;
  return { index: null, lambda: null, risk, alpha, n, reason };
}
