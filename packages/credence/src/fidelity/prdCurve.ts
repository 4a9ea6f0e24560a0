import { type Estimate, levelOf, pointEstimate } from "../estimate/estimate.js";
import { checkCount, checkNotEmpty, checkOptions, checkSameLength } from "../numeric/check.js";
import { kMeans } from "../numeric/kMeans.js";
import type { Matrix } from "../numeric/matrix.js";
import { mean, variance } from "../numeric/quantile.js";
import { studentQuantile } from "../numeric/special.js";
import { disjointParts } from "./disjointParts.js";
import { stack } from "./maximumMeanDiscrepancy.js";
import { checkedSamples, type FidelityOptions } from "./samples.js";

/** Options of {@link prdCurve}. */
export interface PrdOptions extends FidelityOptions {
  /** Cells of k-means. Default 20. */
  clusters?: number;
  /** Angles. Default 1001. */
  angles?: number;
  /** Clusterings that are averaged. Default 10. */
  runs?: number;
  /** Disjoint parts of the samples for the intervals. Default 5. */
  parts?: number;
}

/** Precision and recall for distributions. */
export interface PrdCurve {
  readonly precision: Float64Array;
  readonly recall: Float64Array;
  /** The largest F₈ (recall weighted) and F₁⁄₈ (precision weighted). */
  readonly f8: Estimate;
  readonly fEighth: Estimate;
}

const EPSILON = 1e-10;

/**
 * The curve between two histograms: α(λ) = Σ min(λ p, q), β = α/λ at slopes λ = tan θ, θ even over (0, π/2).
 * @param p Shares of the real sample. @param q Shares of the generated one.
 * @see Sajjadi et al. 2018, algorithm 1.
 */
export function prdOfHistograms(
  p: ArrayLike<number>,
  q: ArrayLike<number>,
  angles = 1001,
): { precision: Float64Array; recall: Float64Array } {
  const fn = "prdOfHistograms";
  checkNotEmpty(fn, "p", p);
  checkSameLength(fn, "q", q, "p", p);
  checkCount(fn, "angles", angles, 3);
  const precision = new Float64Array(angles);
  const recall = new Float64Array(angles);
  const step = (Math.PI / 2 - 2 * EPSILON) / (angles - 1);
  for (let a = 0; a < angles; a++) {
    const slope = Math.tan(EPSILON + a * step);
    let sum = 0;
    for (let c = 0; c < p.length; c++) sum += Math.min(slope * p[c], q[c]);
    precision[a] = Math.min(1, sum);
    recall[a] = Math.min(1, sum / slope);
  }
  return { precision, recall };
}

/**
 * Precision and recall for distributions: both samples are clustered together and the histograms over the cells compared.
 * Sees re-weighted modes, but nothing finer than a cell. Samples are cut to equal size, as the method demands.
 *
 * The intervals of F₈ and F₁⁄₈ come from disjoint parts of the samples plus the spread over k-means runs, around the
 * value of the whole. For curves prefer {@link precisionRecallCurve}.
 * @throws CredenceError "empty-input", "length-mismatch", "shape-mismatch", "not-finite", "too-few", "out-of-range".
 * @see Sajjadi et al. 2018.
 * @example
 * ```ts
 * import { prdCurve } from "credence/fidelity";
 * const sample = { data: [0, 1, 10, 11, 20, 21], rows: 6, columns: 1 };
 * prdCurve(sample, sample, { clusters: 3, interval: false }).f8.value; // → 1.000
 * ```
 */
export function prdCurve(real: Matrix, generated: Matrix, options: PrdOptions = {}): PrdCurve {
  const fn = "prdCurve";
  checkOptions(fn, options);
  const { clusters = 20, angles = 1001, runs = 10, parts = 5, seed = 0 } = options;
  const level = levelOf(fn, options);
  checkCount(fn, "clusters", clusters, 2);
  checkCount(fn, "runs", runs);
  checkCount(fn, "parts", parts, 2);
  const samples = checkedSamples(fn, real, generated, options);
  const [whole] = disjointParts(fn, samples, 1, seed);
  const curves = Array.from({ length: runs }, (_, run) =>
    clusteredCurve(whole.real, whole.generated, clusters, angles, seed + run),
  );
  const average = (read: (curve: (typeof curves)[0]) => Float64Array) =>
    Float64Array.from({ length: angles }, (_, a) => mean(curves.map((curve) => read(curve)[a])));
  const precision = average((curve) => curve.precision);
  const recall = average((curve) => curve.recall);
  const n = samples.real.rows + samples.generated.rows;
  const pieces =
    options.interval === false
      ? null
      : disjointParts(fn, samples, parts, seed).map((part) =>
          clusteredCurve(part.real, part.generated, clusters, angles, seed),
        );
  const estimate = (beta: number): Estimate => {
    const value = largestF(precision, recall, beta);
    if (!pieces) return pointEstimate(value, level, n);
    const f = (curve: { precision: Float64Array; recall: Float64Array }) =>
      largestF(curve.precision, curve.recall, beta);
    const bySeed = runs > 1 ? variance(curves.map(f)) / runs : 0;
    const half =
      studentQuantile((1 + level) / 2, parts - 1) * Math.sqrt(variance(pieces.map(f)) / parts + bySeed);
    return { value, interval: [value - half, value + half], level, method: "disjoint-parts", n };
  };
  return { precision, recall, f8: estimate(8), fEighth: estimate(1 / 8) };
}

function clusteredCurve(real: Matrix, generated: Matrix, clusters: number, angles: number, seed: number) {
  const { labels } = kMeans(stack(real, generated), clusters, { seed });
  const p = new Float64Array(clusters);
  const q = new Float64Array(clusters);
  labels.forEach((cell, i) => {
    if (i < real.rows) p[cell] += 1 / real.rows;
    else q[cell] += 1 / generated.rows;
  });
  return prdOfHistograms(p, q, angles);
}

function largestF(precision: Float64Array, recall: Float64Array, beta: number): number {
  const b2 = beta * beta;
  return precision.reduce((most, p, a) => {
    const bottom = b2 * p + recall[a];
    return bottom > 0 ? Math.max(most, ((1 + b2) * p * recall[a]) / bottom) : most;
  }, 0);
}
