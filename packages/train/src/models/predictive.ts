import { decomposeEntropy, type EntropyDecomposition, meanPrediction } from "credence/ensemble";
import type { Matrix } from "credence/numeric";
import type { Rows } from "./rows.js";

/** How a prediction is made. */
export interface PredictiveOptions {
  /** Seed of what is drawn. Default 0. */
  seed?: number;
  signal?: AbortSignal;
}

/** A prediction averaged over models: those of an ensemble, or draws from a posterior of the weights. */
export interface Predictive<O extends PredictiveOptions = PredictiveOptions> {
  /** The mean probability of each class (columns) for each row. */
  predict(x: Rows, options?: O): Promise<Matrix>;
  /** The probabilities by each model. */
  predictMembers(x: Rows, options?: O): Promise<Matrix[]>;
  /** The entropy of each row's prediction in nats: total = aleatoric (mean of the models) + epistemic (their disagreement). */
  uncertainty(x: Rows, options?: O): Promise<EntropyDecomposition<Float64Array>>;
}

/** The rest follows from the members. */
export function predictive<O extends PredictiveOptions>(
  predictMembers: Predictive<O>["predictMembers"],
): Predictive<O> {
  return {
    predictMembers,
    predict: async (x, options) => meanPrediction(await predictMembers(x, options)),
    uncertainty: async (x, options) => decomposeEntropy(await predictMembers(x, options)),
  };
}
