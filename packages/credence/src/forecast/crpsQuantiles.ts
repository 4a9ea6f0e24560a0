import { meanEstimate } from "../estimate/delta.js";
import type { Estimate, EstimateOptions } from "../estimate/estimate.js";
import { checkFinite, checkOpenUnit, checkOptions, checkSameLength } from "../numeric/check.js";
import { checkMatrix, type Matrix } from "../numeric/matrix.js";
import { pinball } from "./pinballLoss.js";

/**
 * CRPS from predicted quantiles: twice the mean pinball loss over the levels. Approaches the CRPS as the levels fill
 * (0, 1) evenly; with symmetric levels and the median it is the weighted interval score.
 * @param quantiles Rows × levels.
 * @param levels The levels of the columns, each in (0, 1).
 * @throws CredenceError "empty-input", "length-mismatch", "not-finite", "out-of-range".
 * @see Laio & Tamea 2007.
 * @example
 * ```ts
 * import { crpsQuantiles } from "credence/forecast";
 * crpsQuantiles({ data: [0, 5, 10], rows: 1, columns: 3 }, [0.1, 0.5, 0.9], [12]).value; // → 4.3333
 * ```
 */
export function crpsQuantiles(
  quantiles: Matrix,
  levels: ArrayLike<number>,
  observed: ArrayLike<number>,
  options: EstimateOptions = {},
): Estimate {
  const fn = "crpsQuantiles";
  checkOptions(fn, options);
  checkMatrix(fn, "quantiles", quantiles);
  checkSameLength(fn, "levels", levels, "columns of quantiles", { length: quantiles.columns });
  checkSameLength(fn, "observed", observed, "rows of quantiles", { length: quantiles.rows });
  checkFinite(fn, "quantiles", quantiles.data);
  checkFinite(fn, "observed", observed);
  const k = levels.length;
  for (let j = 0; j < k; j++) checkOpenUnit(fn, `levels[${j}]`, levels[j]);
  const scores = Float64Array.from({ length: observed.length }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < k; j++) sum += pinball(quantiles.data[i * k + j], observed[i], levels[j]);
    return (2 * sum) / k;
  });
  return meanEstimate(scores, options, fn);
}
