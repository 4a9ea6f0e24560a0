import { CredenceError } from "credence/numeric";
import { type FloatMatrix, type Rows, toMatrix } from "./rows.js";

/**
 * Rows for a trained model, as {@link toMatrix}, with as many columns as it was trained on.
 * @throws CredenceError "shape-mismatch" for any other number of columns.
 */
export function rowsWithColumns(fn: string, argument: string, rows: Rows, columns: number): FloatMatrix {
  const matrix = toMatrix(fn, argument, rows);
  if (matrix.columns !== columns)
    throw new CredenceError(
      "shape-mismatch",
      { function: fn, argument },
      `has ${matrix.columns} columns, but the model was trained on ${columns}.`,
    );
  return matrix;
}
