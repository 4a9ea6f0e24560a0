import type { Matrix } from "../numeric/matrix.js";
import { argsort } from "../numeric/sort.js";

/** Kernels on confidences; d is the distance between two of them, γ the bandwidth. */
export type CalibrationKernel = "laplacian" | "gaussian";

/** Sums over all pairs of rows of h_ij = ⟨r_i, r_j⟩ k(p_i, p_j), r the residuals. */
export interface GramSums {
  /** Σ_ij h_ij, i = j included. */
  readonly total: number;
  /** Σ_i h_ii. */
  readonly diagonal: number;
  /** Σ_ij h_ij² without groups: how concentrated the spectrum is. */
  readonly squares: number;
  /** Σ_ij h_ij over pairs of one group; the diagonal without groups. */
  readonly within: number;
}

/** Pair sums of a Laplacian kernel on numbers: sorted, each row needs only a running sum. O(n log n). */
export function laplacianGram(
  p: Float64Array,
  residuals: Float64Array,
  bandwidth: number,
  codes: Int32Array | null,
  groups: number,
): GramSums {
  const order = argsort(p);
  let diagonal = 0;
  let total = 0;
  let squares = 0;
  let within = 0;
  let running = 0; // Σ over rows before of r e^(−d/γ)
  let runningSquares = 0;
  let last = 0;
  const groupSum = new Float64Array(groups);
  const groupLast = new Float64Array(groups);
  for (const i of order) {
    const r = residuals[i];
    const decay = Math.exp(-(p[i] - last) / bandwidth);
    running *= decay;
    runningSquares *= decay * decay;
    diagonal += r * r;
    total += 2 * r * running;
    squares += r * r * (r * r + 2 * runningSquares);
    running += r;
    runningSquares += r * r;
    last = p[i];
    if (!codes) continue;
    const g = codes[i];
    const kept = groupSum[g] * Math.exp(-(p[i] - groupLast[g]) / bandwidth);
    within += 2 * r * kept;
    groupSum[g] = kept + r;
    groupLast[g] = p[i];
  }
  return { total: total + diagonal, diagonal, squares, within: within + diagonal };
}

/** Pair sums written out. O(n² · columns). The Laplacian takes the total variation distance, the Gaussian the Euclidean. */
export function pairwiseGram(
  points: Matrix,
  residuals: Float64Array,
  kernel: CalibrationKernel,
  bandwidth: number,
  codes: Int32Array | null,
): GramSums {
  const { data, rows, columns } = points;
  let diagonal = 0;
  let total = 0;
  let squares = 0;
  let within = 0;
  for (let i = 0; i < rows; i++)
    for (let j = 0; j <= i; j++) {
      let distance = 0;
      let product = 0;
      for (let c = 0; c < columns; c++) {
        const d = data[i * columns + c] - data[j * columns + c];
        distance += kernel === "laplacian" ? Math.abs(d) : d * d;
        product += residuals[i * columns + c] * residuals[j * columns + c];
      }
      // Half the sum of absolute differences; of single numbers the difference itself.
      if (kernel === "laplacian" && columns > 1) distance /= 2;
      const h =
        product *
        Math.exp(kernel === "laplacian" ? -distance / bandwidth : -distance / (2 * bandwidth * bandwidth));
      const times = i === j ? 1 : 2;
      if (i === j) diagonal += h;
      total += times * h;
      squares += times * h * h;
      if (i === j || (codes && codes[i] === codes[j])) within += times * h;
    }
  return { total, diagonal, squares, within };
}
