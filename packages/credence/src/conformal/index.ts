export {
  type AdaptiveConformal,
  type AdaptiveConformalOptions,
  adaptiveConformal,
  type OnlineConformalOptions,
} from "./adaptiveConformal.js";
export * from "./aggregatedAdaptive.js";
export * from "./aps.js";
export * from "./benjaminiHochberg.js";
export type { ClusterOptions } from "./classClusters.js";
export type {
  ClassificationMethod,
  ClassificationOptions,
  ConformalClassifier,
  PredictSetsOptions,
  RandomisedOptions,
} from "./classMethod.js";
export * from "./combinePValues.js";
export * from "./conditionalConformal.js";
export * from "./conformalFactuality.js";
export * from "./conformalLanguageModel.js";
export * from "./conformalPid.js";
export * from "./conformalRiskControl.js";
export * from "./coverageBy.js";
export * from "./cqr.js";
export {
  type CrossConformal,
  type CrossConformalOptions,
  type CrossCqr,
  crossCqr,
  cvPlus,
  jackknifeMinmax,
  jackknifePlus,
} from "./crossConformal.js";
export * from "./dynamicAdaptive.js";
export * from "./enbpi.js";
export type { ConformalJSON, RecordOptions, StoredFit } from "./fitted.js";
export * from "./fullConformal.js";
export { hoeffdingBentkus } from "./hoeffdingBentkus.js";
export type { Intervals } from "./intervals.js";
export * from "./jackknife.js";
export * from "./lac.js";
export * from "./learnThenTest.js";
export * from "./levelAdaptiveFactuality.js";
export type { LossOptions } from "./losses.js";
export * from "./margin.js";
export * from "./martingale.js";
export {
  type CategoryThresholds,
  type Mondrian,
  type MondrianOptions,
  mondrian,
} from "./mondrian.js";
export * from "./multivariate.js";
export * from "./onlineConformal.js";
export { type OnlineRun, type OnlineThreshold, runOnline } from "./onlineThreshold.js";
export * from "./predictiveSystem.js";
export { type ConformalPValueOptions, conformalPValues } from "./pValues.js";
export {
  type CategoryThreshold,
  type ConformalQuantileOptions,
  type ConformalThreshold,
  conformalQuantile,
  conformalRank,
  conformalThreshold,
  leastCalibrationSize,
} from "./quantile.js";
export { type RapsClassifier, type RapsOptions, raps } from "./raps.js";
export * from "./rcps.js";
export type { RiskTest } from "./riskTests.js";
export * from "./robustConformal.js";
export * from "./saps.js";
export * from "./splitConformal.js";
export * from "./stronglyAdaptive.js";
export * from "./weightedConformal.js";
export * from "./worstSlabCoverage.js";
