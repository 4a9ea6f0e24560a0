import { checkFinite, checkOptions } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { checkMatrix, type Matrix } from "../numeric/matrix.js";

/** Mean and variance of an ensemble's mixture, row by row: total = aleatoric + epistemic. */
export interface VarianceDecomposition {
  readonly mean: Float64Array;
  readonly total: Float64Array;
  /** Mean of the members' variances. */
  readonly aleatoric: Float64Array;
  /** Variance of the members' means. */
  readonly epistemic: Float64Array;
}

/** Options of {@link decomposeVariance}. */
export interface DecomposeVarianceOptions {
  /**
   * "population" (divisor M): the members are the mixture; "sample" (divisor M − 1): they are a sample of all members
   * that could have been trained. Default "population".
   */
  divisor?: "population" | "sample";
}

/**
 * Law of total variance for an ensemble of regressors: total = mean of the members' variances + variance of their means
 * (Lakshminarayanan, Pritzel & Blundell 2017).
 * @param means Rows × members.
 * @param variances Rows × members, ≥ 0.
 * @throws CredenceError "empty-input", "length-mismatch", "not-finite", "out-of-range", "too-few" ("sample" with one).
 * @example
 * ```ts
 * import { decomposeVariance } from "credence/ensemble";
 * const row = (data: number[]) => ({ data, rows: 1, columns: 2 });
 * decomposeVariance(row([1, 3]), row([0.5, 1.5])).total[0]; // → 2
 * ```
 */
export function decomposeVariance(
  means: Matrix,
  variances: Matrix,
  options: DecomposeVarianceOptions = {},
): VarianceDecomposition {
  const fn = "decomposeVariance";
  checkOptions(fn, options);
  checkMatrix(fn, "means", means);
  checkMatrix(fn, "variances", variances);
  const { rows, columns: m } = means;
  if (variances.rows !== rows || variances.columns !== m)
    throw new CredenceError(
      "length-mismatch",
      { function: fn, argument: "variances" },
      `is ${variances.rows} × ${variances.columns}, means is ${rows} × ${m}.`,
    );
  checkFinite(fn, "means", means.data);
  checkFinite(fn, "variances", variances.data);
  const sample = options.divisor === "sample";
  if (sample && m < 2)
    throw new CredenceError(
      "too-few",
      { function: fn, argument: "means", value: m },
      "a sample variance needs at least two members.",
    );
  const mean = new Float64Array(rows);
  const aleatoric = new Float64Array(rows);
  const epistemic = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    for (let k = i * m; k < (i + 1) * m; k++) {
      if (variances.data[k] < 0)
        throw new CredenceError(
          "out-of-range",
          { function: fn, argument: "variances", index: k, value: variances.data[k] },
          "a variance is never negative.",
        );
      mean[i] += means.data[k] / m;
      aleatoric[i] += variances.data[k] / m;
    }
    for (let k = i * m; k < (i + 1) * m; k++)
      epistemic[i] += (means.data[k] - mean[i]) ** 2 / (sample ? m - 1 : m);
  }
  return { mean, total: aleatoric.map((a, i) => a + epistemic[i]), aleatoric, epistemic };
}
