import { meanEstimate } from "../estimate/delta.js";
import type { Estimate, EstimateOptions } from "../estimate/estimate.js";
import { checkFinite, checkNotEmpty, checkOneOf, checkOptions, checkSameLength } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { checkMatrix, type Matrix } from "../numeric/matrix.js";
import { sortedCopy } from "../numeric/sort.js";

/** Options of {@link crpsEnsemble}. */
export interface EnsembleScoreOptions extends EstimateOptions {
  /**
   * "plug-in": the members are the forecast, mean |x − x′| over all m² pairs. "fair": the members are a sample of it,
   * over the m(m−1) pairs of different members (Ferro 2014). Default "plug-in".
   */
  estimator?: "plug-in" | "fair";
}

/**
 * Continuous ranked probability score of ensembles: mean |x − y| − ½ mean |x − x′|. O(m log m) per forecast. One
 * ensemble (a list) gives a number; rows of members (a matrix, one row per forecast) give the mean as an Estimate.
 * @throws CredenceError "empty-input", "not-finite", "length-mismatch", "too-few" for "fair" with one member.
 * @see Gneiting & Raftery 2007.
 * @example
 * ```ts
 * import { crpsEnsemble } from "credence/forecast";
 * crpsEnsemble([1, 2, 4], 2); // → 0.3333
 * crpsEnsemble({ data: [1, 2, 4, 0, 0, 3], rows: 2, columns: 3 }, [2, 1]).value; // → 0.5
 * ```
 */
export function crpsEnsemble(
  members: ArrayLike<number>,
  observed: number,
  options?: EnsembleScoreOptions,
): number;
export function crpsEnsemble(
  members: Matrix,
  observed: ArrayLike<number>,
  options?: EnsembleScoreOptions,
): Estimate;
export function crpsEnsemble(
  members: ArrayLike<number> | Matrix,
  observed: number | ArrayLike<number>,
  options: EnsembleScoreOptions = {},
): number | Estimate {
  const fn = "crpsEnsemble";
  checkOptions(fn, options);
  const { estimator = "plug-in" } = options;
  checkOneOf(fn, "estimator", estimator, ["plug-in", "fair"]);
  if (typeof observed === "number") {
    const list = members as ArrayLike<number>;
    checkNotEmpty(fn, "members", list);
    checkFinite(fn, "members", list);
    checkFinite(fn, "observed", [observed]);
    checkMembers(fn, list.length, estimator);
    return ensembleScore(list, observed, estimator);
  }
  const matrix = members as Matrix;
  checkMatrix(fn, "members", matrix);
  checkSameLength(fn, "observed", observed, "rows of members", { length: matrix.rows });
  checkFinite(fn, "members", matrix.data);
  checkFinite(fn, "observed", observed);
  checkMembers(fn, matrix.columns, estimator);
  const row = new Float64Array(matrix.columns);
  const scores = Float64Array.from({ length: matrix.rows }, (_, i) => {
    for (let j = 0; j < row.length; j++) row[j] = matrix.data[i * row.length + j];
    return ensembleScore(row, observed[i], estimator);
  });
  return meanEstimate(scores, options, fn);
}

function checkMembers(fn: string, m: number, estimator: "plug-in" | "fair"): void {
  if (estimator === "fair" && m < 2)
    throw new CredenceError(
      "too-few",
      { function: fn, argument: "members", value: m },
      "the fair score needs at least two members.",
    );
}

function ensembleScore(members: ArrayLike<number>, y: number, estimator: "plug-in" | "fair"): number {
  const sorted = sortedCopy(members);
  const m = sorted.length;
  let near = 0;
  let spread = 0;
  for (let i = 0; i < m; i++) {
    near += Math.abs(sorted[i] - y);
    // Σ over pairs i < j of x₍ⱼ₎ − x₍ᵢ₎, taken from y so that large offsets do not cancel.
    spread += (2 * i - m + 1) * (sorted[i] - y);
  }
  return near / m - spread / (m * (estimator === "fair" ? m - 1 : m));
}
