export * from "./deepEnsemble.js";
export * from "./laplace.js";
export * from "./mcDropout.js";
export type { Predictive, PredictiveOptions } from "./predictive.js";
export { type MemberOptions, trainMembers } from "./trainMembers.js";
