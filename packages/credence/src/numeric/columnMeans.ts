import { CredenceError } from "./error.js";
import { checkMatrix, type Matrix } from "./matrix.js";

/** The mean of each column. */
export function columnMeans({ data, rows, columns }: Matrix): Float64Array {
  const sums = new Float64Array(columns);
  for (let i = 0, at = 0; i < rows; i++) for (let j = 0; j < columns; j++, at++) sums[j] += data[at];
  return sums.map((sum) => sum / rows);
}

/** The mean of each column of a checked matrix, where all are finite: one look at the means spares one at each number. */
export function finiteColumnMeans(fn: string, argument: string, matrix: Matrix): Float64Array {
  checkMatrix(fn, argument, matrix);
  const means = columnMeans(matrix);
  const bad = means.findIndex((mean) => !Number.isFinite(mean));
  if (bad < 0) return means;
  throw new CredenceError(
    "not-finite",
    { function: fn, argument, value: means[bad] },
    `column ${bad} holds NaN or infinities; drop or repair those rows.`,
  );
}
