import { CredenceError, checkMatrix, type Matrix } from "credence/numeric";

/**
 * Checks two matrices whose rows are to meet, by what the function calls them.
 * @throws CredenceError "shape-mismatch" for other columns, and as `checkMatrix`.
 */
export function checkSameFeatures(
  fn: string,
  [name, otherName]: readonly [string, string],
  matrix: Matrix,
  other: Matrix,
): void {
  checkMatrix(fn, name, matrix);
  checkMatrix(fn, otherName, other);
  if (matrix.columns !== other.columns)
    throw new CredenceError(
      "shape-mismatch",
      { function: fn, argument: otherName, value: other.columns },
      `has ${other.columns} columns but ${name} has ${matrix.columns}; both must hold the same features.`,
    );
}
