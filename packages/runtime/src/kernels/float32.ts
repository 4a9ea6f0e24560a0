import { CredenceError, type Matrix } from "credence/numeric";
import type { TensorData } from "../tensor.js";

/** Beyond this, sums of squares may overflow. */
const LARGEST = 1e16;

/** Consecutive rows of a matrix in float32, less a centre. */
export interface Rows {
  readonly first: number;
  readonly end: number;
  readonly tensor: TensorData;
  /** ‖x‖² of each. */
  readonly norms: Float64Array;
  /** The largest ‖x‖. */
  readonly reach: number;
}

/**
 * The rows [first, end) of a matrix, as far as there are so many.
 * @throws CredenceError "not-finite" for NaN, infinity, and numbers whose squares float32 cannot hold.
 */
export function takeRows(
  fn: string,
  argument: string,
  { data, rows, columns }: Matrix,
  center: ArrayLike<number> = new Float64Array(columns),
  first = 0,
  end = rows,
): Rows {
  const last = Math.min(end, rows);
  const values = new Float32Array((last - first) * columns);
  const norms = new Float64Array(last - first);
  let largest = 0;
  for (let i = first, to = 0; i < last; i++) {
    const shift = i * columns - to;
    let sum = 0;
    for (let j = 0; j < columns; j++, to++) {
      const value = Math.fround(data[shift + to] - center[j]);
      values[to] = value;
      sum += value * value;
    }
    // One look at the sum spares one at each number.
    if (!(sum <= LARGEST)) checkRow(fn, argument, data, i * columns, columns);
    norms[i - first] = sum;
    largest = Math.max(largest, sum);
  }
  const tensor: TensorData = { type: "float32", shape: [last - first, columns], data: values };
  return { first, end: last, tensor, norms, reach: Math.sqrt(largest) };
}

function checkRow(
  fn: string,
  argument: string,
  data: ArrayLike<number>,
  start: number,
  columns: number,
): void {
  for (let index = start; index < start + columns; index++)
    if (!(Math.abs(data[index]) <= LARGEST))
      throw new CredenceError(
        "not-finite",
        { function: fn, argument, index, value: data[index] },
        `a number of size at most ${LARGEST} is needed, whose square float32 can hold; scale the features.`,
      );
}
