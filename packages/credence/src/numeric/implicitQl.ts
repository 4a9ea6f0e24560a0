/** Diagonalises the tridiagonal matrix in place; the rotations are applied to pairs of `rows`. */
export function implicitQl(d: Float64Array, off: Float64Array, n: number, rows: Float64Array | null): void {
  const e = new Float64Array(n); // e[i] couples i and i + 1
  for (let i = 1; i < n; i++) e[i - 1] = off[i];
  for (let l = 0; l < n; l++) {
    for (;;) {
      let m = l;
      while (m < n - 1 && Math.abs(e[m]) > Number.EPSILON * (Math.abs(d[m]) + Math.abs(d[m + 1]))) m++;
      if (m === l) break;
      const gap = (d[l + 1] - d[l]) / (2 * e[l]);
      let g = d[m] - d[l] + e[l] / (gap + (gap < 0 ? -1 : 1) * Math.hypot(gap, 1));
      let sine = 1;
      let cosine = 1;
      let carried = 0;
      let i = m - 1;
      for (; i >= l; i--) {
        const f = sine * e[i];
        const b = cosine * e[i];
        const r = Math.hypot(f, g);
        e[i + 1] = r;
        if (r === 0) {
          d[i + 1] -= carried;
          e[m] = 0;
          break;
        }
        sine = f / r;
        cosine = g / r;
        g = d[i + 1] - carried;
        const t = (d[i] - g) * sine + 2 * cosine * b;
        carried = sine * t;
        d[i + 1] = g + carried;
        g = cosine * t - b;
        if (rows) rotate(rows, i * n, (i + 1) * n, n, cosine, sine);
      }
      if (i >= l) continue;
      d[l] -= carried;
      e[l] = g;
      e[m] = 0;
    }
  }
}

function rotate(rows: Float64Array, i: number, j: number, n: number, cosine: number, sine: number): void {
  for (let k = 0; k < n; k++) {
    const x = rows[i + k];
    const y = rows[j + k];
    rows[j + k] = sine * x + cosine * y;
    rows[i + k] = cosine * x - sine * y;
  }
}
