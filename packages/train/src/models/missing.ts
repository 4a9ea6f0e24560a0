import { CredenceError } from "credence/numeric";
import { type FloatMatrix, type Rows, toMatrix } from "./rows.js";

/** The first NaN of some rows. */
function firstMissing(rows: Rows): { row: number; column: number } | null {
  if ("data" in rows) {
    const at = Array.prototype.findIndex.call(rows.data, Number.isNaN);
    return at < 0 ? null : { row: Math.floor(at / rows.columns), column: at % rows.columns };
  }
  for (let row = 0; row < rows.length; row++) {
    const column = Array.prototype.findIndex.call(rows[row], Number.isNaN);
    if (column >= 0) return { row, column };
  }
  return null;
}

/**
 * Refuses missing values (NaN) where whole rows are needed by a model that can fill them in once it is trained.
 * @throws CredenceError "not-finite".
 */
export function refuseMissing(fn: string, argument: string, rows: Rows): void {
  const found = firstMissing(rows);
  if (!found) return;
  const { row, column } = found;
  throw new CredenceError(
    "not-finite",
    { function: fn, argument, index: row, value: Number.NaN },
    `row ${row}, column ${column} is missing. Train on the rows that are whole; the trained model's impute() fills in the others.`,
  );
}

/** Rows in which NaN means missing: the values with 0 in those places, and which they are. */
export function splitMissing(
  fn: string,
  argument: string,
  rows: Rows,
): { matrix: FloatMatrix; missing: Uint8Array } {
  const fill = (values: ArrayLike<number>) =>
    Float64Array.from(values as ArrayLike<number>, (v) => (Number.isNaN(v) ? 0 : v));
  const filled = "data" in rows ? { ...rows, data: fill(rows.data) } : rows.map(fill);
  const matrix = toMatrix(fn, argument, filled);
  const missing = new Uint8Array(matrix.data.length);
  const mark = (values: ArrayLike<number>, from: number) => {
    for (let j = 0; j < values.length; j++) if (Number.isNaN(values[j])) missing[from + j] = 1;
  };
  if ("data" in rows) mark(rows.data, 0);
  else rows.forEach((row, i) => mark(row, i * matrix.columns));
  return { matrix, missing };
}
