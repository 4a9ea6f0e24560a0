import { checkClasses, checkFinite, checkSameLength } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { checkMatrix, checkProbabilityRows, type Matrix } from "../numeric/matrix.js";
import type { ScoreKind } from "./input.js";

/** Calibrated probabilities of several classes: one row per input row, summing to 1. */
export interface ProbabilityMatrix extends Matrix {
  readonly data: Float64Array;
}

/**
 * What a matrix holds, unless the caller says it: probabilities where every row is a probability vector, logits where some
 * value lies outside [0, 1].
 * @throws CredenceError "not-normalised" where neither is so: to take probabilities for logits would be a silent mistake.
 */
export function matrixKind(fn: string, { data, rows, columns }: Matrix): ScoreKind {
  let unlike = -1;
  let total = 0;
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let j = i * columns; j < (i + 1) * columns; j++) {
      if (!(data[j] >= 0 && data[j] <= 1)) return "logits";
      sum += data[j];
    }
    if (unlike < 0 && Math.abs(sum - 1) > 1e-3) [unlike, total] = [i, sum];
  }
  if (unlike < 0) return "probabilities";
  throw new CredenceError(
    "not-normalised",
    { function: fn, argument: "scores", index: unlike, value: total },
    `all values lie in [0, 1], but row ${unlike} sums to ${total}, not 1; divide each row by its sum, or say input: "logits".`,
  );
}

/** Checks a matrix of scores, of `columns` classes if given. */
export function checkScoreMatrix(fn: string, scores: Matrix, kind: ScoreKind, columns?: number): void {
  checkMatrix(fn, "scores", scores);
  if (columns !== undefined && scores.columns !== columns)
    throw new CredenceError(
      "length-mismatch",
      { function: fn, argument: "scores" },
      `has ${scores.columns} columns, but the calibrator was fitted to ${columns} classes.`,
    );
  if (kind === "probabilities") checkProbabilityRows(fn, "scores", scores);
  else checkFinite(fn, "scores", scores.data);
}

/** Checks class labels: whole numbers from 0 to columns − 1, one per row. */
export function checkLabels(fn: string, labels: ArrayLike<number | boolean>, scores: Matrix): void {
  checkSameLength(fn, "outcomes", labels, "scores", { length: scores.rows });
  checkClasses(fn, "outcomes", labels, scores.columns);
}

/** Logits: the scores themselves, or the logarithms of probabilities no smaller than epsilon. */
export function logitData(scores: Matrix, kind: ScoreKind, epsilon: number): ArrayLike<number> {
  if (kind === "logits") return scores.data;
  const { data } = scores;
  const result = new Float64Array(data.length);
  for (let i = 0; i < result.length; i++) result[i] = Math.log(Math.max(data[i], epsilon));
  return result;
}
