import { CredenceError, type Matrix } from "credence/numeric";
import type { TensorData } from "../tensor.js";

/** Beyond this, sums of squares may overflow. */
const LARGEST = 1e16;

/**
 * Rows as float32, less a centre where one is given.
 * @throws CredenceError "not-finite" for NaN, infinity, and numbers whose squares float32 cannot hold.
 */
export function toFloat32(
  fn: string,
  argument: string,
  { data, rows, columns }: Matrix,
  center: ArrayLike<number> = new Float64Array(columns),
): Float32Array<ArrayBuffer> {
  const result = new Float32Array(rows * columns);
  for (let i = 0, at = 0; i < rows; i++)
    for (let j = 0; j < columns; j++, at++) {
      if (!(Math.abs(data[at]) <= LARGEST)) throw unfit(fn, argument, at, data[at]);
      result[at] = data[at] - center[j];
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
