import { dotProducts } from "./tiles.js";

const BLOCK = 64;

/**
 * Cholesky factor of a positive **semi**definite matrix (row-major d × d; only its lower triangle is read): lower
 * triangular L with A = L Lᵀ. A pivot of rounding size (a constant or repeated column) makes a zero column. By blocks,
 * because large matrices do not fit into the cache.
 */
export function semidefiniteFactor(a: Float64Array, d: number): Float64Array {
  const lower = new Float64Array(d * d);
  const left = new Float64Array(BLOCK * d);
  const right = new Float64Array(BLOCK * d);
  const products = new Float64Array(BLOCK * BLOCK);
  let largest = 0;
  for (let i = 0; i < d; i++) largest = Math.max(largest, a[i * d + i]);
  const tiny = largest * d * Number.EPSILON;
  for (let top = 0; top < d; top += BLOCK) {
    const height = Math.min(BLOCK, d - top);
    for (let start = 0; start <= top; start += BLOCK) {
      const width = Math.min(BLOCK, d - start);
      copyLeft(lower, d, top, height, start, left);
      copyLeft(lower, d, start, width, start, right);
      dotProducts(left, height, right, width, start, products, BLOCK);
      for (let i = 0; i < height; i++) {
        const row = (top + i) * d;
        const last = start === top ? i : width - 1;
        for (let j = 0; j <= last; j++) {
          const column = (start + j) * d;
          let sum = a[row + start + j] - products[i * BLOCK + j];
          for (let k = start; k < start + j; k++) sum -= lower[row + k] * lower[column + k];
          if (start + j === top + i) lower[row + top + i] = sum > tiny ? Math.sqrt(sum) : 0;
          else {
            const pivot = lower[column + start + j];
            lower[row + start + j] = pivot > 0 ? sum / pivot : 0;
          }
        }
      }
    }
  }
  return lower;
}

/** The first `columns` values of some rows, packed. */
function copyLeft(
  lower: Float64Array,
  d: number,
  first: number,
  rows: number,
  columns: number,
  to: Float64Array,
): void {
  for (let i = 0; i < rows; i++)
    to.set(lower.subarray((first + i) * d, (first + i) * d + columns), i * columns);
}
