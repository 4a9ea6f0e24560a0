// What other rooms need of each other (fit records, influence sums, folds, …) they import from its file; here stands only
// what is for users. `levelOf` and `pointEstimate` are for packages that make their own estimates, such as train.
export { type BettingOptions, bettingLowerBound, bettingUpperBound } from "./bettingBound.js";
export { type BootstrapOptions, bootstrap, bootstrapReplicates } from "./bootstrap.js";
export * from "./bootstrapInterval.js";
export * from "./cellBootstrap.js";
export { meanEstimate } from "./delta.js";
export * from "./designEffect.js";
export * from "./estimate.js";
export type { FitOptions, FitRecord } from "./fitRecord.js";
export * from "./fixedSequence.js";
export * from "./graphTest.js";
export * from "./halfSampleStrata.js";
export * from "./halfSampling.js";
export * from "./jackknife.js";
export {
  jackknifeInterval,
  jackknifeStrata,
  type LeaveOuts,
  type StrataJackknife,
  type StrataJackknifeOptions,
} from "./jackknifeStrata.js";
export {
  clopperPearson,
  clopperPearsonLower,
  clopperPearsonUpper,
  type ProportionOptions,
  proportionEstimate,
  wilson,
} from "./proportion.js";
export { binomialRiskPValue, hoeffdingBentkusPValue } from "./riskPValue.js";
export * from "./simultaneous.js";
export {
  fingerprint,
  type Part,
  type RowsUsed,
  type Split,
  type SplitOptions,
  splitRows,
} from "./split.js";
export type { RowStatistic } from "./statistic.js";
export type { StrataStatistic, Stratum } from "./strata.js";
export { type SumStatistic, sumsBootstrap } from "./sumsBootstrap.js";
