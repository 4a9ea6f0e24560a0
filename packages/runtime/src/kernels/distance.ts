import type { Matrix } from "credence/numeric";

/** Unit roundoff of float32. */
export const UNIT = 2 ** -24;

/** Products smaller than this may be lost in float32. */
const UNDERFLOW = 1e-35;

/**
 * How wrong ‖a‖² + ‖b‖² − 2 aᵀb may be when computed in float32: the rounding errors of a dot product grow like the root
 * of its terms (Higham & Mary 2019), with a margin.
 * @param norm ‖a‖². @param reach The largest ‖b‖.
 */
export const errorOfSquares = (columns: number, norm: number, reach: number): number =>
  (8 + 4 * Math.sqrt(columns)) * UNIT * (2 * Math.sqrt(norm) * reach + reach * reach + norm) + UNDERFLOW;

/** The squared Euclidean distance of two rows, in float64. */
export function squareOf(a: Matrix, i: number, b: Matrix, j: number): number {
  const { columns, data } = a;
  const other = b.data;
  let sum = 0;
  for (let c = 0, p = i * columns, q = j * columns; c < columns; c++, p++, q++) {
    const difference = data[p] - other[q];
    sum += difference * difference;
  }
  return sum;
}
