import { type Estimate, type EstimateOptions, levelOf, pointEstimate } from "../estimate/estimate.js";
import { checkOptions, notAProbability, notBinary, type Outcomes } from "../numeric/check.js";
import { scoredColumns } from "../numeric/columns.js";
import type { Matrix } from "../numeric/matrix.js";
import { isMatrix } from "../numeric/matrix.js";
import { checkClassRows } from "./classRows.js";
import { binarySpread, classSpread, scoreEstimate } from "./scoreEstimate.js";

/**
 * The Brier score (Brier 1950): the mean squared distance between probability and outcome. 0 is perfect.
 *
 * For one probability per row it is the mean of (p − y)², in [0, 1]. For a matrix of class probabilities it is Brier's
 * original sum over all classes, in [0, 2]; with two classes that is twice the former.
 * @param confidences Probabilities in [0, 1], one per row; or rows × classes, rows that sum to 1.
 * @param outcomes 1 or true where the event happened; or the class number of each row.
 * @throws CredenceError "empty-input", "length-mismatch", "not-a-probability", "not-finite", "not-binary",
 *   "not-normalised", "unknown-class", "out-of-range" (level).
 * @example
 * ```ts
 * import { brierScore } from "credence/calibration";
 * brierScore([0.9], [1]).value; // → 0.01
 * brierScore({ data: [0.7, 0.2, 0.1], rows: 1, columns: 3 }, [0]).value; // → 0.14
 * ```
 */
export function brierScore(
  confidences: ArrayLike<number>,
  outcomes: Outcomes,
  options?: EstimateOptions,
): Estimate;
export function brierScore(
  confidences: Matrix,
  outcomes: ArrayLike<number>,
  options?: EstimateOptions,
): Estimate;
export function brierScore(
  confidences: ArrayLike<number> | Matrix,
  outcomes: Outcomes,
  options: EstimateOptions = {},
): Estimate {
  const fn = "brierScore";
  checkOptions(fn, options);
  if (isMatrix(confidences)) {
    const scores = classSquares(fn, confidences, outcomes as ArrayLike<number>);
    const { data, rows, columns } = confidences;
    return scoreEstimate(fn, scores, () => classSpread(data, rows, columns, (p) => -2 * p), options, 2);
  }
  const columns = scoredColumns(fn, confidences, outcomes);
  const { confidences: p, outcomes: y } = columns;
  const level = levelOf(fn, options);
  const squares = options.interval === false ? null : new Float64Array(p.length);
  let sum = 0;
  for (let i = 0; i < p.length; i++) {
    if (!(p[i] >= 0 && p[i] <= 1)) throw notAProbability(fn, "confidences", i, p[i]);
    if (y[i] > 1) throw notBinary(fn, "outcomes", i, y[i]);
    const square = (p[i] - y[i]) ** 2;
    sum += square;
    if (squares) squares[i] = square;
  }
  return squares
    ? scoreEstimate(fn, squares, () => binarySpread(p, (q) => 1 - 2 * q), options, 1)
    : pointEstimate(sum / p.length, level, p.length);
}

function classSquares(fn: string, probabilities: Matrix, classes: ArrayLike<number>): Float64Array {
  checkClassRows(fn, probabilities, classes, "confidences");
  const { data, rows, columns } = probabilities;
  const squares = new Float64Array(rows);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) squares[i] += (data[i * columns + j] - +(classes[i] === j)) ** 2;
  return squares;
}
