import { type Estimate, levelOf, pointEstimate } from "../estimate/estimate.js";
import { checkCount, checkNotEmpty, checkOptions, checkSameLength } from "../numeric/check.js";
import { symmetricEigen } from "../numeric/eigen.js";
import { kMeans } from "../numeric/kMeans.js";
import type { Matrix } from "../numeric/matrix.js";
import { mean, variance } from "../numeric/quantile.js";
import { studentQuantile } from "../numeric/special.js";
import { disjointParts, type Part } from "./disjointParts.js";
import { gaussianStatistics } from "./gaussianStatistics.js";
import { stack } from "./maximumMeanDiscrepancy.js";
import { requirePositive } from "./require.js";
import { checkedSamples, type FidelityOptions } from "./samples.js";

/** Options of {@link mauve}. */
export interface MauveOptions extends FidelityOptions {
  /** Cells of k-means. Default: a tenth of the smaller sample, at least 2. */
  clusters?: number;
  /** The c of exp(−c · KL). Default 5. */
  scaling?: number;
  /** Share of variance that the principal components kept must explain. Default 0.9. */
  explainedVariance?: number;
  /** Clusterings that are averaged; the published number uses one. Default 1. */
  runs?: number;
  /** Disjoint parts of the samples for the interval. Default 5. */
  parts?: number;
}

/** MAUVE and its smoothed form. */
export interface Mauve extends Estimate {
  /** MAUVE*, with ½ added to every cell: less sensitive to empty cells. */
  readonly smoothed: number;
}

const MIXTURES = 25;

/**
 * The area under the divergence curve of two histograms: (exp(−c KL(q‖r)), exp(−c KL(p‖r))) for mixtures r = w p + (1 −
 * w) q; in (0, 1], 1 for equal ones.
 * @see Pillutla et al. 2021.
 */
export function mauveOfHistograms(p: ArrayLike<number>, q: ArrayLike<number>, scaling = 5): number {
  checkNotEmpty("mauveOfHistograms", "p", p);
  checkSameLength("mauveOfHistograms", "q", q, "p", p);
  // From (1, 0) to (0, 1): as w grows x falls and y rises.
  let x = 1;
  let y = 0;
  let area = 0;
  const goTo = (nextX: number, nextY: number) => {
    area += ((x - nextX) * (y + nextY)) / 2;
    x = nextX;
    y = nextY;
  };
  for (let m = 0; m < MIXTURES; m++) {
    const w = 1e-6 + (m / (MIXTURES - 1)) * (1 - 2e-6);
    let qr = 0;
    let pr = 0;
    for (let c = 0; c < p.length; c++) {
      const r = w * p[c] + (1 - w) * q[c];
      if (q[c] > 0) qr += q[c] * Math.log(q[c] / r);
      if (p[c] > 0) pr += p[c] * Math.log(p[c] / r);
    }
    goTo(Math.exp(-scaling * qr), Math.exp(-scaling * pr));
  }
  goTo(0, 1);
  return area;
}

/**
 * MAUVE: how near is generated text to human text, in embeddings. Rows are normalised, reduced to their principal
 * components and clustered; the histograms over the cells are compared. In (0, 1]; it depends strongly on the sample
 * size and the embedder, so compare at equal n, and with human against human.
 *
 * The interval comes from disjoint parts of the samples (around the value of the whole) and, with several runs, from the
 * spread over clusterings.
 * @param real Embeddings of human texts, one a row. @param generated Those of the model.
 * @throws CredenceError "empty-input", "length-mismatch", "shape-mismatch", "not-finite", "too-few", "out-of-range".
 * @see Pillutla et al. 2021, 2023.
 * @example
 * ```ts
 * import { mauve } from "credence/fidelity";
 * const texts = { data: [1, 0, 0.9, 0.1, 0, 1, 0.1, 0.9], rows: 4, columns: 2 };
 * mauve(texts, texts, { clusters: 2, interval: false }).value; // → 1.00
 * ```
 */
