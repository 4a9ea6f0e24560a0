import { checkMatrix, type Matrix } from "./matrix.js";
import { dotProducts, forEachTile } from "./tiles.js";

/**
 * Inner products of the rows of one matrix with the rows of another: entry (i, j) is `data[i * columns + j]`. Plain data:
 * made here, or elsewhere by a faster matrix product (float32 is enough for kernels).
 */
export interface Gram {
  readonly data: Float32Array | Float64Array;
  readonly rows: number;
  readonly columns: number;
}

/**
 * The Gram matrix A Bᵀ, or A Aᵀ without `b`. It takes rows × rows × 8 bytes.
 * @throws CredenceError "empty-input", "length-mismatch".
 * @example
 * ```ts
 * import { gram } from "credence/numeric";
 * gram({ data: [1, 2, 3, 4], rows: 2, columns: 2 }).data; // → [5, 11, 11, 25]
 * ```
 */
export function gram(a: Matrix, b?: Matrix): Gram {
  checkMatrix("gram", "a", a);
  if (b) checkMatrix("gram", "b", b);
  const n = a.rows;
  const m = b ? b.rows : n;
  const data = new Float64Array(n * m);
  forEachTile(a, b ?? null, dotProducts, ({ first, rows, second, columns, values, stride }) => {
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++) {
        const value = values[i * stride + j];
        data[(first + i) * m + second + j] = value;
        if (!b) data[(second + j) * m + first + i] = value;
      }
  });
  return { data, rows: n, columns: m };
}
