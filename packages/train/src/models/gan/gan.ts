import { encodeModel, type TensorData, tensorData } from "@credence/runtime";
import { fingerprint } from "credence/estimate";
import {
  CredenceError,
  checkCount,
  checkOneOf,
  createRandom,
  type Matrix,
  sampleNormal,
  shuffle,
} from "credence/numeric";
import {
  add,
  constant,
  div,
  emit,
  gather,
  input,
  mul,
  noise,
  parameter,
  sub,
  type Tensor,
} from "../../graph/index.js";
import type { LossPoint, Progress } from "../../loop/index.js";
import { hinge, nonSaturating, r1Penalty } from "../../loss/index.js";
import { createWeights } from "../../nn/index.js";
import { checkBody, classRows } from "../bodies.js";
import { type FloatMatrix, type Rows, scaleOf, standardise, toLabels, toMatrix } from "../rows.js";
import { type EpochOptions, trainEpochs } from "../trainEpochs.js";
import { compareWith, type GanWarning, warningsOf } from "./diversity.js";
import type { GanFacts } from "./ganCard.js";
import { type ConditionalGan, type Gan, openConditionalGan, openGan } from "./ganModel.js";
import { DISCRIMINATOR, type GanArchitecture, GENERATOR, generated, judged } from "./ganNet.js";

export interface GanOptions extends GanArchitecture {
  /** Weight of the R1 penalty, which keeps the game stable; 0: none. Default 1. */
  r1?: number;
  /** Default "non-saturating". */
  loss?: "non-saturating" | "hinge";
}

/** What `onProgress` hears. */
export interface GanProgress extends Progress {
  /** What the latest point of the loss curve warns of. */
  readonly warnings: readonly GanWarning[];
}

export interface GanTraining extends Omit<EpochOptions, "onProgress"> {
  /** Called after every step; what it throws stops the training. */
  onProgress?: (progress: GanProgress) => void;
}

/** An adversarial network that is not trained yet. */
export interface GanDefinition {
  /**
   * Trains on rows. The loss curve holds the generator's loss, the discriminator's beside it; as validation loss the energy
   * distance between samples and rows of the data, and their diversity.
   *
   * The generator keeps a moving average of its weights (`averageDecay`, default 0.999 where training is long enough).
   * @throws CredenceError for data that is not finite, shapes that do not match; "too-few" for fewer than 6 rows;
   * "diverged" where a loss does, naming the step and the layer. An aborted signal rejects with its reason.
   */
  train(data: Rows, options?: GanTraining): Promise<Gan>;
}

/** The same given a class. */
export interface ConditionalGanDefinition {
  /** Trains on rows and their labels 0 … classes − 1; otherwise as {@link GanDefinition.train}. */
  train(data: Rows, labels: ArrayLike<number>, options?: GanTraining): Promise<ConditionalGan>;
}

/**
 * A generative adversarial network (Goodfellow et al. 2014), kept stable by the R1 penalty (Mescheder, Geiger & Nowozin
 * 2018). It draws samples and knows no probabilities. With `classes` it draws samples of a class, and training takes
 * labels. Samples that are much alike are measured during training and warned of.
 * @example
 * ```ts
 * import { gan } from "@credence/train/models";
 * const data = Float32Array.from({ length: 400 }, (_, i) => Math.sin(i >> 1) + (i % 2));
 * const model = await gan({ latent: 2, hidden: [16] }).train({ data, rows: 200, columns: 2 }, { epochs: 5, seed: 1 });
 * const samples = await model.sample(3, { seed: 2 });
 * await model.release();
 * [samples.rows, samples.columns]; // → [3, 2]
 * ```
 */
export function gan(options: GanOptions & { classes: number }): ConditionalGanDefinition;
export function gan(options: GanOptions & { classes?: undefined }): GanDefinition;
export function gan({ classes, ...options }: GanOptions & { classes?: number }) {
  if (classes === undefined)
    return {
      async train(data: Rows, training: GanTraining = {}) {
        const { files, card } = await train(options, data, null, training);
        return openGan(files, { kind: "gan", ...card });
      },
    };
  return {
    async train(data: Rows, labels: ArrayLike<number>, training: GanTraining = {}) {
      const { files, card } = await train(options, data, { labels, classes }, training);
      return openConditionalGan(files, { kind: "conditionalGan", classes, ...card });
    },
  };
}

const fn = "gan.train";
/** Rows and samples compared after each epoch. */
const COMPARED = 300;

