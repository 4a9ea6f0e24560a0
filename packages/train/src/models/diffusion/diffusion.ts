import { encodeModel, sizeOf } from "@credence/runtime";
import { fingerprint } from "credence/estimate";
import { CredenceError, checkCount, checkOneOf } from "credence/numeric";
import {
  add,
  cast,
  constant,
  div,
  emit,
  expand,
  floor,
  gather,
  greater,
  input,
  minimum,
  mul,
  noise,
  parameter,
  reshape,
  sub,
  type Tensor,
} from "../../graph/index.js";
import { squaredError } from "../../loss/index.js";
import { createWeights } from "../../nn/index.js";
import {
  type FloatMatrix,
  type Rows,
  type Scale,
  scaleOf,
  standardise,
  toLabels,
  toMatrix,
} from "../rows.js";
import { type EpochOptions, trainEpochs } from "../trainEpochs.js";
import { measureErrors } from "./bound.js";
import { type Condition, type DenoisingNetwork, denoise } from "./denoiser.js";
import type { DiffusionSettings } from "./diffusionCard.js";
import {
  type ConditionalDiffusion,
  checkGuidance,
  createConditionalDiffusion,
  createDiffusion,
  type Diffusion,
} from "./diffusionModel.js";
import { openStartEstimator } from "./estimateStart.js";
import { type NoiseSchedule, signalShares } from "./noiseSchedule.js";

/** How a diffusion model is made. */
export interface DiffusionOptions {
  /** Steps from data to noise, T. Default 100. */
  steps?: number;
  /** How fast the signal drowns; see {@link NoiseSchedule}. Default "cosine". */
  schedule?: NoiseSchedule;
  /**
   * What the network says of a noisy sample x = √ᾱ x₀ + √(1 − ᾱ) ε: the noise ε (Ho et al. 2020), or the velocity
   * √ᾱ ε − √(1 − ᾱ) x₀ (Salimans & Ho 2022), which stays informative where there is nothing but noise. Default "noise".
   */
  predict?: "noise" | "velocity";
  /** Default `{ kind: "mlp" }`. */
  network?: DenoisingNetwork;
  /** The shape of one sample, [channels, height, width], for a U-Net. Default: a vector. */
  shape?: readonly number[];
  /** Whether each sample of a batch gets a time of its own, or all of them one, which is noisier. Default "per-sample". */
  timesteps?: "per-sample" | "per-batch";
}

/** The same for a model that is told the class. */
export interface ConditionalDiffusionOptions extends DiffusionOptions {
  /** Number of classes. */
  classes: number;
  /** Share of rows whose class is kept back in training, which guidance needs, in [0, 1). Default 0.1. */
  withheld?: number;
  /**
   * How much further than to the class's own prediction to go, away from that for no class: ε₀ + guidance · (ε_y − ε₀)
   * (Ho & Salimans 2022). 1 samples from the model of p(x | y); more makes samples more typical of their class and less
   * diverse. Default 1; sampling may choose another.
   */
  guidance?: number;
}

/** A diffusion model that is not trained yet. */
export interface DiffusionDefinition {
  /**
   * Trains on rows. Each column (with a `shape` each channel) is standardised, which becomes a part of the model. The
   * weights are averaged over about the last tenth of the steps, unless `averageDecay` says otherwise.
   * @throws CredenceError for data that is not finite or has another shape; "diverged" where the loss does. An aborted
   * signal rejects with its reason.
   */
  train(data: Rows, options?: EpochOptions): Promise<Diffusion>;
}

/** A diffusion model given the class that is not trained yet. */
export interface ConditionalDiffusionDefinition {
  /** As {@link DiffusionDefinition}, with the class 0 … classes − 1 of each row. */
  train(data: Rows, labels: ArrayLike<number>, options?: EpochOptions): Promise<ConditionalDiffusion>;
}

