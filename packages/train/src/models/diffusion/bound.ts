import { checkCount, type Random } from "credence/numeric";
import { noise, streamOf } from "../../graph/index.js";
import { draw } from "../../graph/noise.js";
import type { BoundOptions } from "../capabilities.js";
import type { FloatMatrix } from "../rows.js";
import { type Guide, guideOf, type StartEstimator } from "./estimateStart.js";

/** Rows by which errors are measured at each time: no more than are needed, and few where samples or times are many. */
const measuredRows = (features: number, steps: number): number =>
  Math.min(512, Math.max(8, Math.ceil(4e6 / (features * steps))));

/** Data that never change would have a density without end. */
const LEAST_ERROR = 1e-12;

/** The mean squared error of one value of x̂₀ at each time 1 … T, over some standardised rows. */
export async function measureErrors(
  estimator: StartEstimator,
  { data, rows }: FloatMatrix,
  labels: Int32Array | null,
  seed: number,
): Promise<number[]> {
  const {
    card: { features, steps: all },
    together,
  } = estimator;
  const errors: number[] = [];
  const count = Math.min(rows, measuredRows(features, all));
  const chosen = Int32Array.from({ length: count }, (_, i) => Math.floor((i * rows) / count));
  for (let t = 1; t <= all; t++) {
    let sum = 0;
    for (let from = 0; from < chosen.length; from += together) {
      const some = chosen.subarray(from, from + together);
      const clean = new Float32Array(some.length * features);
      some.forEach((row, i) => {
        clean.set(data.subarray(row * features, (row + 1) * features), i * features);
      });
      const guide = labels && { labels: some.map((row) => labels[row]), guidance: 1 };
      const times = new Float64Array(some.length).fill(t);
      const random = streamOf(seed, t * count + from);
      const squares = await squaredErrors(estimator, clean, times, random, guide);
      sum += squares.reduce((a, b) => a + b, 0);
    }
    errors.push(Math.max(sum / (count * features), LEAST_ERROR));
  }
  return errors;
}

/** Row by row, an unbiased estimate of the variational bound. */
export async function variationalBound(
  estimator: StartEstimator,
  fn: string,
  { data, rows }: FloatMatrix,
  guide: Guide | null,
  errors: readonly number[],
  { samples = 32, seed = 0, signal }: BoundOptions,
): Promise<Float64Array> {
  const {
    card: { features, channels, steps: all },
    shares,
    together,
    channelOf,
  } = estimator;
  checkCount(fn, "samples", samples);
  const jacobian = channels.reduce(
    (sum, { deviation }) => sum + (features / channels.length) * Math.log(deviation),
    0,
  );
  const result = new Float64Array(rows);
  for (let from = 0; from < rows; from += together) {
    const to = Math.min(from + together, rows);
    const n = to - from;
    const random = streamOf(seed, from / together);
    const some = guideOf(guide, from, to);
    const clean = data.slice(from * features, to * features).map((value, i) => {
      const { mean, deviation } = channels[channelOf[i % features]];
      return (value - mean) / deviation;
    });
    for (let s = 0; s < samples; s++) {
      // The last step is seen by every draw, as it weighs most; of the others one, of a stratum of its own.
      const last = await squaredErrors(estimator, clean, new Float64Array(n).fill(1), random, some, signal);
      const times = Float64Array.from(
        { length: n },
        () => 2 + Math.floor(((s + random.uniform()) / samples) * (all - 1)),
      );
      const other = await squaredErrors(estimator, clean, times, random, some, signal);
      for (let i = 0; i < n; i++) {
        const step = stepTerm(other[i], errors[times[i] - 1], shares, times[i], features);
        result[from + i] -= (lastTerm(last[i], errors[0], features) + (all - 1) * step) / samples;
      }
    }
    for (let i = 0; i < n; i++) {
      const own = clean.subarray(i * features, (i + 1) * features);
      result[from + i] -= priorTerm(own, shares[all]) + jacobian;
    }
  }
  return result;
}

/** ‖x₀ − x̂₀‖² of each standardised row, from noise of its time. */
async function squaredErrors(
  { card: { features }, shares, estimate }: StartEstimator,
  clean: Float32Array,
  times: Float64Array,
  random: Random,
  guide: Guide | null,
  signal?: AbortSignal,
): Promise<Float64Array> {
  const n = times.length;
  const added = draw(random, noise([n, features], { kind: "normal" })).data as Float32Array;
  const noisy = Float32Array.from(clean, (value, i) => {
    const share = shares[times[Math.floor(i / features)]];
    return Math.sqrt(share) * value + Math.sqrt(1 - share) * added[i];
  });
  const start = await estimate(noisy, times, guide, signal);
  const squares = new Float64Array(n);
  for (let i = 0; i < start.length; i++) squares[Math.floor(i / features)] += (clean[i] - start[i]) ** 2;
  return squares;
}

/** −log p(x₀ | x₁): normal around the estimate, with the variance that its errors have. */
const lastTerm = (square: number, error: number, features: number): number =>
  0.5 * (features * Math.log(2 * Math.PI * error) + square / error);

/**
 * KL(q(xₜ₋₁ | xₜ, x₀) ‖ p(xₜ₋₁ | xₜ)). Both are normal. The first has the posterior's variance β̃; the second has the best
 * one, β̃ + c² · error, since its centre is off by c (x₀ − x̂₀), c = √ᾱₜ₋₁ βₜ / (1 − ᾱₜ) (Bao et al. 2022).
 */
function stepTerm(square: number, error: number, shares: Float64Array, t: number, features: number): number {
  const [share, before] = [shares[t], shares[t - 1]];
  const beta = 1 - share / before;
  const posterior = (beta * (1 - before)) / (1 - share);
  const weight = (before * beta ** 2) / (1 - share) ** 2;
  const best = posterior + weight * error;
  return 0.5 * (features * (Math.log(best / posterior) + posterior / best - 1) + (weight * square) / best);
}

/** KL(q(x_T | x₀) ‖ N(0, 1)). */
const priorTerm = (clean: Float32Array, share: number): number =>
  0.5 * clean.reduce((sum, value) => sum + share * value ** 2 - share - Math.log(1 - share), 0);
