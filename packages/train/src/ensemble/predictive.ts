import { decomposeEntropy, type EntropyDecomposition } from "credence/ensemble";
import type { Matrix } from "credence/numeric";
import type { Rows } from "../models/rows.js";

/** How a prediction is made. */
export interface PredictiveOptions {
  /** Seed of what is drawn. Default 0. */
  seed?: number;
  signal?: AbortSignal;
}

/** A prediction averaged over models: those of an ensemble, or draws from a posterior of the weights. */
export interface Predictive {
  /** The mean probability of each class (columns) for each row. */
  predict(x: Rows, options?: PredictiveOptions): Promise<Matrix>;
  /** The probabilities by each model. */
  predictMembers(x: Rows, options?: PredictiveOptions): Promise<Matrix[]>;
  /** The entropy of each row's prediction in nats: total = aleatoric (mean of the models) + epistemic (their disagreement). */
  uncertainty(x: Rows, options?: PredictiveOptions): Promise<EntropyDecomposition<Float64Array>>;
}

/** The rest follows from the members. */
export function predictive(predictMembers: Predictive["predictMembers"]): Predictive {
  return {
    predictMembers,
    predict: async (x, options) => meanOf(await predictMembers(x, options)),
    uncertainty: async (x, options) => decomposeEntropy(await predictMembers(x, options)),
  };
}

function meanOf(members: readonly Matrix[]): Matrix {
  const [{ rows, columns }] = members;
  const data = new Float64Array(rows * columns);
  for (const member of members)
    for (let i = 0; i < data.length; i++) data[i] += member.data[i] / members.length;
  return { data, rows, columns };
}
