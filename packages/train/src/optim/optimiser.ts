import type { Tensor } from "../graph/index.js";

/** A rule that turns gradients into new parameters. */
export interface Optimiser {
  readonly name: string;
  /** The rule in the graph: new values for the parameters and for the optimiser's own memory. */
  updates(parameters: readonly Tensor[], gradients: readonly Tensor[]): Map<Tensor, Tensor>;
  /** The numbers that the rule needs at a step (from 0), fed under their names. */
  scalars(step: number, learningRate: number): { [name: string]: number };
}
