import { implicitQl } from "./implicitQl.js";

/**
 * Eigenvalues, ascending, of a symmetric band matrix: reflections take it to tridiagonal form one column at a time, each
 * chasing the bulge it makes down the band (Lang 1993), then implicit QL. O(n² width): what is left of a large matrix
 * once matrix products have made it a band.
 * @param band n rows of `width` + 1: entry (i, i − width + t) at `i * (width + 1) + t`, so that each row ends on the diagonal.
 * @example
 * ```ts
 * import { bandEigenvalues } from "credence/numeric";
 * bandEigenvalues([0, 2, 1, 2], 2, 1); // → [1.00, 3.00]
 * ```
 */
export function bandEigenvalues(band: ArrayLike<number>, n: number, width: number): Float64Array {
  // Room for the bulge: twice the width. Entry (i, j) is at i * step + step + j.
  const step = 2 * width;
  const a = new Float64Array(n * (step + 1));
  for (let i = 0; i < n; i++)
    for (let j = Math.max(0, i - width); j <= i; j++)
      a[i * step + step + j] = band[i * (width + 1) + width - i + j];
  const v = new Float64Array(width);
  const w = new Float64Array(step);
  for (let j = 0; j < n - 2; j++)
    for (let column = j, first = j + 1; first < n; ) {
      const end = Math.min(first + width, n);
      const scale = reflector(a, step, column, first, end, v);
      if (scale !== 0) {
        fromLeft(a, step, column + 1, first, end, v, scale, w);
        bothSides(a, step, first, end, v, scale, w);
        fromRight(a, step, end, Math.min(end + width, n), first, end, v, scale);
      }
      column = first;
      first = end;
    }
  const diagonal = Float64Array.from({ length: n }, (_, i) => a[i * step + step + i]);
  const off = Float64Array.from({ length: n }, (_, i) => (i > 0 ? a[i * step + step + i - 1] : 0));
  implicitQl(diagonal, off, n, null);
  return diagonal.sort();
}

/** Makes v and scale so that 1 − scale v vᵀ takes entries [first, end) of a column to a multiple of the first, and applies it there. */
function reflector(
  a: Float64Array,
  step: number,
  column: number,
  first: number,
  end: number,
  v: Float64Array,
): number {
  let sigma = 0;
  for (let i = first + 1; i < end; i++) {
    const entry = i * step + step + column;
    v[i - first] = a[entry];
    sigma += a[entry] ** 2;
    a[entry] = 0;
  }
  if (sigma === 0) return 0;
  const at = first * step + step + column;
  const head = a[at];
  const norm = Math.sqrt(head * head + sigma);
  const sign = head < 0 ? -1 : 1;
  v[0] = head + sign * norm;
  a[at] = -sign * norm;
  return 1 / (norm * (norm + Math.abs(head)));
}

/** Rows [first, end), in the columns from `column` up to the diagonal block. */
function fromLeft(
  a: Float64Array,
  step: number,
  column: number,
  first: number,
  end: number,
  v: Float64Array,
  scale: number,
  w: Float64Array,
): void {
  const count = first - column;
  w.fill(0, 0, count);
  for (let i = first; i < end; i++) {
    const row = i * step + step + column;
    const x = v[i - first];
    for (let c = 0; c < count; c++) w[c] += x * a[row + c];
  }
  for (let i = first; i < end; i++) {
    const row = i * step + step + column;
    const x = scale * v[i - first];
    for (let c = 0; c < count; c++) a[row + c] -= x * w[c];
  }
}

/** The diagonal block of rows and columns [first, end), of which the lower half is kept. */
function bothSides(
  a: Float64Array,
  step: number,
  first: number,
  end: number,
  v: Float64Array,
  scale: number,
  w: Float64Array,
): void {
  const count = end - first;
  w.fill(0, 0, count);
  for (let i = 0; i < count; i++) {
    const row = (first + i) * step + step + first;
    const x = v[i];
    let sum = a[row + i] * x;
    for (let c = 0; c < i; c++) {
      sum += a[row + c] * v[c];
      w[c] += a[row + c] * x;
    }
    w[i] += sum;
  }
  let dot = 0;
  for (let i = 0; i < count; i++) {
    w[i] *= scale;
    dot += w[i] * v[i];
  }
  const half = (scale / 2) * dot;
  for (let i = 0; i < count; i++) w[i] -= half * v[i];
  for (let i = 0; i < count; i++) {
    const row = (first + i) * step + step + first;
    const x = v[i];
    const y = w[i];
    for (let c = 0; c <= i; c++) a[row + c] -= x * w[c] + y * v[c];
  }
}

/** Columns [first, end) of the rows [top, bottom). */
function fromRight(
  a: Float64Array,
  step: number,
  top: number,
  bottom: number,
  first: number,
  end: number,
  v: Float64Array,
  scale: number,
): void {
  const count = end - first;
  for (let i = top; i < bottom; i++) {
    const row = i * step + step + first;
    let sum = 0;
    for (let c = 0; c < count; c++) sum += a[row + c] * v[c];
    sum *= scale;
    for (let c = 0; c < count; c++) a[row + c] -= sum * v[c];
  }
}
