import { deltaEstimate } from "../estimate/delta.js";
import type { Estimate, EstimateOptions } from "../estimate/estimate.js";
import { checkOptions } from "../numeric/check.js";
import { shuffle } from "../numeric/distributions.js";
import type { Matrix } from "../numeric/matrix.js";
import { mean, variance } from "../numeric/quantile.js";
import { createRandom } from "../numeric/random.js";
import { forEachTile, squaredDistances } from "../numeric/tiles.js";
import { checkedTriple } from "./dataCopying.js";
import { requirePairs } from "./require.js";
import { takeRows } from "./samples.js";

/** Gradient steps of the fit, and their size. */
const STEPS = 50;
const RATE = 0.5;

/**
 * Feature likelihood divergence (FLD): a Gaussian is put on every generated row, its width fitted to the training rows,
 * and the held-out rows' negative log-likelihood under the mixture is compared with that under a mixture put on half of
 * the training rows. × 100 per feature: 0 is as good as real data, higher is worse; poor quality, missing variety and
 * memorisation all raise it (a memorised row gets a width near 0, which helps no held-out row).
 *
 * The interval (delta method, cluster-robust with `groups` of the held-out rows) holds for these training and generated
 * rows: it says what another held-out sample would have given.
 * @param training Rows the model was trained on. @param heldOut Rows it was not.
 * @throws CredenceError "empty-input", "shape-mismatch", "not-finite", "too-large" beyond 100 million pairs.
 * @see Jiralerspong et al. 2023 (features scaled by the held-out mean and deviation; Adam, 50 steps, rate 0.5).
 * @example
 * ```ts
 * import { featureLikelihoodDivergence } from "credence/fidelity";
 * const line = (from: number, step: number) => ({ data: Float64Array.from({ length: 20 }, (_, i) => from + i * step), rows: 20, columns: 1 });
 * featureLikelihoodDivergence(line(0, 1), line(0.5, 1), line(100, 1)).value > 100; // → true
 * ```
 */
export function featureLikelihoodDivergence(
  training: Matrix,
  heldOut: Matrix,
  generated: Matrix,
  options: EstimateOptions = {},
): Estimate {
  const fn = "featureLikelihoodDivergence";
  checkOptions(fn, options);
  const triple = checkedTriple(fn, training, heldOut, generated);
  const [train, test, made] = scaledBy(triple, triple[1]);
  requirePairs(fn, train.rows, made.rows, 1e8);
  const fitted = fitMixture(made, train);
  const order = shuffle(
    createRandom(options.seed ?? 0),
    Int32Array.from({ length: train.rows }, (_, i) => i),
  );
  const half = Math.max(1, Math.min(made.rows, train.rows >> 1));
  const baselineCentres = takeRows(train, order.slice(0, half));
  const baseline = fitMixture(baselineCentres, takeRows(train, order.slice(half)));
  const a = negativeLogLikelihoods(made, fitted, test);
  const b = negativeLogLikelihoods(baselineCentres, baseline, test);
  const differences = a.map((x, i) => (100 * (x - b[i])) / train.columns);
  return deltaEstimate(fn, mean(differences), differences, options);
}

/** All samples, by the mean and deviation of one. A constant column is left unscaled. */
function scaledBy(matrices: readonly Matrix[], by: Matrix): Matrix[] {
  const d = by.columns;
  const scale = Array.from({ length: d }, (_, j) => {
    const column = Float64Array.from({ length: by.rows }, (_, i) => by.data[i * d + j]);
    const sd = by.rows > 1 ? Math.sqrt(variance(column)) : 0;
    return { centre: mean(column), sd: sd > 0 ? sd : 1 };
  });
  return matrices.map(({ data, rows }) => ({
    data: Float64Array.from(
      { length: rows * d },
      (_, p) => (data[p] - scale[p % d].centre) / scale[p % d].sd,
    ),
    rows,
    columns: d,
  }));
}

