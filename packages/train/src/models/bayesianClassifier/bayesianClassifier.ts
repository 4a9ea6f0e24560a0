import { encodeModel } from "@credence/runtime";
import { fingerprint } from "credence/estimate";
import { CredenceError, checkCount } from "credence/numeric";
import {
  add,
  constant,
  div,
  emit,
  gather,
  input,
  mul,
  parameter,
  relu,
  sub,
  type Tensor,
} from "../../graph/index.js";
import { crossEntropy } from "../../loss/index.js";
import { createWeights, type Scope } from "../../nn/index.js";
import { type Rows, scaleOf, standardise, toLabels, toMatrix } from "../rows.js";
import { type EpochOptions, trainEpochs } from "../trainEpochs.js";
import {
  type BayesianClassifier,
  type BayesianClassifierOptions,
  createBayesianClassifier,
} from "./bayesianClassifierModel.js";
import { variationalDense } from "./variationalDense.js";

/** A Bayesian neural network that is not trained yet. */
export interface BayesianClassifierDefinition {
  /**
   * Makes the evidence lower bound large. Inputs are standardised column by column, which becomes a part of the model.
   * @throws CredenceError for data that is not finite, labels out of range; "diverged" where the loss does.
   */
  train(data: Rows, labels: ArrayLike<number>, options?: EpochOptions): Promise<BayesianClassifier>;
}

/**
 * A neural network with a distribution over its weights instead of weights: independent normals, fitted by variational
 * inference, Bayes by backprop (Blundell et al. 2015; Graves 2011). The loss is the mean cross-entropy under drawn weights
 * plus KL(q ‖ prior) / rows. With few rows the prior weighs much, and predictions stay doubtful.
 * @example
 * ```ts
 * import { bayesianClassifier } from "@credence/train/models";
 * const x = [[-2], [-1], [1], [2]];
 * const model = await bayesianClassifier({ hidden: [8] }).train(x, [0, 0, 1, 1], { epochs: 300, learningRate: 0.02 });
 * const { data } = await model.predict([[2]], { seed: 1 });
 * await model.release();
 * data[1] > 0.7; // → true
 * ```
 */
export function bayesianClassifier(options: BayesianClassifierOptions = {}): BayesianClassifierDefinition {
  return { train: (data, labels, training = {}) => train(options, data, labels, training) };
}

const fn = "bayesianClassifier.train";

async function train(
  options: BayesianClassifierOptions,
  givenData: Rows,
  givenLabels: ArrayLike<number>,
  training: EpochOptions,
): Promise<BayesianClassifier> {
  const { hidden = [64], priorDeviation = 1 } = options;
  for (const width of hidden) checkCount(fn, "hidden", width);
  if (!(priorDeviation > 0 && Number.isFinite(priorDeviation)))
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument: "priorDeviation", value: priorDeviation },
      "must be above 0.",
    );
  const data = toMatrix(fn, "data", givenData);
  const { labels, classes } = toLabels(fn, "labels", givenLabels, data.rows, options.classes);
  const identity = fingerprint([data.data, labels]);
  const scale = scaleOf(data);
  standardise(data, scale);

  const weights = createWeights(training.seed);
  const network = (scope: Scope, x: Tensor): { logits: Tensor; divergence: Tensor } => {
    let h = x;
    const divergences = [...hidden, classes].map((units, i) => {
      const last = i === hidden.length;
      const layer = variationalDense(scope, last ? "logits" : `hidden ${i + 1}`, h, units, priorDeviation);
      h = last ? layer.output : relu(layer.output);
      return layer.divergence;
    });
    return { logits: h, divergence: divergences.reduce((a, b) => add(a, b)) };
  };
  const fitted = await trainEpochs(
    {
      fn,
      rows: data.rows,
      weights,
      loss(rows) {
        const x = gather(parameter("data", [data.rows, data.columns], data.data), rows);
        const targets = gather(parameter("labels", [data.rows], labels, "int64"), rows);
        const { logits, divergence } = network(weights.scope({ training: true }), x);
        return add(crossEntropy(logits, targets), mul(divergence, 1 / data.rows));
      },
      identity: [identity, options],
    },
    training,
    20,
  );

  // What users feed is standardised inside the model.
  const raw = input("x", [1, data.columns]);
  const [mean, deviation] = [scale.mean, scale.deviation].map((values) => constant(values, [data.columns]));
  const { logits } = network(weights.scope({ training: false }), div(sub(raw, mean), deviation));
  const { model, noise } = emit({ logits }, { batch: "rows", values: fitted.values });
  return createBayesianClassifier(encodeModel(model), {
    kind: "bayesianClassifier",
    classes,
    features: data.columns,
    noise: Object.fromEntries([...noise].map(([name, { shape }]) => [name, shape[1]])),
    options,
    training: { data: identity, ...fitted.facts },
    history: fitted.history,
  });
}
