import { createRandom } from "./random.js";

/**
 * Minimises linearᵀβ + Σ max(0, targetᵢ − φᵢᵀβ) over β, the linear program behind every quantile regression, exactly:
 * from vertex to vertex (d rows fitted without residual) along the steepest edge, each time as far as the value falls
 * (Barrodale & Roberts 1973). O(rows · d) per step, a few d steps. Ties are broken by noise far below rounding.
 * @param features Row-major rows × d.
 * @returns β, or null where the value falls without bound, or the columns are linearly dependent (or rounding blocks the way).
 */
export function solveQuantileProgram(
  features: Float64Array,
  d: number,
  targets: Float64Array,
  linear: ArrayLike<number>,
): Float64Array | null {
  const n = targets.length;
  const scales = columnScales(features, n, d);
  const phi = features.map((f, k) => f / scales[k % d]);
  const slopes = Float64Array.from({ length: d }, (_, j) => linear[j] / scales[j]);
  const noisy = withNoise(targets);
  const basis = independentRows(phi, n, d);
  if (!basis) return null;
  const inBasis = new Uint8Array(n);
  for (const i of basis) inBasis[i] = 1;
  const residuals = new Float64Array(n);
  const along = new Float64Array(n);
  const gradient = new Float64Array(d);
  const passed: number[] = [];
  const flat = -1e-10 - 1e-14 * n; // rates of change that rounding alone can cause
  for (let step = 0; step < 1000 + 10 * n; step++) {
    const inverse = inverseOf(phi, basis, d);
    const beta = solutionOf(inverse, basis, noisy, d);
    gradient.set(slopes);
    for (let i = 0; i < n; i++) {
      residuals[i] = noisy[i] - dot(phi, i * d, beta, d);
      if (!inBasis[i] && residuals[i] > 0) for (let j = 0; j < d; j++) gradient[j] -= phi[i * d + j];
    }
    // Along the edge that lets go of basis row k the value changes at rate h (its residual falling) or 1 − h (rising).
    let leaving = -1;
    let steepest = flat;
    let sign = 1;
    for (let k = 0; k < d; k++) {
      let h = 0;
      for (let j = 0; j < d; j++) h += gradient[j] * inverse[j * d + k];
      for (const [rate, direction] of [
        [h, 1],
        [1 - h, -1],
      ])
        if (rate < steepest) {
          steepest = rate;
          leaving = k;
          sign = direction;
        }
    }
    if (leaving < 0) {
      const exact = solutionOf(inverse, basis, targets, d);
      return exact.map((value, j) => value / scales[j]);
    }
    const edge = Float64Array.from({ length: d }, (_, j) => sign * inverse[j * d + leaving]);
    passed.length = 0;
    for (let i = 0; i < n; i++) {
      if (inBasis[i]) continue;
      along[i] = dot(phi, i * d, edge, d);
      // The row's residual reaches 0 where residual and change have the same sign.
      if (Math.abs(along[i]) > 1e-12 && residuals[i] * along[i] > 0) passed.push(i);
    }
    passed.sort((a, b) => residuals[a] / along[a] - residuals[b] / along[b]);
    let slope = steepest;
    const entering = passed.find((i) => {
      slope += Math.abs(along[i]);
      return slope >= 0;
    });
    if (entering === undefined) return null;
    inBasis[basis[leaving]] = 0;
    inBasis[entering] = 1;
    basis[leaving] = entering;
  }
  return null;
}

function columnScales(features: Float64Array, n: number, d: number): Float64Array {
  const scales = new Float64Array(d);
  for (let k = 0; k < n * d; k++) scales[k % d] = Math.max(scales[k % d], Math.abs(features[k]));
  return scales.map((scale) => scale || 1);
}

function withNoise(targets: Float64Array): Float64Array {
  let spread = 0;
  for (const t of targets) spread = Math.max(spread, Math.abs(t));
  const random = createRandom(0);
  return targets.map((t) => t + 1e-10 * (spread || 1) * random.uniform());
}

/** d rows that span all columns, by elimination with the largest pivots; null where there are none. */
function independentRows(phi: Float64Array, n: number, d: number): Int32Array | null {
  const left = phi.slice();
  const chosen = new Int32Array(d);
  for (let c = 0; c < d; c++) {
    let row = -1;
    let most = 1e-9;
    for (let i = 0; i < n; i++) {
      let size = 0;
      for (let j = 0; j < d; j++) size = Math.max(size, Math.abs(left[i * d + j]));
      if (size > most) {
        most = size;
        row = i;
      }
    }
    if (row < 0) return null;
    chosen[c] = row;
    const pivot = left.slice(row * d, (row + 1) * d);
    let norm = 0;
    for (const p of pivot) norm += p * p;
    for (let i = 0; i < n; i++) {
      const share = dot(left, i * d, pivot, d) / norm;
      for (let j = 0; j < d; j++) left[i * d + j] -= share * pivot[j];
    }
    left.fill(0, row * d, (row + 1) * d);
  }
  return chosen;
}

/** The inverse of the basis rows, by Gauss–Jordan elimination with partial pivoting. */
function inverseOf(phi: Float64Array, basis: Int32Array, d: number): Float64Array {
  const a = new Float64Array(d * d);
  const inverse = new Float64Array(d * d);
  for (let k = 0; k < d; k++) {
    a.set(phi.subarray(basis[k] * d, (basis[k] + 1) * d), k * d);
    inverse[k * d + k] = 1;
  }
  for (let c = 0; c < d; c++) {
    let p = c;
    for (let r = c + 1; r < d; r++) if (Math.abs(a[r * d + c]) > Math.abs(a[p * d + c])) p = r;
    for (const m of [a, inverse]) {
      for (let j = 0; j < d; j++) {
        const kept = m[c * d + j];
        m[c * d + j] = m[p * d + j];
        m[p * d + j] = kept;
      }
    }
    const pivot = a[c * d + c];
    for (let j = 0; j < d; j++) {
      a[c * d + j] /= pivot;
      inverse[c * d + j] /= pivot;
    }
    for (let r = 0; r < d; r++) {
      const factor = a[r * d + c];
      if (r === c || factor === 0) continue;
      for (let j = 0; j < d; j++) {
        a[r * d + j] -= factor * a[c * d + j];
        inverse[r * d + j] -= factor * inverse[c * d + j];
      }
    }
  }
  return inverse;
}

/** β that fits the basis rows without residual. */
function solutionOf(
  inverse: Float64Array,
  basis: Int32Array,
  targets: Float64Array,
  d: number,
): Float64Array {
  const beta = new Float64Array(d);
  for (let j = 0; j < d; j++) for (let k = 0; k < d; k++) beta[j] += inverse[j * d + k] * targets[basis[k]];
  return beta;
}

function dot(a: Float64Array, from: number, b: Float64Array, d: number): number {
  let sum = 0;
  for (let j = 0; j < d; j++) sum += a[from + j] * b[j];
  return sum;
}
