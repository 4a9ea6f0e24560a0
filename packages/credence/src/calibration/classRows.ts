import { checkClasses, checkSameLength } from "../numeric/check.js";
import { checkProbabilityRows, type Matrix } from "../numeric/matrix.js";

/** Checks class probabilities (rows that sum to 1) and one class number per row. */
export function checkClassRows(
  fn: string,
  probabilities: Matrix,
  classes: ArrayLike<number>,
  argument = "probabilities",
): void {
  checkProbabilityRows(fn, argument, probabilities);
  checkSameLength(fn, "classes", classes, `the rows of ${argument}`, { length: probabilities.rows });
  checkClasses(fn, "classes", classes, probabilities.columns);
}
