import { symmetricEigen } from "../numeric/eigen.js";
import { gram } from "../numeric/gram.js";
import type { Matrix } from "../numeric/matrix.js";
import { semidefiniteFactor } from "../numeric/semidefiniteFactor.js";
import { dotProducts, forEachTile } from "../numeric/tiles.js";

/** Rows of a triangle multiplied at a time, so that its zeros cost nothing. */
const BAND = 256;

/** Upper triangular U with A = Uᵀ U, for a positive semidefinite A (row-major d × d). */
export function upperFactor(a: Float64Array, d: number): Float64Array<ArrayBuffer> {
  const lower = semidefiniteFactor(a, d);
  const upper = new Float64Array(d * d);
  for (let i = 0; i < d; i++) for (let j = 0; j <= i; j++) upper[j * d + i] = lower[i * d + j];
  return upper;
}

/** tr (A B)^½ for positive semidefinite A = Uᵀ U and B: the sum of the roots of the eigenvalues of U B Uᵀ. */
export function traceOfRoot(upper: Float64Array, b: Float64Array, d: number): number {
  const half = multiplyUpper(upper, b, d); // U B
  const product = multiplyUpper(upper, half, d); // U (U B)ᵀ = U B Uᵀ
  return sumOfRoots(product, d);
}

/**
 * The same from the centred rows themselves, X and Y divided by √(n − 1): for fewer rows than columns. The eigenvalues
 * of A B are those of (X Yᵀ)(X Yᵀ)ᵀ.
 */
export function traceOfRootDual(x: Matrix, y: Matrix): number {
  const cross = x.rows <= y.rows ? gram(x, y) : gram(y, x);
  return sumOfRoots(gram(cross).data as Float64Array, cross.rows);
}

/** Sum of the roots of the eigenvalues of a positive semidefinite matrix, of which the lower triangle is read. */
export function sumOfRoots(matrix: Float64Array, n: number): number {
  return sumOfRootsOf(symmetricEigen(matrix, n, false).values);
}

/** Sum of the roots of the eigenvalues (ascending) of a positive semidefinite matrix. */
export function sumOfRootsOf(values: Float64Array): number {
  const n = values.length;
  // What rounding leaves of a zero eigenvalue would have a root a hundred million times its size.
  const tiny = n * Number.EPSILON * values[n - 1];
  let sum = 0;
  for (const value of values) if (value > tiny) sum += Math.sqrt(value);
  return sum;
}

/** U Bᵀ for upper triangular U, band by band. */
function multiplyUpper(upper: Float64Array, b: Float64Array, d: number): Float64Array {
  const product = new Float64Array(d * d);
  for (let top = 0; top < d; top += BAND) {
    const height = Math.min(BAND, d - top);
    const band = columnsFrom(upper, d, top, top, height);
    const right = columnsFrom(b, d, top, 0, d);
    forEachTile(band, right, dotProducts, ({ first, rows, second, columns, values, stride }) => {
      for (let i = 0; i < rows; i++)
        product.set(values.subarray(i * stride, i * stride + columns), (top + first + i) * d + second);
    });
  }
  return product;
}

/** `height` rows from `top` on, without their first `skip` columns. */
function columnsFrom(matrix: Float64Array, d: number, skip: number, top: number, height: number): Matrix {
  const columns = d - skip;
  const data = new Float64Array(height * columns);
  for (let i = 0; i < height; i++)
    data.set(matrix.subarray((top + i) * d + skip, (top + i + 1) * d), i * columns);
  return { data, rows: height, columns };
}
