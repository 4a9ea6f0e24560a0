import { encodeModel, type TensorData, tensorData } from "@credence/runtime";
import { fingerprint } from "credence/estimate";
import {
  CredenceError,
  checkCount,
  checkOneOf,
  createRandom,
  type Matrix,
  sampleNormal,
} from "credence/numeric";
import {
  add,
  constant,
  div,
  emit,
  exp,
  gather,
  input,
  mean,
  mul,
  noise,
  parameter,
  sigmoid,
  sub,
  type Tensor,
} from "../../graph/index.js";
import { createWeights } from "../../nn/index.js";
import { checkBody, classRows } from "../bodies.js";
import { refuseMissing } from "../missing.js";
import { type Rows, type Scale, scaleOf, standardise, toLabels, toMatrix } from "../rows.js";
import { type EpochOptions, trainEpochs } from "../trainEpochs.js";
import { DECODER, ENCODER } from "./latents.js";
import type { VaeFacts } from "./vaeCard.js";
import { type ConditionalVae, openConditionalVae, openVae, type Vae } from "./vaeModel.js";
import {
  decoded,
  divergence,
  encoded,
  LEAST_LOG_VARIANCE,
  logLikelihood,
  noiseLogVariance,
  type VaeArchitecture,
} from "./vaeNet.js";

export interface VaeOptions extends VaeArchitecture {
  /** Weight of the divergence in the loss, 0 or more (Higgins et al. 2017). Default 1: the bound itself. */
  beta?: number;
}

export interface VaeTraining extends EpochOptions {
  /** Rows held out, whose loss is measured after each epoch. */
  validation?: Rows;
}

export interface ConditionalVaeTraining extends EpochOptions {
  /** Rows held out, whose loss is measured after each epoch. */
  validation?: { data: Rows; labels: ArrayLike<number> };
}

/** A variational autoencoder that is not trained yet. */
export interface VaeDefinition {
  /**
   * Trains on rows. The loss curve holds the negative evidence lower bound per row, in nats, in the units of the data (with
   * `beta`, its divergence weighted).
   * @throws CredenceError "not-finite" for infinite and for missing values, naming row and column;
   * "not-a-probability" for a value outside [0, 1] with the Bernoulli likelihood; "shape-mismatch"; "diverged" where the
   * loss does, naming the step and the layer. An aborted signal rejects with its reason.
   */
  train(data: Rows, options?: VaeTraining): Promise<Vae>;
}

/** The same given a class. */
export interface ConditionalVaeDefinition {
  /** Trains on rows and their labels 0 … classes − 1; otherwise as {@link VaeDefinition.train}. */
  train(data: Rows, labels: ArrayLike<number>, options?: ConditionalVaeTraining): Promise<ConditionalVae>;
}

/**
 * A variational autoencoder (Kingma & Welling 2014; Rezende, Mohamed & Wierstra 2014): latent variables z that are
 * standard normal, a decoder p(x | z), and an encoder q(z | x) that guesses z. With `classes` everything is given the
 * class (Sohn, Lee & Yan 2015), and training takes labels.
 * @example
 * ```ts
 * import { vae } from "@credence/train/models";
 * const data = Float32Array.from({ length: 400 }, (_, i) => Math.sin(i >> 1) + (i % 2));
 * const model = await vae({ latent: 1, hidden: [16] }).train({ data, rows: 200, columns: 2 }, { epochs: 5, seed: 1 });
 * const samples = await model.sample(3, { seed: 2 });
 * const bound = await model.logProbabilityBound([[0.5, 1.5]], { samples: 100 });
 * await model.release();
 * [samples.rows, samples.columns, bound.length]; // → [3, 2, 1]
 * ```
 */
export function vae(options: VaeOptions & { classes: number }): ConditionalVaeDefinition;
export function vae(options: VaeOptions & { classes?: undefined }): VaeDefinition;
export function vae({ classes, ...options }: VaeOptions & { classes?: number }) {
  if (classes === undefined)
    return {
      async train(data: Rows, training: VaeTraining = {}) {
        const held = training.validation && { data: training.validation, labels: null };
        const { files, card } = await train(options, data, null, held, training);
        return openVae(files, { kind: "vae", ...card });
      },
    };
  return {
    async train(data: Rows, labels: ArrayLike<number>, training: ConditionalVaeTraining = {}) {
      const { files, card } = await train(options, data, { labels, classes }, training.validation, training);
      return openConditionalVae(files, { kind: "conditionalVae", classes, ...card });
    },
  };
}

const fn = "vae.train";

