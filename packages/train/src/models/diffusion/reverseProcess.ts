import { openModel, type TensorData } from "@credence/runtime";
import { CredenceError, checkCount, type Matrix, type Random } from "credence/numeric";
import { noise, streamOf } from "../../graph/index.js";
import { draw } from "../../graph/noise.js";
import type { BoundOptions, SampleOptions } from "../capabilities.js";
import type { FloatMatrix } from "../rows.js";
import type { DiffusionCard } from "./diffusionModel.js";
import { signalShares } from "./noiseSchedule.js";

/** Options of sampling from a diffusion model. */
export interface DiffusionSampleOptions extends SampleOptions {
  /** Steps from noise to sample, evenly over all; at most those of training, which is the default. */
  steps?: number;
  /**
   * Noise added on the way, in [0, 1]. 1, the default, is DDPM's ancestral sampling; 0 is DDIM, where the first noise
   * decides all, and which gets by with fewer steps (Song, Meng & Ermon 2021, eq. 16).
   */
  eta?: number;
}

/** Labels of the rows, and how far to go towards them. */
interface Guide {
  readonly labels: Int32Array;
  readonly guidance: number;
}

/** Values that one run of the network works on: enough to fill the processor, few enough to stay in its cache. */
const VALUES_A_RUN = 16_384;
const MOST_ROWS_A_RUN = 1024;

/** Rows by which {@link DiffusionCard.errors} are measured. */
const MEASURED = 512;

