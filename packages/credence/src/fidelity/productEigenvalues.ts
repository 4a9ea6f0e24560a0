import { checkSameLength } from "../numeric/check.js";
import { symmetricEigen } from "../numeric/eigen.js";
import { CredenceError } from "../numeric/error.js";
import type { Matrix } from "../numeric/matrix.js";
import { semidefiniteFactor } from "../numeric/semidefiniteFactor.js";
import { dotProducts, forEachTile } from "../numeric/tiles.js";
import { checkRows } from "./frechetBlocks.js";
import { checkStatistics, type GaussianStatistics } from "./gaussianStatistics.js";

/** Rows of a triangle multiplied at a time, so that its zeros cost nothing. */
const BAND = 256;

/**
 * The eigenvalues, ascending, of the products S₁S₂ of the covariances (over n − 1) of a sample and of each of some others:
 * the costly step of a Fréchet distance. They are made as those of U S₂ Uᵀ with S₁ = Uᵀ U. Those that are 0 may come out as
 * numbers of rounding size, of either sign.
 * @throws CredenceError "shape-mismatch", "not-finite", "too-few" for fewer than two rows.
 * @param onProgress Called after each of the others with how many are done; may throw to stop.
 * @example
 * ```ts
 * import { gaussianStatistics, productEigenvalues } from "credence/fidelity";
 * const a = gaussianStatistics({ data: [-1, 0, 1], rows: 3, columns: 1 });
 * const b = gaussianStatistics({ data: [1, 3, 5], rows: 3, columns: 1 });
 * productEigenvalues(a, [b])[0]; // → [4.000]
 * ```
 */
export function productEigenvalues(
  first: GaussianStatistics,
  others: Iterable<GaussianStatistics>,
  onProgress?: (done: number) => void,
): Float64Array[] {
  const fn = "productEigenvalues";
  checkStatistics(fn, "first", first);
  checkRows(fn, first.n);
  if (typeof others?.[Symbol.iterator] !== "function")
    throw new CredenceError(
      "shape-mismatch",
      { function: fn, argument: "others", value: others },
      "a list of statistics is needed.",
    );
  const d = first.mean.length;
  const upper = upperFactor(covariance(first), d);
  return Array.from(others, (other, i) => {
    checkStatistics(fn, "others", other);
    checkSameLength(fn, `others[${i}].mean`, other.mean, "first.mean", first.mean);
    checkRows(fn, other.n);
    const half = multiplyUpper(upper, covariance(other), d); // U S₂
    const { values } = symmetricEigen(multiplyUpper(upper, half, d), d, false); // of U (U S₂)ᵀ = U S₂ Uᵀ
    onProgress?.(i + 1);
    return values;
  });
}

function covariance({ scatter, n }: GaussianStatistics): Float64Array {
  return scatter.map((x) => x / (n - 1));
}

/** Upper triangular U with A = Uᵀ U, for a positive semidefinite A (row-major d × d). */
function upperFactor(a: Float64Array, d: number): Float64Array<ArrayBuffer> {
  const lower = semidefiniteFactor(a, d);
  const upper = new Float64Array(d * d);
  for (let i = 0; i < d; i++) for (let j = 0; j <= i; j++) upper[j * d + i] = lower[i * d + j];
  return upper;
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
