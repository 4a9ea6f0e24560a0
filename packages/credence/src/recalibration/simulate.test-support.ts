import { sampleNormal } from "../numeric/distributions.js";
import { logit, sigmoid } from "../numeric/logistic.js";
import { createRandom, type Random } from "../numeric/random.js";

/** Binary data whose truth is known: outcomes happen with probability `truth`, the model says `scores`. */
export interface Simulated {
  readonly scores: Float64Array;
  readonly outcomes: Uint8Array;
  readonly truth: Float64Array;
}

/** Log-odds of the truth are normal (mean 0.5, sd 1.5); `distort` turns a true probability into what the model says. */
export function simulate(
  n: number,
  random: Random | number,
  distort: (truth: number) => number = (p) => p,
): Simulated {
  const source = typeof random === "number" ? createRandom(random) : random;
  const truth = Float64Array.from({ length: n }, () => sigmoid(0.5 + 1.5 * sampleNormal(source)));
  const outcomes = Uint8Array.from(truth, (p) => (source.uniform() < p ? 1 : 0));
  return { scores: truth.map(distort), outcomes, truth };
}

/** A model whose log-odds are `slope` times too large, plus `shift`. */
export const overconfident =
  (slope: number, shift = 0) =>
  (p: number): number =>
    sigmoid(slope * logit(p, 1e-12) + shift);

/** Expected log loss of probabilities, given the true ones; 0 at the truth. */
export function excessLogLoss(probabilities: ArrayLike<number>, truth: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < truth.length; i++) {
    const p = Math.min(Math.max(probabilities[i], 2 ** -52), 1 - 2 ** -52);
    const q = truth[i];
    sum += q * Math.log(q / p) + (1 - q) * Math.log((1 - q) / (1 - p));
  }
  return sum / truth.length;
}

/** A small data set with ties, exact 0 and 1, that other tools can rebuild: 150 rows, 64 successes. */
export const reference = {
  scores: Array.from({ length: 150 }, (_, i) => ((i * 37) % 101) / 100),
  outcomes: Array.from({ length: 150 }, (_, i) =>
    Number(((i * 53 + 17) % 97) / 97 < (((i * 37) % 101) / 100) ** 1.5),
  ),
  weights: Array.from({ length: 150 }, (_, i) => 1 + (i % 3)),
};

/** 60 rows of logits of 4 classes that other tools can rebuild. */
export function referenceLogits(): {
  logits: { data: Float64Array; rows: number; columns: number };
  labels: number[];
} {
  const rows = 60;
  const columns = 4;
  const data = Float64Array.from({ length: rows * columns }, (_, i) => 3 * Math.sin(1.7 * i + 1));
  const labels = Array.from({ length: rows }, (_, r) => {
    const noisy = [0, 1, 2, 3].map((c) => data[r * columns + c] + 2.5 * Math.sin(5.3 * c + 0.9 * r));
    return noisy.indexOf(Math.max(...noisy));
  });
  return { logits: { data, rows, columns }, labels };
}