async function train(
  options: VaeOptions,
  givenData: Rows,
  given: { labels: ArrayLike<number>; classes: number } | null,
  heldOut: { data: Rows; labels: ArrayLike<number> | null } | undefined,
  training: EpochOptions,
): Promise<{ files: { [name: string]: Uint8Array }; card: VaeFacts }> {
  const { latent, likelihood = "gaussian", beta = 1 } = options;
  const { seed = 0 } = training;
  checkCount(fn, "latent", latent);
  checkOneOf(fn, "likelihood", likelihood, ["gaussian", "bernoulli"]);
  if (!(beta >= 0 && Number.isFinite(beta)))
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument: "beta", value: beta },
      "must be 0 or more.",
    );
  const { data, labels } = checked("data", givenData, "labels", given?.labels ?? null);
  checkBody(fn, options, data.columns);
  const { columns } = data;
  const span = options.shape ? columns / options.shape[0] : 1;
  const identity = fingerprint([data.data, labels ?? []]);
  const isGaussian = likelihood === "gaussian";
  const scale = isGaussian ? scaleOf(data, span) : unscaled(columns);
  const logDeviations = scale.deviation.reduce((sum, d) => sum + Math.log(d), 0);
  standardise(data, scale);

  function checked(argument: string, rows: Rows, labelsArgument: string, theirs: ArrayLike<number> | null) {
    refuseMissing(fn, argument, rows);
    const matrix = toMatrix(fn, argument, rows);
    if (likelihood === "bernoulli") refuseOutsideUnit(argument, matrix);
    const found = given && toLabels(fn, labelsArgument, theirs ?? [], matrix.rows, given.classes);
    return { data: matrix, labels: found?.labels ?? null };
  }

  const weights = createWeights(seed);
  const scope = weights.scope({ training: true });
  const beside = (classes: Tensor | null) =>
    classes && given ? classRows(classes, given.classes) : undefined;
  /** −ELBO of each row, in the units of the data. */
  function losses(x: Tensor, classes: Tensor | null, epsilon: Tensor): Tensor {
    const { center, logVariance } = encoded(scope, x, options, beside(classes));
    const z = add(center, mul(exp(mul(0.5, logVariance)), epsilon));
    const output = decoded(scope, z, options, columns, beside(classes));
    const spread = isGaussian ? noiseLogVariance(scope, columns, span) : null;
    const rate = mul(beta, divergence(center, logVariance));
    return add(sub(rate, logLikelihood(x, output, spread)), logDeviations);
  }
  const oneRow = { x: input("x", [1, columns]), classes: given && input("classes", [1], "int64") };
  const held = heldOut && checked("validation", heldOut.data, "validation.labels", heldOut.labels);
  if (held) {
    if (held.data.columns !== columns)
      throw new CredenceError(
        "shape-mismatch",
        { function: fn, argument: "validation" },
        `has ${held.data.columns} columns, but data has ${columns}.`,
      );
    standardise(held.data, scale);
  }

  const fitted = await trainEpochs(
    {
      fn,
      rows: data.rows,
      weights,
      loss(rows) {
        // The data go to the worker once; each step is told which rows to take.
        const x = gather(parameter("data", [data.rows, columns], data.data), rows);
        const classes = labels && gather(parameter("labels", [data.rows], labels, "int64"), rows);
        return mean(losses(x, classes, noise([rows.shape[0], latent], { kind: "normal" })));
      },
      validation: held && {
        output: losses(oneRow.x, oneRow.classes, input("epsilon", [1, latent])),
        // The same noise every time, so that points of the curve differ by the weights alone.
        loss: async (run) => meanLoss(await run(feedsOf(held, latent, seed))),
      },
      identity: [identity, options, given?.classes],
    },
    training,
    20,
  );

  const { values } = fitted;
  const write = (outputs: { [name: string]: Tensor }) =>
    encodeModel(emit(outputs, { batch: "rows", values }).model);
  const [shift, factor] = [scale.mean, scale.deviation].map((list) => constant(list, [columns]));
  const x = isGaussian ? div(sub(oneRow.x, shift), factor) : oneRow.x;
  const { center, logVariance } = encoded(scope, x, options, beside(oneRow.classes));
  const output = decoded(scope, input("z", [1, latent]), options, columns, beside(oneRow.classes));
  const outputs: { [name: string]: Tensor } = isGaussian
    ? { mean: add(mul(output, factor), shift) }
    : { mean: sigmoid(output), logits: output };
  return {
    files: { [ENCODER]: write({ center, "log variance": logVariance }), [DECODER]: write(outputs) },
    card: {
      latent,
      features: columns,
      likelihood,
      noise: isGaussian ? noiseOf(values["decoder/noise log variance"], scale, span) : [],
      options,
      training: { data: identity, ...fitted.facts },
      history: fitted.history,
    },
  };
}

const unscaled = (columns: number): Scale => ({
  mean: new Float32Array(columns),
  deviation: new Float32Array(columns).fill(1),
});

function refuseOutsideUnit(argument: string, { data, columns }: Matrix): void {
  const bad = Array.prototype.findIndex.call(data, (v: number) => v < 0 || v > 1);
  if (bad >= 0)
    throw new CredenceError(
      "not-a-probability",
      { function: fn, argument, index: bad, value: data[bad] },
      `row ${Math.floor(bad / columns)}, column ${bad % columns} lies outside [0, 1]; rescale it, or take likelihood "gaussian".`,
    );
}

function feedsOf(
  { data, labels }: { data: Matrix; labels: Int32Array | null },
  latent: number,
  seed: number,
): { [name: string]: TensorData } {
  const random = createRandom(seed);
  const epsilon = Float32Array.from({ length: data.rows * latent }, () => sampleNormal(random));
  return {
    x: tensorData("float32", [data.rows, data.columns], data.data),
    epsilon: tensorData("float32", [data.rows, latent], epsilon),
    ...(labels && { classes: tensorData("int64", [data.rows], labels) }),
  };
}

const meanLoss = ({ data }: TensorData): number =>
  (data as Float32Array).reduce((sum, v) => sum + v, 0) / data.length;

/** Standard deviation of the observation noise of each run of columns, in the units of the data. */
const noiseOf = ({ data }: TensorData, { deviation }: Scale, span: number): number[] =>
  Array.from(
    data as Float32Array,
    (v, run) => Math.exp(0.5 * Math.max(v, LEAST_LOG_VARIANCE)) * deviation[run * span],
  );
