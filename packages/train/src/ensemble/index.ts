export type { Predictive, PredictiveOptions } from "../models/predictive.js";
export * from "./deepEnsemble.js";
export * from "./ensembleOf.js";
export * from "./laplace.js";
export * from "./mcDropout.js";
export type { ConditionalTransformerEnsemble, TransformerEnsemble } from "./sequenceEnsemble.js";
export { type SwagDefinition, type SwagOptions, swag } from "./swag.js";
export { type MemberOptions, trainMembers } from "./trainMembers.js";
