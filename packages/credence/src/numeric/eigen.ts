import { implicitQl } from "./implicitQl.js";

/** Eigenvalues, ascending, and eigenvectors as the rows of an n × n row-major matrix, or null where not asked for. */
export interface Eigen {
  readonly values: Float64Array;
  readonly vectors: Float64Array | null;
}

/**
 * Eigendecomposition of a symmetric matrix (row-major n × n; only its lower triangle is read): Householder reduction to
 * tridiagonal form, then implicit QL with Wilkinson's shift (Golub & Van Loan, §8.3). O(n³).
 * @example
 * ```ts
 * import { symmetricEigen } from "credence/numeric";
 * symmetricEigen([2, 1, 1, 2], 2).values; // → [1.00, 3.00]
 * ```
 */
export function symmetricEigen(matrix: ArrayLike<number>, n: number, vectors = true): Eigen {
  const a = Float64Array.from(matrix as ArrayLike<number>);
  const diagonal = new Float64Array(n);
  const off = new Float64Array(n); // off[i] couples i − 1 and i
  const scales = tridiagonalise(a, n, diagonal, off);
  const rows = vectors ? reflections(a, scales, n) : null;
  implicitQl(diagonal, off, n, rows);
  return ascending(diagonal, rows, n);
}

/**
 * From the last row upwards, one reflection a row; reflector i is left in row i of `a`, its scale is returned. The rank-two
 * update of one step and the matrix-vector product of the next share one pass over the triangle, which halves the memory
 * traffic that dominates.
 */
function tridiagonalise(a: Float64Array, n: number, diagonal: Float64Array, off: Float64Array): Float64Array {
  const scales = new Float64Array(n);
  let v = new Float64Array(n); // the pending update is −v wᵀ − w vᵀ; zeros at first
  let w = new Float64Array(n);
  let u = new Float64Array(n);
  let p = new Float64Array(n);
  for (let i = n - 1; i > 0; i--) {
    const row = i * n;
    for (let j = 0; j <= i; j++) a[row + j] -= v[i] * w[j] + w[i] * v[j];
    diagonal[i] = a[row + i];
    let sigma = 0;
    for (let j = 0; j < i - 1; j++) sigma += a[row + j] ** 2;
    const last = a[row + i - 1];
    u.fill(0);
    if (sigma === 0) off[i] = last;
    else {
      const norm = Math.sqrt(last * last + sigma);
      const sign = last < 0 ? -1 : 1;
      for (let j = 0; j < i - 1; j++) u[j] = a[row + j];
      u[i - 1] = last + sign * norm;
      off[i] = -sign * norm;
      scales[i] = 1 / (norm * (norm + Math.abs(last)));
    }
    p.fill(0);
    let j = 0;
    for (; j + ROWS <= i; j += ROWS) updateRows(a, n, j, v, w, u, p);
    for (; j < i; j++) updateRow(a, n, j, 0, v, w, u, p);
    let dot = 0;
    for (let j = 0; j < i; j++) {
      p[j] *= scales[i];
      dot += p[j] * u[j];
    }
    const half = (scales[i] / 2) * dot;
    for (let j = 0; j < i; j++) {
      p[j] -= half * u[j];
      a[row + j] = u[j];
    }
    [v, w, u, p] = [u, p, v, w];
  }
  diagonal[0] = a[0];
  return scales;
}

/** Applies the pending update to row j, from column `from` up to the diagonal, and adds its share of A u to p. */
function updateRow(
  a: Float64Array,
  n: number,
  j: number,
  from: number,
  v: Float64Array,
  w: Float64Array,
  u: Float64Array,
  p: Float64Array,
): void {
  const base = j * n;
  const vj = v[j];
  const wj = w[j];
  const uj = u[j];
  let sum = 0;
  for (let k = from; k < j; k++) {
    const value = a[base + k] - vj * w[k] - wj * v[k];
    a[base + k] = value;
    sum += value * u[k];
    p[k] += value * uj;
  }
  a[base + j] -= 2 * vj * wj;
  p[j] += sum + a[base + j] * uj;
}

/** Rows that {@link updateRows} takes at a time. */
const ROWS = 4;

/** The same for rows j … j + 3: the vectors are read once for all of them. */
function updateRows(
  a: Float64Array,
  n: number,
  j: number,
  v: Float64Array,
  w: Float64Array,
  u: Float64Array,
  p: Float64Array,
): void {
  const r0 = j * n;
  const r1 = r0 + n;
  const r2 = r1 + n;
  const r3 = r2 + n;
  const [v0, v1, v2, v3] = [v[j], v[j + 1], v[j + 2], v[j + 3]];
  const [w0, w1, w2, w3] = [w[j], w[j + 1], w[j + 2], w[j + 3]];
  const [u0, u1, u2, u3] = [u[j], u[j + 1], u[j + 2], u[j + 3]];
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  for (let k = 0; k < j; k++) {
    const vk = v[k];
    const wk = w[k];
    const uk = u[k];
    const x0 = a[r0 + k] - v0 * wk - w0 * vk;
    const x1 = a[r1 + k] - v1 * wk - w1 * vk;
    const x2 = a[r2 + k] - v2 * wk - w2 * vk;
    const x3 = a[r3 + k] - v3 * wk - w3 * vk;
    a[r0 + k] = x0;
    a[r1 + k] = x1;
    a[r2 + k] = x2;
    a[r3 + k] = x3;
    s0 += x0 * uk;
    s1 += x1 * uk;
    s2 += x2 * uk;
    s3 += x3 * uk;
    p[k] += x0 * u0 + x1 * u1 + (x2 * u2 + x3 * u3);
  }
  p[j] += s0;
  p[j + 1] += s1;
  p[j + 2] += s2;
  p[j + 3] += s3;
  // What is left is the triangle at the diagonal.
  for (let row = j; row < j + ROWS; row++) updateRow(a, n, row, j, v, w, u, p);
}

/** Qᵀ for A = Q T Qᵀ: the product of the reflections, as rows. */
function reflections(a: Float64Array, scales: Float64Array, n: number): Float64Array {
  const rows = new Float64Array(n * n);
  for (let i = 0; i < n; i++) rows[i * n + i] = 1;
  for (let i = 2; i < n; i++) {
    if (scales[i] === 0) continue;
    const u = i * n;
    for (let r = 0; r < i; r++) {
      const row = r * n;
      let dot = 0;
      for (let j = 0; j < i; j++) dot += rows[row + j] * a[u + j];
      dot *= scales[i];
      for (let j = 0; j < i; j++) rows[row + j] -= dot * a[u + j];
    }
  }
  return rows;
}

function ascending(values: Float64Array, rows: Float64Array | null, n: number): Eigen {
  const order = Array.from(values.keys()).sort((a, b) => values[a] - values[b]);
  const vectors = rows && new Float64Array(n * n);
  if (rows) order.forEach((from, to) => vectors?.set(rows.subarray(from * n, (from + 1) * n), to * n));
  return { values: Float64Array.from(order, (i) => values[i]), vectors };
}
