import { openModel, startRuntime, tensorData } from "@credence/runtime";
import type { Random } from "credence/numeric";
import { sampleNormal } from "credence/numeric";
import type { ModelFiles } from "../card.js";
import type { FloatMatrix } from "../rows.js";
import { runRows } from "../runRows.js";
import type { VaeFacts } from "./vaeCard.js";

/** The files of a variational autoencoder. */
export const ENCODER = "encoder.onnx";
export const DECODER = "decoder.onnx";

/** The class of each row, for a model that takes classes. */
export type Classes = Int32Array | null;

/** q(z | x) of some rows, rows × latent. */
export interface Posterior {
  readonly center: Float32Array<ArrayBuffer>;
  readonly logVariance: Float32Array<ArrayBuffer>;
}

/** p(x | z) of some rows. */
export interface Observation {
  /** rows × columns, in the units of the data. */
  readonly mean: Float32Array<ArrayBuffer>;
  /** The same as logits, for yes or no. */
  readonly logits: Float32Array | null;
  /** log p(x | z) of a row, whose values begin at an index of x. */
  logDensity(row: number, x: ArrayLike<number>, from: number): number;
  /** Draws one value. */
  draw(row: number, column: number, random: Random): number;
  /** Takes a row over from another one of equal size. */
  copyRow(from: Observation, row: number): void;
}

/** The two networks, running. */
export interface Networks {
  encode(x: FloatMatrix, classes: Classes, signal?: AbortSignal): Promise<Posterior>;
  decode(z: Float32Array<ArrayBuffer>, classes: Classes, signal?: AbortSignal): Promise<Observation>;
  release(): Promise<void>;
}

/** Opens both networks in one worker. */
export async function openNetworks(files: ModelFiles, facts: VaeFacts): Promise<Networks> {
  const { latent, features } = facts;
  const runtime = startRuntime();
  const [encoder, decoder] = [
    await openModel(files[ENCODER], { runtime }),
    await openModel(files[DECODER], { runtime }),
  ];
  const classFeed = (classes: Classes) =>
    classes && { classes: tensorData("int64", [classes.length], classes) };
  return {
    async encode({ data, rows }, classes, signal) {
      const x = tensorData("float32", [rows, features], data);
      const found = await runRows(encoder, { x, ...classFeed(classes) }, ["center", "log variance"], signal);
      return { center: found.center, logVariance: found["log variance"] };
    },
    async decode(latents, classes, signal) {
      const z = tensorData("float32", [latents.length / latent, latent], latents);
      const feeds = { z, ...classFeed(classes) };
      if (facts.likelihood === "gaussian")
        return gaussian((await runRows(decoder, feeds, ["mean"], signal)).mean, facts);
      const { mean, logits } = await runRows(decoder, feeds, ["mean", "logits"], signal);
      return bernoulli(mean, logits, features);
    },
    release: () => runtime.close(),
  };
}

const LOG_TWO_PI = Math.log(2 * Math.PI);

function gaussian(mean: Float32Array<ArrayBuffer>, { features, noise }: VaeFacts): Observation {
  const span = features / noise.length;
  const deviation = Float64Array.from({ length: features }, (_, j) => noise[Math.floor(j / span)]);
  const constant = deviation.reduce((sum, d) => sum - Math.log(d) - LOG_TWO_PI / 2, 0);
  return {
    mean,
    logits: null,
    logDensity(row, x, from) {
      let squares = 0;
      for (let j = 0; j < features; j++)
        squares += ((x[from + j] - mean[row * features + j]) / deviation[j]) ** 2;
      return constant - squares / 2;
    },
    draw: (row, j, random) => mean[row * features + j] + deviation[j] * sampleNormal(random),
    copyRow: (from, row) => copyRow(from.mean, mean, row, features),
  };
}

const bernoulli = (mean: Float32Array<ArrayBuffer>, logits: Float32Array, features: number): Observation => ({
  mean,
  logits,
  logDensity(row, x, from) {
    let sum = 0;
    for (let j = 0; j < features; j++) {
      const logit = logits[row * features + j];
      sum += x[from + j] * logit - Math.max(logit, 0) - Math.log1p(Math.exp(-Math.abs(logit)));
    }
    return sum;
  },
  draw: (row, j, random) => Number(random.uniform() < mean[row * features + j]),
  copyRow(from, row) {
    copyRow(from.mean, mean, row, features);
    copyRow(from.logits as Float32Array, logits, row, features);
  },
});

const copyRow = (from: Float32Array, to: Float32Array, row: number, width: number): void =>
  to.set(from.subarray(row * width, (row + 1) * width), row * width);

/** A draw from q(z | x) of a row, written into `z`, and log p(z) − log q(z | x) there. */
export function drawLatent(
  { center, logVariance }: Posterior,
  row: number,
  latent: number,
  random: Random,
  z: Float32Array,
  to: number,
): number {
  let ratio = 0;
  for (let j = 0; j < latent; j++) {
    const spread = logVariance[row * latent + j];
    const epsilon = sampleNormal(random);
    const value = center[row * latent + j] + Math.exp(spread / 2) * epsilon;
    z[to + j] = value;
    ratio += (spread + epsilon * epsilon - value * value) / 2;
  }
  return ratio;
}

/** log p(z) − log q(z | x) of a row's z. */
export function priorRatio(
  { center, logVariance }: Posterior,
  row: number,
  latent: number,
  z: ArrayLike<number>,
  from: number,
): number {
  let ratio = 0;
  for (let j = 0; j < latent; j++) {
    const spread = logVariance[row * latent + j];
    const value = z[from + j];
    ratio += (spread + (value - center[row * latent + j]) ** 2 / Math.exp(spread) - value * value) / 2;
  }
  return ratio;
}
