import { meanEstimate } from "../estimate/delta.js";
import type { Estimate, EstimateOptions } from "../estimate/estimate.js";
import { checkClasses, checkOptions, checkSameLength } from "../numeric/check.js";
import { checkProbabilityRows, type Matrix } from "../numeric/matrix.js";

/** Options of {@link rankedProbabilityScore}. */
export interface RankedProbabilityOptions extends EstimateOptions {
  /** Divides by the number of categories − 1, so that the score lies in [0, 1]. Default false. */
  normalised?: boolean;
}

/**
 * Ranked probability score for ordered categories: Σ over categories of (cumulative forecast − cumulative outcome)²,
 * the Brier score that knows that 1 star is nearer to 2 than to 5 (Epstein 1969).
 * @param probabilities Rows × categories in their order; each row sums to 1.
 * @param labels The category that occurred, 0 … columns − 1.
 * @throws CredenceError "not-a-probability", "not-normalised", "length-mismatch", "unknown-class".
 * @example
 * ```ts
 * import { rankedProbabilityScore } from "credence/forecast";
 * rankedProbabilityScore({ data: [0.2, 0.5, 0.3], rows: 1, columns: 3 }, [0]).value; // → 0.73
 * ```
 */
export function rankedProbabilityScore(
  probabilities: Matrix,
  labels: ArrayLike<number>,
  options: RankedProbabilityOptions = {},
): Estimate {
  const fn = "rankedProbabilityScore";
  checkOptions(fn, options);
  checkProbabilityRows(fn, "probabilities", probabilities);
  const { data, rows, columns } = probabilities;
  checkSameLength(fn, "labels", labels, "rows of probabilities", { length: rows });
  checkClasses(fn, "labels", labels, columns);
  const scores = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const label = labels[i];
    let below = 0;
    // The last cumulative sum is 1 for both.
    for (let j = 0; j < columns - 1; j++) {
      below += data[i * columns + j];
      scores[i] += (below - (label <= j ? 1 : 0)) ** 2;
    }
    if (options.normalised && columns > 1) scores[i] /= columns - 1;
  }
  return meanEstimate(scores, options, fn);
}
