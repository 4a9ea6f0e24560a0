import { setImmediate as breathe } from "node:timers/promises";
import { encodeModel, sizeOf, type TensorData, type Tensors } from "@credence/runtime";
import { fingerprint } from "credence/estimate";
import { CredenceError } from "credence/numeric";
import {
  constant,
  div,
  emit,
  gather,
  input,
  parameter,
  softmax,
  sub,
  type Tensor,
  type Updates,
} from "../../graph/index.js";
import type { Fitted } from "../../loop/index.js";
import { crossEntropy, focal } from "../../loss/index.js";
import { createWeights } from "../../nn/index.js";
import { takeRows } from "../epochs.js";
import {
  type FloatMatrix,
  type Rows,
  type Scale,
  scaleOf,
  standardise,
  toLabels,
  toMatrix,
} from "../rows.js";
import { type EpochFit, type EpochOptions, trainEpochs } from "../trainEpochs.js";
import { type Classifier, type ClassifierCard, createClassifier } from "./classifierModel.js";
import { type Architecture, networkOf } from "./classifierNet.js";

export interface ClassifierOptions extends Architecture {
  /** Number of classes. Default: the largest label + 1. */
  classes?: number;
  /** What is made small. Default "cross-entropy". */
  loss?: "cross-entropy" | "focal";
  /** Share of the target spread over all classes, in [0, 1); with cross-entropy. Default 0. */
  labelSmoothing?: number;
  /** The focal loss's exponent. Default 2. */
  gamma?: number;
}

export interface ClassifierTraining extends EpochOptions {
  /** Rows held out to measure the log loss after each epoch. */
  validation?: { data: Rows; labels: ArrayLike<number> };
}

/** A classifier that is not trained yet. */
export interface ClassifierDefinition {
  /**
   * Trains on rows and their labels 0 … classes − 1. Inputs are standardised (each column, or each channel where a `shape`
   * is given), which becomes a part of the model.
   * @throws CredenceError for data that is not finite, labels out of range, shapes that do not match; "diverged" where the
   * loss does, naming the step and the layer. An aborted signal rejects with its reason.
   */
  train(data: Rows, labels: ArrayLike<number>, options?: ClassifierTraining): Promise<Classifier>;
}

/**
 * A neural network that gives each class a probability.
 * @example
 * ```ts
 * import { classifier } from "@credence/train/models";
 * const x = [[0, 0], [0, 1], [1, 0], [1, 1]];
 * const model = await classifier({ hidden: [16] }).train(x, [0, 1, 1, 0], { epochs: 200, learningRate: 0.03, seed: 1 });
 * const { data } = await model.predict([[0, 1]]);
 * await model.release();
 * data[1] > 0.9; // → true
 * ```
 */
export function classifier(options: ClassifierOptions = {}): ClassifierDefinition {
  return {
    async train(data, labels, training = {}) {
      const { onnxOf, card, fitted } = await trainClassifier(options, data, labels, training);
      return createClassifier(onnxOf(fitted.values), card);
    },
  };
}

const fn = "classifier.train";

/** What is kept of the weights along the way, beside where they end. */
export interface Keeping extends Pick<EpochFit, "feeds" | "schedule"> {
  /** Kept tensors and their next values, from the parameters. */
  readonly updates: (parameters: readonly Tensor[]) => Updates;
  /** What tells this training from one that keeps something else. */
  readonly identity: unknown;
}

