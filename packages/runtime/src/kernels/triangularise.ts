/**
 * Householder's QR of rows of `count`, in place: R on and above the diagonal. Q = 1 − V T Vᵀ.
 * @returns v: V, under `above` rows of zeros. t: T.
 */
export function triangularise(
  a: Float64Array,
  count: number,
  above: number,
): { v: Float64Array<ArrayBuffer>; t: Float64Array<ArrayBuffer> } {
  const rows = a.length / count;
  const v = new Float64Array((above + rows) * count);
  const t = new Float64Array(count * count);
  const own = v.subarray(above * count);
  const dots = new Float64Array(count);
  for (let j = 0; j < Math.min(count, rows - 1); j++) {
    const scale = reflector(a, own, rows, count, j);
    if (scale === 0) continue;
    // Left of column j: with the earlier reflectors, for T. Right of it: with what is still to be made triangular.
    dots.fill(0);
    for (let i = j; i < rows; i++) {
      const row = i * count;
      const x = own[row + j];
      for (let k = 0; k < j; k++) dots[k] += x * own[row + k];
      for (let k = j + 1; k < count; k++) dots[k] += x * a[row + k];
    }
    for (let i = j; i < rows; i++) {
      const row = i * count;
      const x = scale * own[row + j];
      for (let k = j + 1; k < count; k++) a[row + k] -= x * dots[k];
    }
    t[j * count + j] = scale;
    for (let i = 0; i < j; i++) {
      let sum = 0;
      for (let k = i; k < j; k++) sum += t[i * count + k] * dots[k];
      t[i * count + j] = -scale * sum;
    }
  }
  return { v, t };
}

/** Puts the vector that clears column j under the diagonal into column j of v, and returns its scale. */
function reflector(a: Float64Array, v: Float64Array, rows: number, count: number, j: number): number {
  let sigma = 0;
  for (let i = j + 1; i < rows; i++) sigma += a[i * count + j] ** 2;
  if (sigma === 0) return 0;
  const head = a[j * count + j];
  const norm = Math.sqrt(head * head + sigma);
  const sign = head < 0 ? -1 : 1;
  for (let i = j + 1; i < rows; i++) {
    v[i * count + j] = a[i * count + j];
    a[i * count + j] = 0;
  }
  v[j * count + j] = head + sign * norm;
  a[j * count + j] = -sign * norm;
  return 1 / (norm * (norm + Math.abs(head)));
}