export function mauve(real: Matrix, generated: Matrix, options: MauveOptions = {}): Mauve {
  const fn = "mauve";
  checkOptions(fn, options);
  const { scaling = 5, explainedVariance = 0.9, runs = 1, parts = 5, seed = 0 } = options;
  const level = levelOf(fn, options);
  requirePositive(fn, "scaling", scaling);
  requirePositive(fn, "explainedVariance", explainedVariance);
  checkCount(fn, "runs", runs);
  checkCount(fn, "parts", parts, 2);
  const samples = checkedSamples(fn, real, generated, options);
  const n = samples.real.rows + samples.generated.rows;
  const score = ({ real: a, generated: b }: Part, salt: number) => {
    const clusters = options.clusters ?? Math.max(2, halfToEven(Math.min(a.rows, b.rows) / 10));
    checkCount(fn, "clusters", clusters, 2);
    const reduced = principalComponents(unitRows(stack(a, b)), explainedVariance);
    const { labels } = kMeans(reduced, clusters, { seed: seed + salt, starts: 5, maxIterations: 500 });
    const counts = [new Float64Array(clusters), new Float64Array(clusters)];
    labels.forEach((cell, i) => counts[i < a.rows ? 0 : 1][cell]++);
    const shares = (extra: number) =>
      counts.map((list) => {
        const total = list.reduce((sum, x) => sum + x + extra, 0);
        return list.map((x) => (x + extra) / total);
      });
    const [plain, smooth] = [shares(0), shares(0.5)];
    return {
      value: mauveOfHistograms(plain[0], plain[1], scaling),
      smoothed: mauveOfHistograms(smooth[0], smooth[1], scaling),
    };
  };
  const scores = Array.from({ length: runs }, (_, run) => score(samples, run));
  const value = mean(scores.map((s) => s.value));
  const smoothed = mean(scores.map((s) => s.smoothed));
  if (options.interval === false) return { ...pointEstimate(value, level, n), smoothed };
  const pieces = disjointParts(fn, samples, parts, seed).map((part) => score(part, 0).value);
  const bySeed = runs > 1 ? variance(scores.map((s) => s.value)) / runs : 0;
  const half = studentQuantile((1 + level) / 2, parts - 1) * Math.sqrt(variance(pieces) / parts + bySeed);
  return { value, interval: [value - half, value + half], level, method: "disjoint-parts", n, smoothed };
}

/** Rows of length 1; rows of zeros stay. */
function unitRows({ data, rows, columns }: Matrix): Matrix {
  const scaled = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    let square = 0;
    for (let j = 0; j < columns; j++) square += data[i * columns + j] ** 2;
    const scale = square > 0 ? 1 / Math.sqrt(square) : 0;
    for (let j = 0; j < columns; j++) scaled[i * columns + j] = data[i * columns + j] * scale;
  }
  return { data: scaled, rows, columns };
}

/** Projections on the fewest principal components that explain the share of variance. */
function principalComponents(matrix: Matrix, share: number): Matrix {
  const { data, rows, columns: d } = matrix;
  const { mean: centre, scatter } = gaussianStatistics(matrix);
  const { values, vectors } = symmetricEigen(scatter, d);
  const total = values.reduce((sum, x) => sum + Math.max(0, x), 0);
  let kept = 0;
  for (let explained = 0; kept < d && explained < share * total; kept++) explained += values[d - 1 - kept];
  kept = Math.max(1, kept);
  const projected = new Float64Array(rows * kept);
  for (let i = 0; i < rows; i++)
    for (let c = 0; c < kept; c++) {
      const axis = (d - 1 - c) * d;
      let sum = 0;
      for (let j = 0; j < d; j++) sum += (data[i * d + j] - centre[j]) * vectors![axis + j];
      projected[i * kept + c] = sum;
    }
  return { data: projected, rows, columns: kept };
}

/** Rounds as NumPy does, which the reference uses. */
function halfToEven(x: number): number {
  const rounded = Math.round(x);
  return rounded - x === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded;
}
