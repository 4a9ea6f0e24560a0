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

/**
 * The squared Euclidean distances in float64 of row `i` and the four rows named from `others[at]` on; where fewer are
 * named, row 0 stands in. Four sums need not wait for each other, and each is made in the order it would have alone.
 */
export function fourSquares(
  a: Matrix,
  i: number,
  b: Matrix,
  others: Int32Array,
  at: number,
  squares: Float64Array,
): void {
  const { columns, data } = a;
  const other = b.data;
  const start = (place: number) => (place < others.length && others[place] > 0 ? others[place] * columns : 0);
  let p = i * columns;
  let q = start(at);
  let r = start(at + 1);
  let s = start(at + 2);
  let t = start(at + 3);
  let u = 0;
  let v = 0;
  let w = 0;
  let z = 0;
  for (const end = p + columns; p < end; p++, q++, r++, s++, t++) {
    const x = data[p];
    const d = x - other[q];
    const e = x - other[r];
    const f = x - other[s];
    const g = x - other[t];
    u += d * d;
    v += e * e;
    w += f * f;
    z += g * g;
  }
  squares[0] = u;
  squares[1] = v;
  squares[2] = w;
  squares[3] = z;
}