/**
 * A diffusion model: a network learns to take noise away, a little at a time, and so turns pure noise into samples. It
 * knows its density through a lower bound only.
 * @param options With `classes` it models p(x | y), without them p(x).
 * @throws CredenceError "out-of-range", "unknown-option".
 * @see Ho, Jain & Abbeel 2020; Song, Meng & Ermon 2021 (DDIM); Nichol & Dhariwal 2021.
 * @example
 * ```ts
 * import { diffusion } from "@credence/train/models";
 * const x = Array.from({ length: 640 }, (_, i) => [i % 2 ? 5 : -5]);
 * const model = await diffusion({ network: { kind: "mlp", blocks: 1, width: 32 } }).train(x, {
 *   epochs: 30,
 *   batchSize: 64,
 *   learningRate: 0.01,
 * });
 * const { data } = await model.sample(8, { seed: 1 });
 * await model.release();
 * Array.from(data).every((v) => Math.abs(Math.abs(v) - 5) < 1.5); // → true
 * ```
 */
export function diffusion(options: ConditionalDiffusionOptions): ConditionalDiffusionDefinition;
export function diffusion(options?: DiffusionOptions & { classes?: undefined }): DiffusionDefinition;
export function diffusion(
  options: DiffusionOptions | ConditionalDiffusionOptions = {},
): DiffusionDefinition | ConditionalDiffusionDefinition {
  const settings = settingsOf(options);
  return "classes" in options && options.classes !== undefined
    ? {
        train: async (data: Rows, labels: ArrayLike<number>, training: EpochOptions = {}) => {
          const { onnx, card } = await train(settings, data, labels, training);
          return createConditionalDiffusion(onnx, { ...card, kind: "conditionalDiffusion" });
        },
      }
    : {
        train: async (data: Rows, training: EpochOptions = {}) => {
          const { onnx, card } = await train(settings, data, null, training);
          return createDiffusion(onnx, { ...card, kind: "diffusion" });
        },
      };
}

const fn = "diffusion.train";

function settingsOf(options: DiffusionOptions | ConditionalDiffusionOptions): DiffusionSettings {
  const { steps = 100, schedule = "cosine", predict = "noise", timesteps = "per-sample" } = options;
  const { network = { kind: "mlp" } as DenoisingNetwork, shape = null } = options;
  const { classes = null, withheld = 0.1, guidance = 1 } = options as Partial<ConditionalDiffusionOptions>;
  checkCount("diffusion", "steps", steps, 2);
  checkOneOf("diffusion", "schedule", schedule, ["cosine", "linear"]);
  checkOneOf("diffusion", "predict", predict, ["noise", "velocity"]);
  checkOneOf("diffusion", "timesteps", timesteps, ["per-sample", "per-batch"]);
  checkOneOf("diffusion", "network.kind", network.kind, ["mlp", "unet"]);
  if (classes !== null) checkCount("diffusion", "classes", classes, 2);
  if (!(withheld >= 0 && withheld < 1))
    throw new CredenceError(
      "out-of-range",
      { function: "diffusion", argument: "withheld", value: withheld },
      "must lie in [0, 1).",
    );
  checkGuidance("diffusion", guidance);
  return { steps, schedule, predict, timesteps, network, shape, classes, withheld, guidance };
}