async function train(
  options: GanOptions,
  givenData: Rows,
  given: { labels: ArrayLike<number>; classes: number } | null,
  training: GanTraining,
): Promise<{ files: { [name: string]: Uint8Array }; card: GanFacts }> {
  const { latent, r1 = 1, loss: kind = "non-saturating" } = options;
  const { seed = 0, onProgress } = training;
  checkCount(fn, "latent", latent);
  checkOneOf(fn, "loss", kind, ["non-saturating", "hinge"]);
  if (!(r1 >= 0 && Number.isFinite(r1)))
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument: "r1", value: r1 },
      "must be 0 or more.",
    );
  const data = toMatrix(fn, "data", givenData);
  if (data.rows < 6)
    throw new CredenceError(
      "too-few",
      { function: fn, argument: "data", value: data.rows },
      "at least 6 rows are needed, to compare samples with.",
    );
  const labels = given && toLabels(fn, "labels", given.labels, data.rows, given.classes).labels;
  const { columns } = data;
  checkBody(fn, options, columns);
  const identity = fingerprint([data.data, labels ?? []]);
  const span = options.shape ? columns / options.shape[0] : 1;
  const scale = scaleOf(data, span);
  standardise(data, scale);

  const weights = { generator: createWeights(seed), discriminator: createWeights(seed + 0.5) };
  const generator = weights.generator.scope({ training: true });
  const discriminator = weights.discriminator.scope({ training: true });
  const draw = (z: Tensor, classes: Tensor | null) =>
    generated(
      generator,
      z,
      options,
      columns,
      classes && given ? classRows(classes, given.classes) : undefined,
    );
  const judge = (x: Tensor, classes: Tensor | null) =>
    judged(
      discriminator,
      x,
      options,
      classes && given ? { labels: classes, classes: given.classes } : undefined,
    );

  let discriminatorLoss: Tensor;
  const oneRow = {
    x: input("x", [1, columns]),
    z: input("z", [1, latent]),
    classes: given && input("classes", [1], "int64"),
  };
  const compared = comparedRows(data, labels, seed);
  const diversityOf = compareWith(compared, compared.classes);
  const fixed = latentFeeds(compared.rows, latent, compared.classes, seed);
  const fitted = await trainEpochs(
    {
      fn,
      rows: data.rows,
      weights: weights.generator,
      loss(rows) {
        // The data go to the worker once; each step is told which rows to take.
        const x = gather(parameter("data", [data.rows, columns], data.data), rows);
        const classes = labels && gather(parameter("labels", [data.rows], labels, "int64"), rows);
        const real = judge(x, classes).logits;
        const fake = judge(draw(noise([rows.shape[0], latent], { kind: "normal" }), classes), classes).logits;
        const losses = (kind === "hinge" ? hinge : nonSaturating)(real, fake);
        const penalty = r1 > 0 ? r1Penalty(real, x, r1) : 0;
        discriminatorLoss = add(losses.discriminator, penalty);
        return losses.generator;
      },
      players: () => ({
        discriminator: { loss: discriminatorLoss, parameters: weights.discriminator.parameters() },
      }),
      validation: {
        output: draw(oneRow.z, oneRow.classes),
        async loss(run) {
          const { data: drawn } = await run(fixed);
          const samples = { data: drawn as Float32Array, rows: compared.rows, columns };
          const { energyDistance, ...measures } = diversityOf(samples);
          return { loss: energyDistance, measures };
        },
      },
      // Momentum makes the players run past each other (Mescheder, Geiger & Nowozin 2018, app. G).
      adam: { beta1: 0, beta2: 0.99 },
      identity: [identity, options, given?.classes],
    },
    {
      ...training,
      averageDecay: training.averageDecay ?? defaultDecay(training, data.rows),
      onProgress:
        onProgress && ((progress) => onProgress({ ...progress, warnings: latest(progress.history) })),
    },
    40,
  );

  const { values } = fitted;
  const write = (outputs: { [name: string]: Tensor }) =>
    encodeModel(emit(outputs, { batch: "rows", values }).model);
  const [shift, factor] = [scale.mean, scale.deviation].map((list) => constant(list, [columns]));
  const samples = add(mul(draw(oneRow.z, oneRow.classes), factor), shift);
  const point = bestPoint(fitted.history, training.patience !== undefined);
  return {
    files: {
      [GENERATOR]: write({ samples }),
      [DISCRIMINATOR]: write(judge(div(sub(oneRow.x, shift), factor), oneRow.classes)),
    },
    card: {
      latent,
      features: columns,
      scale: { mean: perRun(scale.mean, span), deviation: perRun(scale.deviation, span) },
      options,
      diversity: {
        spread: point.measures?.spread as number,
        coverage: point.measures?.coverage as number,
        energyDistance: point.validation as number,
      },
      warnings: warningsOf(point),
      training: { data: identity, ...fitted.facts },
      history: fitted.history,
    },
  };
}

/** The first of each run of so many equal values. */
const perRun = (values: Float32Array, span: number): number[] =>
  Array.from(values).filter((_, i) => i % span === 0);

/** The point of the loss curve that the returned weights belong to. */
function bestPoint(history: readonly LossPoint[], returnsToBest: boolean): LossPoint {
  const last = history[history.length - 1];
  if (!returnsToBest) return last;
  return history.reduce(
    (best, p) => ((p.validation as number) < (best.validation as number) ? p : best),
    last,
  );
}

const latest = (history: readonly LossPoint[]): GanWarning[] => {
  const point = history.at(-1);
  return point ? warningsOf(point) : [];
};

/** An average over about a tenth of the steps, at most over 1000. */
function defaultDecay({ epochs = 40, batchSize = 128 }: GanTraining, rows: number): number {
  const steps = epochs * Math.floor(rows / Math.min(batchSize, rows));
  return 1 - 1 / Math.min(1000, Math.max(1, steps / 10));
}

/** Some rows of the data, and their classes. */
function comparedRows(data: FloatMatrix, labels: Int32Array | null, seed: number) {
  const order = shuffle(
    createRandom(seed),
    Int32Array.from({ length: data.rows }, (_, i) => i),
  );
  const chosen = order.subarray(0, COMPARED);
  const taken = new Float32Array(chosen.length * data.columns);
  chosen.forEach((row, i) => {
    taken.set(data.data.subarray(row * data.columns, (row + 1) * data.columns), i * data.columns);
  });
  const classes = labels && Int32Array.from(chosen, (row) => labels[row]);
  return { data: taken, rows: chosen.length, columns: data.columns, classes } satisfies Matrix & {
    classes: Int32Array | null;
  };
}

function latentFeeds(
  rows: number,
  latent: number,
  classes: Int32Array | null,
  seed: number,
): { [name: string]: TensorData } {
  const random = createRandom(seed);
  const z = Float32Array.from({ length: rows * latent }, () => sampleNormal(random));
  return {
    z: tensorData("float32", [rows, latent], z),
    ...(classes && { classes: tensorData("int64", [rows], classes) }),
  };
}
