import { CredenceError, type Matrix } from "credence/numeric";
import type { TensorData } from "../tensor.js";

/** Beyond this, sums of squares may overflow. */
const LARGEST = 1e16;

/**
 * Rows as float32, all or those of a range, less a centre where one is given.
 * @throws CredenceError "not-finite" for NaN, infinity, and numbers whose squares float32 cannot hold.
 */
export function toFloat32(
  fn: string,
  argument: string,
  { data, rows, columns }: Matrix,
  center: ArrayLike<number> = new Float64Array(columns),
  first = 0,
  end = rows,
): Float32Array<ArrayBuffer> {
  const result = new Float32Array((end - first) * columns);
  for (let i = first, at = first * columns, to = 0; i < end; i++)
    for (let j = 0; j < columns; j++, at++, to++) {
      if (!(Math.abs(data[at]) <= LARGEST)) throw unfit(fn, argument, at, data[at]);
      result[to] = data[at] - center[j];
    }
  return result;
}

const unfit = (fn: string, argument: string, index: number, value: number): CredenceError =>
  new CredenceError(
    "not-finite",
    { function: fn, argument, index, value },
    `a number of size at most ${LARGEST} is needed, whose square float32 can hold; scale the features.`,
  );

export const matrixTensor = (data: Float32Array<ArrayBuffer>, rows: number, columns: number): TensorData => ({
  type: "float32",
  shape: [rows, columns],
  data,
});

export function meanOf({ data, rows, columns }: Matrix): Float64Array {
  const mean = new Float64Array(columns);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) mean[j] += data[i * columns + j];
  return mean.map((sum) => sum / rows);
}

export function squaredNorms(data: Float32Array, columns: number): Float64Array {
  return Float64Array.from({ length: data.length / columns }, (_, i) => {
    let sum = 0;
    for (let j = i * columns; j < (i + 1) * columns; j++) sum += data[j] * data[j];
    return sum;
  });
}