/** Runs a trained network, in a worker: from noise to samples, and for the bound. */
export async function createReverseProcess(onnx: Uint8Array, card: Omit<DiffusionCard, "kind" | "errors">) {
  const { features, steps: all, predict, channels } = card;
  const network = await openModel(onnx);
  const shares = signalShares(card.schedule, all);
  const span = features / channels.length;
  const together = Math.max(1, Math.min(MOST_ROWS_A_RUN, Math.floor(VALUES_A_RUN / features)));
  const channelOf = Int32Array.from({ length: features }, (_, j) => Math.floor(j / span));

  /** What the network says of noisy rows at their times. */
  async function outputOf(
    x: Float32Array<ArrayBuffer>,
    times: Float64Array,
    guide: Guide | null,
    signal?: AbortSignal,
  ): Promise<Float32Array> {
    const n = times.length;
    const feeds: { [name: string]: TensorData } = {
      x: { type: "float32", shape: [n, features], data: x },
      time: { type: "float32", shape: [n, 1], data: Float32Array.from(times, (t) => t / all) },
    };
    const run = async (told: number) => {
      const condition: { [name: string]: TensorData } = guide
        ? {
            label: { type: "int64", shape: [n], data: BigInt64Array.from(guide.labels, BigInt) },
            told: { type: "float32", shape: [n, 1], data: new Float32Array(n).fill(told) },
          }
        : {};
      return (await network.run({ ...feeds, ...condition }, { signal })).output.data as Float32Array;
    };
    if (!guide || guide.guidance === 1) return run(1);
    const without = await run(0);
    if (guide.guidance === 0) return without;
    // Noise and velocity at a given x are linear in each other, so that either may be extrapolated.
    const given = await run(1);
    return given.map((v, i) => without[i] + guide.guidance * (v - without[i]));
  }

  /** The clean samples that the network takes noisy rows for, held within the range of the training data. */
  async function startOf(
    x: Float32Array<ArrayBuffer>,
    times: Float64Array,
    guide: Guide | null,
    signal?: AbortSignal,
  ): Promise<Float64Array> {
    const output = await outputOf(x, times, guide, signal);
    return Float64Array.from(output, (said, i) => {
      const share = shares[times[Math.floor(i / features)]];
      const clean =
        predict === "noise"
          ? (x[i] - Math.sqrt(1 - share) * said) / Math.sqrt(share)
          : Math.sqrt(share) * x[i] - Math.sqrt(1 - share) * said;
      const { low, high } = channels[channelOf[i % features]];
      return Math.min(high, Math.max(low, clean));
    });
  }

  const normals = (seed: number, stream: number) => {
    const random = streamOf(seed, stream);
    return (rows: number) =>
      draw(random, noise([rows, features], { kind: "normal" })).data as Float32Array<ArrayBuffer>;
  };
  const part = (guide: Guide | null, from: number, to: number): Guide | null =>
    guide && { ...guide, labels: guide.labels.slice(from, to) };

  /** Rows of noise, made into samples. */
  async function sample(
    fn: string,
    count: number,
    guide: Guide | null,
    { seed = 0, steps = all, eta = 1, signal }: DiffusionSampleOptions,
  ): Promise<Matrix> {
    checkCount(fn, "steps", steps);
    if (steps > all)
      throw new CredenceError(
        "out-of-range",
        { function: fn, argument: "steps", value: steps },
        `the model was trained with ${all} steps; take at most as many.`,
      );
    if (!(eta >= 0 && eta <= 1))
      throw new CredenceError(
        "out-of-range",
        { function: fn, argument: "eta", value: eta },
        "must lie in [0, 1].",
      );
    const times = Array.from({ length: steps + 1 }, (_, i) => Math.round((all * (steps - i)) / steps));
    const data = new Float32Array(count * features);
    for (let from = 0; from < count; from += together) {
      const to = Math.min(from + together, count);
      const random = normals(seed, from / together);
      const some = part(guide, from, to);
      let x = random(to - from);
      for (let i = 0; i < steps; i++) {
        const [now, next] = [times[i], times[i + 1]];
        const start = await startOf(x, new Float64Array(to - from).fill(now), some, signal);
        x = stepBack(
          x,
          start,
          shares[now],
          shares[next],
          eta,
          next > 0 && eta > 0 ? random(to - from) : null,
        );
      }
      for (let i = 0; i < x.length; i++) {
        const { mean, deviation } = channels[channelOf[i % features]];
        data[from * features + i] = x[i] * deviation + mean;
      }
    }
    return { data, rows: count, columns: features };
  }

  /** ‖x₀ − x̂₀‖² of each standardised row, from noise of its time. */
  async function squaredErrors(
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
    const start = await startOf(noisy, times, guide, signal);
    const squares = new Float64Array(n);
    for (let i = 0; i < start.length; i++) squares[Math.floor(i / features)] += (clean[i] - start[i]) ** 2;
    return squares;
  }

  /** The mean squared error of one value of x̂₀ at each time 1 … T, over up to 512 standardised rows. */
  async function measureErrors({ data, rows }: FloatMatrix, labels: Int32Array | null, seed: number) {
    const errors: number[] = [];
    const chosen = Int32Array.from(
      { length: Math.min(rows, MEASURED) },
      (_, i, n = Math.min(rows, MEASURED)) => Math.floor((i * rows) / n),
    );
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
        const squares = await squaredErrors(clean, times, streamOf(seed, t * chosen.length + from), guide);
        sum += squares.reduce((a, b) => a + b, 0);
      }
      errors.push(sum / (chosen.length * features));
    }
    return errors;
  }

  /** Row by row, an unbiased estimate of the variational bound. */
  async function bound(
    fn: string,
    { data, rows }: FloatMatrix,
    guide: Guide | null,
    errors: readonly number[],
    { samples = 32, seed = 0, signal }: BoundOptions,
  ): Promise<Float64Array> {
    checkCount(fn, "samples", samples);
    const jacobian = channels.reduce((sum, { deviation }) => sum + span * Math.log(deviation), 0);
    const result = new Float64Array(rows);
    for (let from = 0; from < rows; from += together) {
      const to = Math.min(from + together, rows);
      const n = to - from;
      const random = streamOf(seed, from / together);
      const some = part(guide, from, to);
      const clean = data.slice(from * features, to * features).map((value, i) => {
        const { mean, deviation } = channels[channelOf[i % features]];
        return (value - mean) / deviation;
      });
      for (let s = 0; s < samples; s++) {
        // The last step is seen by every draw, as it weighs most; of the others one, of a stratum of its own.
        const last = await squaredErrors(clean, new Float64Array(n).fill(1), random, some, signal);
        const times = Float64Array.from(
          { length: n },
          () => 2 + Math.floor(((s + random.uniform()) / samples) * (all - 1)),
        );
        const other = await squaredErrors(clean, times, random, some, signal);
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

  return { sample, bound, measureErrors, release: () => network.release() };
}

/**
 * One step from noise towards data (Song, Meng & Ermon 2021, eq. 12): the estimated start is drowned again, to the next
 * level of noise, along the direction it came from and with noise of standard deviation η σ̃.
 */
export function stepBack(
  x: Float32Array,
  start: Float64Array,
  share: number,
  nextShare: number,
  eta: number,
  added: Float32Array | null,
): Float32Array<ArrayBuffer> {
  const fresh = eta * Math.sqrt(((1 - nextShare) / (1 - share)) * (1 - share / nextShare));
  const along = Math.sqrt(Math.max(0, 1 - nextShare - fresh ** 2));
  return Float32Array.from(x, (value, i) => {
    const direction = (value - Math.sqrt(share) * start[i]) / Math.sqrt(1 - share);
    return Math.sqrt(nextShare) * start[i] + along * direction + (added ? fresh * added[i] : 0);
  });
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
