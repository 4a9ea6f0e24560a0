/** What distinguishes the affine methods: which weights are free, and what pulls them where. */
export interface AffineModel {
  /** Entries off the diagonal are free (else 0). */
  readonly full: boolean;
  /** Penalties ½ λ (θ − target)², added to the mean loss. The diagonal is pulled toward 1, the rest toward 0. */
  readonly diagonal: number;
  readonly offDiagonal: number;
  readonly bias: number;
  /** The diagonal is pulled toward a common free scale instead of 1. */
  readonly freeScale?: boolean;
}

/**
 * The objective over θ = (weights, bias[, common scale]), with logits centred by row (which softmax ignores when the
 * weights are a multiple of the identity) left as they are but scaled to unit root mean square, so that one tolerance
 * fits all data.
 */
export function affineProblem(
  z: ArrayLike<number>,
  columns: number,
  labels: ArrayLike<number>,
  weights: ArrayLike<number> | null,
  { full, diagonal, offDiagonal, bias, freeScale }: AffineModel,
) {
  const n = labels.length;
  const square = columns * columns;
  const scale = rootMeanSquare(z);
  const seen = new Array<boolean>(columns).fill(false);
  let total = 0;
  for (let i = 0; i < n; i++) {
    const weight = weights ? weights[i] : 1;
    total += weight;
    if (weight > 0) seen[labels[i]] = true;
  }
  const start = new Float64Array(square + columns + (freeScale ? 1 : 0));
  for (let k = 0; k < columns; k++) start[k * columns + k] = scale;
  if (freeScale) start[square + columns] = scale;
  const p = new Float64Array(columns);
  const x = new Float64Array(columns);
  const objective = (theta: Float64Array, gradient: Float64Array) => {
    gradient.fill(0);
    let loss = 0;
    for (let i = 0; i < n; i++) {
      const weight = (weights ? weights[i] : 1) / total;
      if (weight === 0) continue;
      let top = -Infinity;
      for (let j = 0; j < columns; j++) x[j] = z[i * columns + j] / scale;
      for (let k = 0; k < columns; k++) {
        let sum = theta[square + k];
        if (full) for (let j = 0; j < columns; j++) sum += theta[k * columns + j] * x[j];
        else sum += theta[k * columns + k] * x[k];
        p[k] = sum;
        if (sum > top) top = sum;
      }
      let mass = 0;
      const ofTruth = p[labels[i]] - top;
      for (let k = 0; k < columns; k++) {
        p[k] = Math.exp(p[k] - top);
        mass += p[k];
      }
      loss += weight * (Math.log(mass) - ofTruth);
      for (let k = 0; k < columns; k++) {
        const residual = weight * (p[k] / mass - Number(k === labels[i]));
        gradient[square + k] += residual;
        if (full) for (let j = 0; j < columns; j++) gradient[k * columns + j] += residual * x[j];
        else gradient[k * columns + k] += residual * x[k];
      }
    }
    // Penalties act on the weights of the unscaled logits.
    const centre = freeScale ? theta[square + columns] : scale;
    for (let k = 0; k < columns; k++) {
      gradient[square + k] += bias * theta[square + k];
      loss += (bias / 2) * theta[square + k] ** 2;
      for (let j = 0; j < columns; j++) {
        const at = k * columns + j;
        if (j !== k && !full) continue;
        const strength = (j === k ? diagonal : offDiagonal) / (scale * scale);
        const away = theta[at] - (j === k ? centre : 0);
        gradient[at] += strength * away;
        if (freeScale && j === k) gradient[square + columns] -= strength * away;
        loss += (strength / 2) * away ** 2;
      }
    }
    return loss;
  };
  const unpack = (theta: Float64Array) => ({
    weights: Array.from(theta.subarray(0, square), (w) => w / scale + 0),
    bias: Array.from(theta.subarray(square, square + columns), (b) => b + 0),
  });
  return { objective, start, unpack, seen };
}

function rootMeanSquare(z: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < z.length; i++) largest = Math.max(largest, Math.abs(z[i]));
  if (largest === 0) return 1;
  let sum = 0;
  for (let i = 0; i < z.length; i++) sum += (z[i] / largest) ** 2;
  return largest * Math.sqrt(sum / z.length);
}
