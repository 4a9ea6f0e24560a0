import { openModel, type TensorData } from "@credence/runtime";
import { CredenceError, checkCount, type Matrix, softmaxRows } from "credence/numeric";
import { noise, streamOf } from "../../graph/index.js";
import { draw } from "../../graph/noise.js";
import type { LossPoint } from "../../loop/index.js";
import type { Trained } from "../capabilities.js";
import { type Card, type ModelFiles, saveModel } from "../card.js";
import { type Predictive, type PredictiveOptions, predictive } from "../predictive.js";
import { toMatrix } from "../rows.js";
import { runRows } from "../runRows.js";

/** What a Bayesian neural network looks like. */
export interface BayesianClassifierOptions {
  /** Widths of the hidden layers. Default [64]. */
  hidden?: readonly number[];
  /** Standard deviation of the prior of each weight, above 0. Default 1. */
  priorDeviation?: number;
  /** Number of classes. Default: the largest label + 1. */
  classes?: number;
}

/** What a saved Bayesian neural network says about itself. */
export interface BayesianClassifierCard extends Card {
  readonly kind: "bayesianClassifier";
  readonly classes: number;
  /** Values of one sample. */
  readonly features: number;
  /** How many normal numbers each noise input of the ONNX file takes for one row. */
  readonly noise: { readonly [input: string]: number };
  readonly options: BayesianClassifierOptions;
  readonly training: { readonly [fact: string]: number | string };
  /** The loss curve: minus the evidence lower bound per row, in nats. */
  readonly history: readonly LossPoint[];
}

/** How many draws a prediction takes. */
export interface PassOptions extends PredictiveOptions {
  /** Draws of the weights. Default 20. */
  passes?: number;
}

/** A trained Bayesian neural network, p(y | x) averaged over its weights. Rows see weights drawn independently. */
export interface BayesianClassifier extends Predictive<PassOptions>, Trained<BayesianClassifierCard> {}

/** Opens a Bayesian neural network from its files. */
export const openBayesianClassifier = (
  files: ModelFiles,
  card: BayesianClassifierCard,
): Promise<BayesianClassifier> => createBayesianClassifier(files[MODEL], card);

const MODEL = "model.onnx";

/** A Bayesian neural network from its ONNX file. */
export async function createBayesianClassifier(
  onnx: Uint8Array,
  card: BayesianClassifierCard,
): Promise<BayesianClassifier> {
  const model = await openModel(onnx);
  const fn = "BayesianClassifier.predict";
  return {
    card,
    ...predictive<PassOptions>(async (x, { passes = 20, seed = 0, signal } = {}) => {
      checkCount(fn, "passes", passes);
      const { data, rows, columns } = toMatrix(fn, "x", x);
      if (columns !== card.features)
        throw new CredenceError(
          "shape-mismatch",
          { function: fn, argument: "x" },
          `has ${columns} columns, but the model was trained on ${card.features}.`,
        );
      const members: Matrix[] = [];
      for (let pass = 0; pass < passes; pass++) {
        const random = streamOf(seed, pass);
        const feeds: { [name: string]: TensorData } = {
          x: { type: "float32", shape: [rows, columns], data },
        };
        for (const [name, width] of Object.entries(card.noise))
          feeds[name] = draw(random, noise([rows, width], { kind: "normal" }));
        const { logits } = await runRows(model, feeds, ["logits"], signal);
        const probabilities = Float64Array.from(logits);
        softmaxRows(probabilities, card.classes);
        members.push({ data: probabilities, rows, columns: card.classes });
      }
      return members;
    }),
    save: (directory) => saveModel(directory, { [MODEL]: onnx }, card),
    release: () => model.release(),
  };
}
