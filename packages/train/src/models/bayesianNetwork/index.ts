export {
  type BayesianNetworkDefinition,
  type BayesianNetworkOptions,
  type BayesianNetworkProgress,
  type BayesianNetworkTraining,
  bayesianNetwork,
  type EdgeStrength,
} from "./bayesianNetwork.js";
export type {
  Assignment,
  BayesianEstimateOptions,
  BayesianNetwork,
  BayesianNetworkCard,
} from "./bayesianNetworkModel.js";
export { type Cpdag, cpdagOf, structuralHammingDistance } from "./cpdag.js";
export type { Edge } from "./graph.js";
export type { DiscreteFamily, Family, GaussianFamily, Network } from "./network.js";
export type { Posterior, PosteriorCell, PosteriorComponent } from "./posterior.js";
export type { Cell, ColumnOptions, Level, Table, Variable } from "./table.js";
