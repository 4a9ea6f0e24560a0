/**
 * Isotonic least squares by pool-adjacent-violators, in place: `values` (with positive `weights`) become the closest
 * non-decreasing sequence. O(n). (Barlow et al. 1972.)
 */
export function poolAdjacentViolators(values: Float64Array, weights: ArrayLike<number>): void {
  const n = values.length;
  const start = new Int32Array(n); // first index of each block
  const level = new Float64Array(n);
  const weight = new Float64Array(n);
  let blocks = 0;
  for (let i = 0; i < n; i++) {
    let sum = values[i] * weights[i];
    let total = weights[i];
    let first = i;
    while (blocks > 0 && level[blocks - 1] * total >= sum) {
      blocks--;
      sum += level[blocks] * weight[blocks];
      total += weight[blocks];
      first = start[blocks];
    }
    start[blocks] = first;
    level[blocks] = sum / total;
    weight[blocks] = total;
    blocks++;
  }
  for (let b = 0; b < blocks; b++) values.fill(level[b], start[b], b + 1 < blocks ? start[b + 1] : n);
}
