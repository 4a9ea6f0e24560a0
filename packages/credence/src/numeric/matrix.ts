import { CredenceError } from "./error.js";

/** A dense matrix, row-major: entry (i, j) is `data[i * columns + j]`. */
export interface Matrix {
  readonly data: ArrayLike<number>;
  readonly rows: number;
  readonly columns: number;
}

/** Tells a matrix from a list, and from what is neither. */
export function isMatrix(value: unknown): value is Matrix {
  return typeof value === "object" && value !== null && "columns" in value;
}

/** Refuses a matrix whose data does not fill rows × columns exactly, or that has none. */
export function checkMatrix(fn: string, argument: string, matrix: Matrix): void {
  if (typeof matrix?.data?.length !== "number")
    throw new CredenceError(
      "shape-mismatch",
      { function: fn, argument, value: matrix },
      "a matrix { data, rows, columns } is needed, row after row in data.",
    );
  const { data, rows, columns } = matrix;
  if (!(Number.isInteger(rows) && Number.isInteger(columns) && rows > 0 && columns > 0))
    throw new CredenceError(
      "empty-input",
      { function: fn, argument },
      `is ${rows} × ${columns}; at least one row and one column are needed.`,
    );
  if (data.length !== rows * columns)
    throw new CredenceError(
      "length-mismatch",
      { function: fn, argument },
      `has ${data.length} values, but ${rows} rows × ${columns} columns are ${rows * columns}.`,
    );
}

/** Checks two matrices whose rows are to meet, by what the function calls them, and refuses other columns. */
export function checkSameColumns(
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

/** Checks that every row of a matrix is a probability vector: entries in [0, 1] with sum 1 ± `tolerance`. */
export function checkProbabilityRows(fn: string, argument: string, matrix: Matrix, tolerance = 1e-3): void {
  checkMatrix(fn, argument, matrix);
  const { data, rows, columns } = matrix;
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let j = i * columns; j < (i + 1) * columns; j++) {
      if (typeof data[j] !== "number" || !(data[j] >= 0 && data[j] <= 1))
        throw new CredenceError(
          "not-a-probability",
          { function: fn, argument, index: j, value: data[j] },
          `row ${i} holds a value outside [0, 1]; apply softmax to logits first.`,
        );
      sum += data[j];
    }
    if (Math.abs(sum - 1) > tolerance)
      throw new CredenceError(
        "not-normalised",
        { function: fn, argument, index: i, value: sum },
        `row ${i} sums to ${sum}, not 1; divide each row by its sum if the scores are unnormalised.`,
      );
  }
}
