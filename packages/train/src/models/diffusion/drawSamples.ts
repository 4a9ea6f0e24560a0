import { CredenceError, checkCount, type Matrix } from "credence/numeric";
import { noise, streamOf } from "../../graph/index.js";
import { draw } from "../../graph/noise.js";
import type { SampleOptions } from "../capabilities.js";
import { type Guide, guideOf, type StartEstimator } from "./estimateStart.js";

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

/** Rows of noise, made into samples. */
export async function drawSamples(
  { card, shares, together, channelOf, estimate }: StartEstimator,
  fn: string,
  count: number,
  guide: Guide | null,
  { seed = 0, steps = card.steps, eta = 1, signal }: DiffusionSampleOptions,
): Promise<Matrix> {
  const { features, channels, steps: all } = card;
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
    const stream = streamOf(seed, from / together);
    const random = (rows: number) =>
      draw(stream, noise([rows, features], { kind: "normal" })).data as Float32Array<ArrayBuffer>;
    const some = guideOf(guide, from, to);
    let x = random(to - from);
    for (let i = 0; i < steps; i++) {
      const [now, next] = [times[i], times[i + 1]];
      const start = await estimate(x, new Float64Array(to - from).fill(now), some, signal);
      x = stepBack(x, start, shares[now], shares[next], eta, next > 0 && eta > 0 ? random(to - from) : null);
    }
    for (let i = 0; i < x.length; i++) {
      const { mean, deviation } = channels[channelOf[i % features]];
      data[from * features + i] = x[i] * deviation + mean;
    }
  }
  return { data, rows: count, columns: features };
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
