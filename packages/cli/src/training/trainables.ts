import type * as models from "@credence/train/models";
import type { DataNeeds, TrainingData } from "./trainingData.js";

type Models = typeof models;

/** A model that was trained and can be written to a folder. */
interface Saveable {
  save(directory: string): Promise<void>;
  release?(): Promise<void>;
}

/** How one kind of model is trained from a file. */
export interface Trainable extends DataNeeds {
  /** The options of the model that --set may give. */
  readonly options: readonly string[];
  train(models: Models, data: TrainingData, options: never, training: models.EpochOptions): Promise<Saveable>;
}

/** A model of rows that may be told their class. */
function generator(make: (models: Models, options: never) => unknown, options: readonly string[]): Trainable {
  return {
    data: "rows",
    label: "may",
    options,
    train(models, data, given, training) {
      const { matrix, labels, classes } = data.rows();
      // With classes the model becomes p(x | y).
      const definition = make(models, {
        ...(given as object),
        ...(classes && { classes: classes.length }),
      } as never) as { train(...args: unknown[]): Promise<Saveable> };
      return labels ? definition.train(matrix, labels, training) : definition.train(matrix, training);
    },
  };
}

const BODY = ["hidden", "convolutions", "shape"];

/** The kinds of models that `credence train` knows, by name. */
export const TRAINABLES: { readonly [name: string]: Trainable } = {
  classifier: {
    data: "rows",
    label: "must",
    options: [...BODY, "dropout", "loss", "labelSmoothing", "gamma"],
    train(models, data, options, training) {
      const { matrix, labels, classes } = data.rows();
      return models
        .classifier({ ...(options as object), classes: classes?.length })
        .train(matrix, labels as Int32Array, training);
    },
  },
  "bayesian-classifier": {
    data: "rows",
    label: "must",
    options: ["hidden", "priorDeviation"],
    train(models, data, options, training) {
      const { matrix, labels, classes } = data.rows();
      return models
        .bayesianClassifier({ ...(options as object), classes: classes?.length })
        .train(matrix, labels as Int32Array, training);
    },
  },
  vae: generator((models, options) => models.vae(options), [...BODY, "latent", "beta", "likelihood"]),
  gan: generator((models, options) => models.gan(options), [...BODY, "latent", "r1", "loss"]),
  flow: generator(
    (models, options) => models.flow(options),
    ["couplings", "layers", "hidden", "bins", "tail", "dequantise"],
  ),
  diffusion: generator(
    (models, options) => models.diffusion(options),
    ["steps", "schedule", "predict", "network", "shape", "timesteps", "withheld", "guidance"],
  ),
  "bayesian-network": {
    data: "rows",
    label: "may",
    options: ["structure", "discrete", "maxParents", "equivalentSampleSize"],
    async train(models, data, options, { seed, signal }) {
      return models.bayesianNetwork(options).train(data.table(), { seed, signal });
    },
  },
  transformer: {
    data: "text",
    label: "never",
    options: ["layers", "width", "heads", "context", "dropout", "tokens", "vocabularySize", "overflow"],
    train(models, data, options, training) {
      const { lines, pairs } = data.text();
      const definition = models.transformer(options);
      return pairs ? definition.train(pairs, training) : definition.train(lines, training);
    },
  },
  forecaster: {
    data: "series",
    label: "never",
    options: ["context", "hidden", "head", "components", "levels", "latent"],
    async train(models, data, options, training) {
      return models.forecaster({ context: 7, ...(options as object) }).train(data.series(), training);
    },
  },
};
