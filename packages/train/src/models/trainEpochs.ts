import { CredenceError, checkCount, checkOneOf } from "credence/numeric";
import { type Feeds, input, type Tensor, type Updates } from "../graph/index.js";
import { type Fitted, fit, type Player, type TrainOptions, type Validation } from "../loop/index.js";
import type { Weights } from "../nn/index.js";
import {
  type AdamOptions,
  adam,
  adamW,
  constantRate,
  cosine,
  type Schedule,
  warmup,
} from "../optim/index.js";
import { batches } from "./epochs.js";

/** Options of training a model on rows. */
export interface EpochOptions extends TrainOptions {
  /** Times to go through the data. Default: the model's. */
  epochs?: number;
  /** Rows of one step. Default 128, or all rows where there are fewer. */
  batchSize?: number;
  /** At the start. Default 1e-3. */
  learningRate?: number;
  /** How the learning rate falls: to 0 along half a cosine, or not at all. Default "cosine". */
  decay?: "cosine" | "none";
  /** Steps along which the learning rate first rises to that. Default 0. */
  warmup?: number;
  /** Decoupled weight decay (AdamW). Default 0. */
  weightDecay?: number;
  /** Largest norm of the gradient. Default: no limit. */
  clip?: number;
  /** Decay of a moving average of the weights, which is then the model. Default: none. */
  averageDecay?: number;
  /** Epochs without a better validation loss after which to stop, and return to the best. Default: never. */
  patience?: number;
}

/** What is trained. */
export interface EpochFit {
  /** The function to name in errors. */
  readonly fn: string;
  /** Rows of the data. */
  readonly rows: number;
  /** Where `loss` keeps its parameters. */
  readonly weights: Weights;
  /** The loss of a step, from the indices of its rows, an int64 tensor of [batchSize]. */
  readonly loss: (rows: Tensor) => Tensor;
  /** Further players, where it is a game of several; asked for after `loss` was called. */
  readonly players?: () => { readonly [name: string]: Player };
  /** Other kept tensors that change at every step; read after `loss` was called. */
  readonly updates?: Updates;
  readonly validation?: Validation;
  /** Constants of Adam, where they are not the usual ones. */
  readonly adam?: AdamOptions;
  /** In place of the option `decay`. */
  readonly schedule?: Schedule;
  /** Further inputs of a step, which depend on the step alone. */
  readonly feeds?: (step: number, perEpoch: number) => Feeds;
  /** What tells this training from others, for its checkpoints: the data's fingerprint and all options of the model. */
  readonly identity: unknown;
}

/** Facts of a training, for the card. */
export interface TrainingFacts {
  readonly rows: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly seed: number;
  readonly steps: number;
}

/** Trains by Adam, going through the rows in an order of its own in each epoch; a point of the loss curve after each. */
export async function trainEpochs(
  {
    fn,
    rows,
    weights,
    loss,
    players,
    updates,
    validation,
    adam: constants,
    schedule,
    feeds,
    identity,
  }: EpochFit,
  training: EpochOptions,
  defaultEpochs: number,
): Promise<Fitted & { facts: TrainingFacts }> {
  const { epochs = defaultEpochs, weightDecay = 0, seed = 0, decay = "cosine" } = training;
  const { learningRate, warmup: warm, clip, averageDecay, patience, threads } = training;
  checkCount(fn, "epochs", epochs);
  checkOneOf(fn, "decay", decay, ["cosine", "none"]);
  if (warm !== undefined) checkCount(fn, "warmup", warm, 0);
  if (training.batchSize !== undefined) checkCount(fn, "batchSize", training.batchSize);
  const batchSize = Math.min(training.batchSize ?? 128, rows);
  if (!(weightDecay >= 0 && Number.isFinite(weightDecay)))
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument: "weightDecay", value: weightDecay },
      "must be 0 or more.",
    );
  if (schedule && training.decay !== undefined)
    throw new CredenceError(
      "unknown-option",
      { function: fn, argument: "decay", value: training.decay },
      "this training has a course of the learning rate of its own; leave the option out.",
    );
  const course = schedule ?? (decay === "none" ? constantRate : cosine());
  const { perEpoch, rowsAt } = batches(rows, batchSize, seed);
  const lost = loss(input("rows", [batchSize], "int64"));
  const how = { seed, threads, learningRate, clip, averageDecay, patience };
  const { memoryLimit, signal, checkpoint, onProgress } = training;
  const fitted = await fit({
    ...how,
    memoryLimit,
    signal,
    checkpoint,
    onProgress,
    loss: lost,
    parameters: weights.parameters(),
    players: players?.(),
    updates,
    optimiser: weightDecay > 0 ? adamW({ ...constants, weightDecay }) : adam(constants),
    schedule: warm ? warmup(warm, course) : course,
    steps: epochs * perEpoch,
    every: perEpoch,
    batch: (step) => ({ rows: rowsAt(step), ...feeds?.(step, perEpoch) }),
    validation,
    identity: JSON.stringify([fn, identity, epochs, batchSize, weightDecay, warm, decay, how]),
  });
  return { ...fitted, facts: { rows, epochs, batchSize, seed, steps: fitted.steps } };
}
