import type { BinStatistics } from "./binStatistics.js";

/** Below so many expected minority outcomes, a sample in which all outcomes agree is no surprise. */
export const FEW = 10;

/**
 * Σr² of a bin. Where outcomes of one kind are so few that none may have turned up, at least what calibrated confidences
 * would give: a bin whose outcomes all agree must not claim to have no spread.
 */
export function secondMoment({ residualSquares, nominalVariance }: BinStatistics, bin: number): number {
  return Math.max(residualSquares[bin], Math.min(nominalVariance[bin], FEW));
}

/**
 * Variance of Σ_i (a_b r_i − c_b), the sum over all rows i, b the bin of row i. Cluster-robust (CR1) where the rows
 * come in groups, and then never below the variance of independent rows.
 */
export function linearVariance(
  statistics: BinStatistics,
  a: ArrayLike<number>,
  c: ArrayLike<number> | null = null,
): number {
  const { n, count, residual, clusters } = statistics;
  const bins = count.length;
  let sum = 0;
  let squares = 0;
  for (let b = 0; b < bins; b++) {
    const shift = c ? c[b] : 0;
    sum += a[b] * residual[b] - shift * count[b];
    squares +=
      a[b] * a[b] * secondMoment(statistics, b) - 2 * a[b] * shift * residual[b] + shift * shift * count[b];
  }
  const independent = Math.max(0, squares - (sum * sum) / n);
  if (!clusters) return independent;
  const weight = (u: number) => (u < bins ? a[u] : c ? -c[u - bins] : 0);
  const { covariance } = clusters;
  let between = 0;
  for (let u = 0; u < 2 * bins; u++)
    for (let v = 0; v < 2 * bins; v++) between += weight(u) * weight(v) * covariance[u * 2 * bins + v];
  return Math.max(independent, between);
}

/**
 * Variance of each bin's Σr. A bin may hold few groups, or groups that all agree by luck: with groups it is at least what
 * calibrated confidences would give with the correlation within groups that all bins together show.
 */
export function binVariances(statistics: BinStatistics): Float64Array {
  const { n, count, residual, nominalVariance, clusters } = statistics;
  const bins = count.length;
  const independent = residual.map((sum, b) => Math.max(0, secondMoment(statistics, b) - (sum * sum) / n));
  if (!clusters) return independent;
  const robust = independent.map((variance, b) =>
    Math.max(variance, clusters.covariance[b * (2 * bins + 1)]),
  );
  // Rows of the group that a random row of the bin belongs to.
  const sizes = count.map((rows, b) => (rows > 0 ? clusters.rowSquares[b] / rows : 1));
  let excess = 0;
  let possible = 0;
  for (let b = 0; b < bins; b++) {
    excess += robust[b] - independent[b];
    possible += independent[b] * (sizes[b] - 1);
  }
  const correlation = possible > 0 ? Math.max(0, excess / possible) : 0;
  return robust.map((variance, b) => {
    const nominal = Math.min(nominalVariance[b], FEW * sizes[b]);
    return Math.max(variance, (1 + (sizes[b] - 1) * correlation) * nominal);
  });
}

/** Covariance of the bins' Σr, bins × bins; the diagonal is that of {@link binVariances}. */
export function gapCovariance(statistics: BinStatistics): Float64Array {
  const { count, clusters } = statistics;
  const bins = count.length;
  const covariance = new Float64Array(bins * bins);
  const diagonal = binVariances(statistics);
  for (let b = 0; b < bins; b++) {
    if (clusters) covariance.set(clusters.covariance.subarray(b * 2 * bins, b * 2 * bins + bins), b * bins);
    covariance[b * (bins + 1)] = diagonal[b];
  }
  return covariance;
}
