import { CredenceError, checkCount, checkMatrix, type Matrix } from "credence/numeric";

/** Samples: a matrix with a row for each, or a list of rows. */
export type Rows = Matrix | readonly ArrayLike<number>[];

/** A matrix of float32. */
export interface FloatMatrix extends Matrix {
  readonly data: Float32Array<ArrayBuffer>;
}

/**
 * Samples as a matrix of float32, copied.
 * @throws CredenceError "length-mismatch" for rows of different lengths, "not-finite" for NaN or infinity.
 */
export function toMatrix(fn: string, argument: string, rows: Rows): FloatMatrix {
  const matrix = "data" in rows ? rows : stack(fn, argument, rows);
  checkMatrix(fn, argument, matrix);
  const data = new Float32Array(matrix.data.length);
  for (let i = 0; i < data.length; i++) {
    data[i] = matrix.data[i];
    if (!Number.isFinite(data[i]))
      throw new CredenceError(
        "not-finite",
        { function: fn, argument, index: i, value: matrix.data[i] },
        `row ${Math.floor(i / matrix.columns)}, column ${i % matrix.columns} must be a finite float32 number; repair or drop the row.`,
      );
  }
  return { data, rows: matrix.rows, columns: matrix.columns };
}

function stack(fn: string, argument: string, rows: readonly ArrayLike<number>[]): Matrix {
  const columns = rows[0]?.length ?? 0;
  const data = new Float64Array(rows.length * columns);
  rows.forEach((row, i) => {
    if (row.length !== columns)
      throw new CredenceError(
        "length-mismatch",
        { function: fn, argument, index: i },
        `has ${row.length} values, but row 0 has ${columns}.`,
      );
    data.set(row, i * columns);
  });
  return { data, rows: rows.length, columns };
}

/**
 * Class labels 0 … classes − 1.
 * @throws CredenceError "unknown-class" for anything else, "length-mismatch" unless there is one per row.
 */
export function toLabels(
  fn: string,
  argument: string,
  labels: ArrayLike<number>,
  rows: number,
  classes?: number,
): { labels: Int32Array; classes: number } {
  if (labels.length !== rows)
    throw new CredenceError(
      "length-mismatch",
      { function: fn, argument },
      `has ${labels.length} labels, but there are ${rows} rows.`,
    );
  if (classes !== undefined) checkCount(fn, "classes", classes, 2);
  const most = classes ?? Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < labels.length; i++) {
    if (!(Number.isInteger(labels[i]) && labels[i] >= 0 && labels[i] < most))
      throw new CredenceError(
        "unknown-class",
        { function: fn, argument, index: i, value: labels[i] },
        `a label is a whole number from 0${classes === undefined ? "" : ` to ${classes - 1}`}.`,
      );
    largest = Math.max(largest, labels[i]);
  }
  return { labels: Int32Array.from(labels), classes: classes ?? Math.max(largest + 1, 2) };
}

/** What is taken from each column, and what it is divided by. */
export interface Scale {
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
}

/** Mean and standard deviation of each column, or of each run of `span` columns together; a deviation of 0 counts as 1. */
export function scaleOf({ data, rows, columns }: Matrix, span = 1): Scale {
  const runs = Math.ceil(columns / span);
  const runOf = Int32Array.from({ length: columns }, (_, j) => Math.floor(j / span));
  const center = new Float64Array(runs);
  const spread = new Float64Array(runs);
  // Row by row, as the data lie in memory.
  for (let at = 0; at < rows * columns; )
    for (let j = 0; j < columns; j++, at++) center[runOf[j]] += data[at];
  for (let run = 0; run < runs; run++) center[run] /= rows * span;
  for (let at = 0; at < rows * columns; )
    for (let j = 0; j < columns; j++, at++) {
      const away = data[at] - center[runOf[j]];
      spread[runOf[j]] += away * away;
    }
  for (let run = 0; run < runs; run++) spread[run] /= rows * span;
  return {
    mean: Float32Array.from(runOf, (run) => center[run]),
    deviation: Float32Array.from(runOf, (run) => Math.sqrt(spread[run]) || 1),
  };
}

/** Standardises a matrix in place. */
export function standardise({ data, columns }: FloatMatrix, { mean, deviation }: Scale): void {
  for (let at = 0; at < data.length; )
    for (let j = 0; j < columns; j++, at++) data[at] = (data[at] - mean[j]) / deviation[j];
}