/** ln variance of each Gaussian, by Adam from the distance to the nearest row; a broad Gaussian at the mean catches outliers. */
function fitMixture(centres: Matrix, rows: Matrix): Float64Array {
  const d = rows.columns;
  const m = centres.rows;
  const n = rows.rows;
  const squares = new Float32Array(n * m);
  const closest = new Float64Array(m).fill(Infinity);
  forEachTile(rows, centres, squaredDistances, ({ first, rows: high, second, columns, values, stride }) => {
    for (let i = 0; i < high; i++)
      for (let j = 0; j < columns; j++) {
        const square = values[i * stride + j];
        squares[(first + i) * m + second + j] = square;
        if (square < closest[second + j]) closest[second + j] = square;
      }
  });
  const originSquares = distancesFromMean(rows).map((square) => 0.9 ** 2 * square);
  // The last entry is the broad Gaussian's.
  const logs = new Float64Array(m + 1);
  for (let j = 0; j < m; j++) logs[j] = Math.log((closest[j] + 1e-3) / d);
  const first = new Float64Array(m + 1);
  const second = new Float64Array(m + 1);
  const terms = new Float64Array(m + 1);
  for (let step = 1; step <= STEPS; step++) {
    const gradient = new Float64Array(m + 1);
    const precision = logs.map((x) => Math.exp(-x));
    for (let i = 0; i < n; i++) {
      let top = -Infinity;
      for (let j = 0; j <= m; j++) {
        const square = j < m ? squares[i * m + j] : originSquares[i];
        const weight = j < m ? Math.log(m) : 0;
        terms[j] = -0.5 * square * precision[j] - 0.5 * d * logs[j] - weight;
        if (terms[j] > top) top = terms[j];
      }
      let sum = 0;
      for (let j = 0; j <= m; j++) {
        terms[j] = Math.exp(terms[j] - top);
        sum += terms[j];
      }
      for (let j = 0; j <= m; j++) {
        if (terms[j] < 1e-12 * sum) continue;
        const square = j < m ? squares[i * m + j] : originSquares[i];
        gradient[j] -= ((terms[j] / sum) * (0.5 * square * precision[j] - 0.5 * d)) / (n * d);
      }
    }
    for (let j = 0; j <= m; j++) {
      first[j] = 0.9 * first[j] + 0.1 * gradient[j];
      second[j] = 0.999 * second[j] + 0.001 * gradient[j] ** 2;
      const slope = first[j] / (1 - 0.9 ** step);
      const scale = Math.sqrt(second[j] / (1 - 0.999 ** step)) + 1e-8;
      logs[j] = Math.min(20, Math.max(-40, logs[j] - (RATE * slope) / scale));
    }
  }
  return logs.slice(0, m);
}

function distancesFromMean({ data, rows, columns: d }: Matrix): Float64Array {
  const centre = new Float64Array(d);
  for (let p = 0; p < rows * d; p++) centre[p % d] += data[p] / rows;
  const squares = new Float64Array(rows);
  for (let p = 0; p < rows * d; p++) squares[Math.floor(p / d)] += (data[p] - centre[p % d]) ** 2;
  return squares;
}

/** Of each row under the mixture, without the broad Gaussian. */
function negativeLogLikelihoods(centres: Matrix, logs: Float64Array, rows: Matrix): Float64Array {
  const d = rows.columns;
  const precision = logs.map((x) => Math.exp(-x));
  const offset = logs.map((x) => -0.5 * d * (x + Math.log(2 * Math.PI)) - Math.log(centres.rows));
  const top = new Float64Array(rows.rows).fill(-Infinity);
  const sum = new Float64Array(rows.rows);
  forEachTile(rows, centres, squaredDistances, ({ first, rows: high, second, columns, values, stride }) => {
    for (let i = 0; i < high; i++)
      for (let j = 0; j < columns; j++) {
        const term = offset[second + j] - 0.5 * values[i * stride + j] * precision[second + j];
        const row = first + i;
        if (term > top[row]) {
          sum[row] = sum[row] * Math.exp(top[row] - term) + 1;
          top[row] = term;
        } else sum[row] += Math.exp(term - top[row]);
      }
  });
  return sum.map((total, i) => -(top[i] + Math.log(total)));
}
