import { type Model, openModel, type PredictOptions, type Runtime } from "@credence/runtime";
import { CredenceError, type Matrix, softmaxRows } from "credence/numeric";
import { streamOf } from "../../graph/index.js";
import type { LossPoint } from "../../loop/index.js";
import type { Trained } from "../capabilities.js";
import { type Card, type ModelFiles, saveModel } from "../card.js";
import { type Rows, toMatrix } from "../rows.js";
import type { Architecture } from "./classifierNet.js";

/** What a saved classifier says about itself. */
export interface ClassifierCard extends Card {
  readonly kind: "classifier";
  readonly classes: number;
  /** Values of one sample. */
  readonly features: number;
  readonly options: Architecture;
  readonly training: { readonly [fact: string]: number | string };
  /** The loss curve. */
  readonly history: readonly LossPoint[];
}

/** A trained classifier, p(y | x). */
export interface Classifier extends Trained<ClassifierCard> {
  /** The probability of each class (columns) for each row. */
  predict(x: Rows, options?: PredictOptions): Promise<Matrix>;
  /** The logits, whose softmax the probabilities are; what temperature scaling takes. */
  logits(x: Rows, options?: PredictOptions): Promise<Matrix>;
  /** The activations that the logits are a linear function of: features for novelty and fidelity, one row per row. */
  embeddings(x: Rows, options?: PredictOptions): Promise<Matrix>;
  /**
   * Probabilities with dropout active, one matrix for each pass: their spread is the model's uncertainty (Gal &
   * Ghahramani 2016).
   * @param options `passes`: default 20. `seed`: default 0.
   */
  predictWithDropout(x: Rows, options?: PredictOptions & { passes?: number }): Promise<Matrix[]>;
}

/** Opens a classifier from its files. */
export const openClassifier = (files: ModelFiles, card: ClassifierCard): Promise<Classifier> =>
  createClassifier(files[MODEL], card);

const MODEL = "model.onnx";

/**
 * A classifier from its ONNX file.
 * @param runtime Where to run. Default: a worker of its own.
 */
export async function createClassifier(
  onnx: Uint8Array,
  card: ClassifierCard,
  runtime?: Runtime,
): Promise<Classifier> {
  const plain = await openModel(onnx, { logits: "logits", embeddings: "embeddings", runtime });
  let dropping: Promise<Model> | null = null;

  function rowsOf(fn: string, x: Rows): Matrix {
    const matrix = toMatrix(fn, "x", x);
    if (matrix.columns !== card.features)
      throw new CredenceError(
        "shape-mismatch",
        { function: fn, argument: "x" },
        `has ${matrix.columns} columns, but the classifier was trained on ${card.features}.`,
      );
    return matrix;
  }
  return {
    card,
    predict: async (x, options) =>
      probabilitiesOf(await plain.logits(rowsOf("Classifier.predict", x), options)),
    logits: async (x, options) => plain.logits(rowsOf("Classifier.logits", x), options),
    embeddings: async (x, options) => plain.embeddings(rowsOf("Classifier.embeddings", x), options),
    async predictWithDropout(x, { passes = 20, seed = 0, signal } = {}) {
      const matrix = rowsOf("Classifier.predictWithDropout", x);
      dropping ??= openModel(onnx, { logits: "logits", dropout: "active", runtime });
      const model = await dropping;
      const draws: Matrix[] = [];
      for (let pass = 0; pass < passes; pass++)
        draws.push(
          probabilitiesOf(await model.logits(matrix, { seed: streamOf(seed, pass).uint32(), signal })),
        );
      return draws;
    },
    save: (directory) => saveModel(directory, { [MODEL]: onnx }, card),
    async release() {
      await plain.release();
      await (await dropping)?.release();
    },
  };
}

/** The probabilities of logits, in float64. */
function probabilitiesOf({ data, rows, columns }: Matrix): Matrix {
  const result = Float64Array.from(data);
  softmaxRows(result, columns);
  return { data: result, rows, columns };
}