async function train(
  settings: DiffusionSettings,
  givenData: Rows,
  givenLabels: ArrayLike<number> | null,
  training: EpochOptions,
) {
  const { classes, withheld } = settings;
  const data = toMatrix(fn, "data", givenData);
  const shape = settings.shape ?? [data.columns];
  if (sizeOf(shape) !== data.columns)
    throw new CredenceError(
      "shape-mismatch",
      { function: fn, argument: "data" },
      `has ${data.columns} columns, but the shape [${shape.join(", ")}] holds ${sizeOf(shape)} values.`,
    );
  const labels =
    classes === null ? null : toLabels(fn, "labels", givenLabels ?? [], data.rows, classes).labels;
  const identity = fingerprint(labels ? [data.data, labels] : [data.data]);
  const span = settings.shape ? data.columns / shape[0] : 1;
  const scale = scaleOf(data, span);
  standardise(data, scale);

  const { epochs = 100, batchSize = 128 } = training;
  const steps = epochs * Math.max(1, Math.floor(data.rows / Math.min(batchSize, data.rows)));
  const weights = createWeights(training.seed ?? 0);
  const fitted = await trainEpochs(
    {
      fn,
      rows: data.rows,
      weights,
      loss(rows) {
        const clean = gather(parameter("data", [data.rows, ...shape], data.data), rows);
        const condition: Condition | null = labels && {
          label: gather(parameter("labels", [data.rows], labels, "int64"), rows),
          told: cast(greater(noise([rows.shape[0], 1], { kind: "uniform" }), withheld), "float32"),
          classes: classes as number,
        };
        const { noisy, time, target } = noised(clean, settings);
        const scope = weights.scope({ training: true });
        return squaredError(denoise(scope, noisy, time, condition, settings.network), target);
      },
      identity: [identity, settings],
    },
    { averageDecay: Math.max(0, Math.min(0.9999, 1 - 10 / steps)), ...training },
    epochs,
  );

  const condition = classes && {
    label: input("label", [1], "int64"),
    told: input("told", [1, 1]),
    classes,
  };
  const time = input("time", [1, 1]);
  const x = reshape(input("x", [1, data.columns]), [1, ...shape]);
  const output = denoise(weights.scope({ training: false }), x, time, condition || null, settings.network);
  const { model } = emit(
    { output: reshape(output, [1, data.columns]) },
    { batch: "rows", values: fitted.values },
  );
  const onnx = encodeModel(model);
  const facts = {
    ...settings,
    features: data.columns,
    channels: channelsOf(data, scale, span),
    training: { data: identity, ...fitted.facts },
    history: fitted.history,
  };
  const estimator = await openStartEstimator(onnx, facts);
  try {
    return {
      onnx,
      card: { ...facts, errors: await measureErrors(estimator, data, labels, training.seed ?? 0) },
    };
  } finally {
    await estimator.release();
  }
}

/** Clean samples [N, …] with noise of random times: what the network sees, and what it should say. */
function noised(clean: Tensor, { steps, schedule, predict, timesteps }: DiffusionSettings) {
  const n = clean.shape[0];
  const drawn = noise([timesteps === "per-batch" ? 1 : n, 1], { kind: "uniform" });
  // Uniform numbers of 32 bits may round to 1.
  const index = expand(minimum(floor(mul(drawn, steps)), steps - 1), [n, 1]);
  const shares = signalShares(schedule, steps).subarray(1);
  const places = [n, ...clean.shape.slice(1).map(() => 1)];
  const at = (values: Float64Array) =>
    reshape(gather(constant(values, [steps]), cast(index, "int64")), places);
  const [signal, drowned] = [at(shares.map(Math.sqrt)), at(shares.map((share) => Math.sqrt(1 - share)))];
  const added = noise(clean.shape, { kind: "normal" });
  return {
    noisy: add(mul(signal, clean), mul(drowned, added)),
    time: div(add(index, 1), steps),
    target: predict === "noise" ? added : sub(mul(signal, added), mul(drowned, clean)),
  };
}

/** Scale and range of each channel; a channel is a column where there is no shape. */
function channelsOf({ data, columns }: FloatMatrix, { mean, deviation }: Scale, span: number) {
  const count = columns / span;
  const low = new Array<number>(count).fill(Infinity);
  const high = new Array<number>(count).fill(-Infinity);
  data.forEach((value, i) => {
    const channel = Math.floor((i % columns) / span);
    low[channel] = Math.min(low[channel], value);
    high[channel] = Math.max(high[channel], value);
  });
  return low.map((_, c) => ({
    mean: mean[c * span],
    deviation: deviation[c * span],
    low: low[c],
    high: high[c],
  }));
}
