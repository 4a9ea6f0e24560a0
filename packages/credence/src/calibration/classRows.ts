import { checkSameLength } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
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
  for (let i = 0; i < classes.length; i++)
    if (!(Number.isInteger(classes[i]) && classes[i] >= 0 && classes[i] < probabilities.columns))
      throw new CredenceError(
        "unknown-class",
        { function: fn, argument: "classes", index: i, value: classes[i] },
        `a class is a whole number from 0 to ${probabilities.columns - 1}, the column of its probability.`,
      );
}