/** The training itself; weights other than those it ends with can be written out too. */
export async function trainClassifier(
  options: ClassifierOptions,
  givenData: Rows,
  givenLabels: ArrayLike<number>,
  training: ClassifierTraining,
  keeping?: Keeping,
): Promise<{ fitted: Fitted; card: ClassifierCard; onnxOf(values: Tensors): Uint8Array }> {
  const { validation, seed = 0 } = training;
  if (options.loss === "focal" && options.labelSmoothing)
    throw new CredenceError(
      "unknown-option",
      { function: fn, argument: "labelSmoothing", value: options.labelSmoothing },
      'goes with the loss "cross-entropy"; the focal loss softens by its gamma.',
    );
  const data = toMatrix(fn, "data", givenData);
  const { labels, classes } = toLabels(fn, "labels", givenLabels, data.rows, options.classes);
  const shape = sampleShape(options, data.columns);
  // Each of these goes through all data: the event loop gets a turn in between.
  await breathe();
  const identity = fingerprint([data.data, labels]);
  await breathe();
  const scale = scaleOf(data, options.shape ? data.columns / shape[0] : 1);
  await breathe();
  standardise(data, scale);
  await breathe();
  const held = validation && holdOut(validation, data.columns, classes, scale);

  const weights = createWeights(seed);
  const network = (x: Tensor, isTraining: boolean) =>
    networkOf(weights.scope({ training: isTraining }), x, options, classes);
  const updates = new Map<Tensor, Tensor>();
  const fitted = await trainEpochs(
    {
      ...keeping,
      fn,
      rows: data.rows,
      weights,
      updates,
      loss(rows) {
        // The data go to the worker once; each step is told which rows to take.
        const x = gather(parameter("data", [data.rows, ...shape], data.data), rows);
        const targets = gather(parameter("labels", [data.rows], labels, "int64"), rows);
        const output = network(x, true).logits;
        for (const [kept, next] of keeping?.updates(weights.parameters()) ?? []) updates.set(kept, next);
        return options.loss === "focal"
          ? focal(output, targets, options)
          : crossEntropy(output, targets, options);
      },
      validation: held && {
        output: network(input("x", [1, ...shape]), false).logits,
        loss: (run) => logLoss(held, (part) => run({ x: part })),
      },
      identity: [identity, options, keeping?.identity],
    },
    training,
    10,
  );

  // What users feed is standardised inside the model.
  const raw = input("x", [1, ...shape]);
  const constants = [scale.mean, scale.deviation].map((values) => constant(values, shape));
  const { logits, embeddings } = network(div(sub(raw, constants[0]), constants[1]), false);
  const outputs = { logits, probabilities: softmax(logits), embeddings };
  return {
    fitted,
    onnxOf: (values) => encodeModel(emit(outputs, { batch: "rows", values }).model),
    card: {
      kind: "classifier",
      classes,
      features: data.columns,
      options,
      training: { data: identity, ...fitted.facts },
      history: fitted.history,
    },
  };
}

function sampleShape({ shape }: ClassifierOptions, columns: number): readonly number[] {
  if (!shape) return [columns];
  if (sizeOf(shape) !== columns)
    throw new CredenceError(
      "shape-mismatch",
      { function: fn, argument: "data" },
      `has ${columns} columns, but the shape [${shape.join(", ")}] holds ${sizeOf(shape)} values.`,
    );
  return shape;
}

/** The rows held out, checked and standardised like the others. */
function holdOut(
  validation: { data: Rows; labels: ArrayLike<number> },
  columns: number,
  classes: number,
  scale: Scale,
) {
  const data = toMatrix(fn, "validation.data", validation.data);
  if (data.columns !== columns)
    throw new CredenceError(
      "shape-mismatch",
      { function: fn, argument: "validation.data" },
      `has ${data.columns} columns, but data has ${columns}.`,
    );
  const { labels } = toLabels(fn, "validation.labels", validation.labels, data.rows, classes);
  standardise(data, scale);
  return { data, labels };
}

/** The mean log loss of rows, from their logits. */
async function logLoss(
  { data, labels }: { data: FloatMatrix; labels: Int32Array },
  logitsFor: (x: TensorData) => Promise<TensorData>,
): Promise<number> {
  let total = 0;
  for (let from = 0; from < data.rows; from += EVALUATED_TOGETHER) {
    const rows = range(from, Math.min(from + EVALUATED_TOGETHER, data.rows));
    const logits = (await logitsFor(takeRows(data, rows))).data as Float32Array;
    const classes = logits.length / rows.length;
    rows.forEach((row, i) => {
      const own = logits.subarray(i * classes, (i + 1) * classes);
      const most = Math.max(...own);
      total += most + Math.log(own.reduce((sum, z) => sum + Math.exp(z - most), 0)) - own[labels[row]];
    });
  }
  return total / data.rows;
}

const EVALUATED_TOGETHER = 512;

const range = (from: number, to: number) => Int32Array.from({ length: to - from }, (_, i) => from + i);
