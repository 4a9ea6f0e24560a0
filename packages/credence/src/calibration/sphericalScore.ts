import { meanEstimate } from "../estimate/delta.js";
import type { Estimate, EstimateOptions } from "../estimate/estimate.js";
import { checkOptions, checkScored, type Outcomes } from "../numeric/check.js";
import { scoredColumns } from "../numeric/columns.js";
import type { Matrix } from "../numeric/matrix.js";
import { isMatrix } from "../numeric/matrix.js";
import { checkClassRows } from "./classRows.js";

/**
 * The spherical score (Good 1971; Gneiting & Raftery 2007): the mean of the probability given to what happened over the
 * Euclidean length of the probabilities of everything. Proper; the more the better, 1 at best.
 * @param confidences Probabilities in [0, 1], one per row (the other outcome has 1 − p); or rows × classes.
 * @param outcomes 1 or true where the event happened; or the class number of each row.
 * @throws CredenceError "empty-input", "length-mismatch", "not-a-probability", "not-finite", "not-binary",
 *   "not-normalised", "unknown-class", "out-of-range" (level).
 * @example
 * ```ts
 * import { sphericalScore } from "credence/calibration";
 * sphericalScore([0.8], [1]).value; // → 0.9701
 * ```
 */
export function sphericalScore(
  confidences: ArrayLike<number> | Matrix,
  outcomes: Outcomes,
  options: EstimateOptions = {},
): Estimate {
  const fn = "sphericalScore";
  checkOptions(fn, options);
  if (isMatrix(confidences)) {
    const classes = outcomes as ArrayLike<number>;
    checkClassRows(fn, confidences, classes, "confidences");
    const { data, rows, columns } = confidences;
    const scores = Float64Array.from({ length: rows }, (_, i) => {
      let squares = 0;
      for (let j = 0; j < columns; j++) squares += data[i * columns + j] ** 2;
      return data[i * columns + classes[i]] / Math.sqrt(squares);
    });
    return meanEstimate(scores, options, fn);
  }
  checkScored(fn, confidences, outcomes);
  const { confidences: p, outcomes: y } = scoredColumns(fn, confidences, outcomes);
  return meanEstimate(
    p.map((value, i) => (y[i] ? value : 1 - value) / Math.hypot(value, 1 - value)),
    options,
    fn,
  );
}
