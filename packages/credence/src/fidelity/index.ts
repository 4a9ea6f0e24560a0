export * from "./alphaPrecision.js";
export * from "./authenticity.js";
export { type Balls, ballsOf, createBalls, neighboursForHalves, outerRadii } from "./balls.js";
export * from "./classifierTwoSampleTest.js";
export * from "./cmmd.js";
export * from "./compareGenerators.js";
export type { CurveFamily } from "./curveScores.js";
export { type DataCopying, type DataCopyingOptions, dataCopying, nearerToTraining } from "./dataCopying.js";
export * from "./ensemblePrecisionRecall.js";
export type { FoldOptions } from "./equalFolds.js";
export type { CurveSummary } from "./errorTradeoff.js";
export * from "./featureLikelihoodDivergence.js";
export {
  type FrechetBlockOptions,
  type FrechetBlocks,
  frechetBlocks,
  type RowBlock,
} from "./frechetBlocks.js";
export { type FrechetOptions, type FrechetSample, frechetDistance } from "./frechetDistance.js";
export {
  type EigenvalueQuery,
  type FrechetDistance,
  type FrechetSteps,
  frechetDistanceSteps,
} from "./frechetDistanceSteps.js";
export * from "./frechetInfinity.js";
export {
  type GaussianStatistics,
  gaussianStatistics,
  mergeGaussianStatistics,
} from "./gaussianStatistics.js";
export * from "./hashedNgrams.js";
export * from "./inceptionScore.js";
export * from "./kernelDistance.js";
export type { Grams, KernelSums, SubsetSums } from "./kernelSums.js";
export * from "./mauve.js";
export { type Mmd, type MmdOptions, maximumMeanDiscrepancy } from "./maximumMeanDiscrepancy.js";
export * from "./membershipInference.js";
export type { NeighbourQuery, NeighbourSteps } from "./neighbourSteps.js";
export * from "./perClass.js";
export * from "./prdCurve.js";
export * from "./prdc.js";
export * from "./precisionRecall.js";
export {
  type CurveShapeOptions,
  type PrecisionRecallCurve,
  type PrecisionRecallCurveOptions,
  precisionRecallCurve,
  precisionRecallCurveSteps,
} from "./precisionRecallCurve.js";
export * from "./probabilisticPrecisionRecall.js";
export { productEigenvalues } from "./productEigenvalues.js";
export type { RadialBand } from "./radialBand.js";
export * from "./recordDistances.js";
export type { FidelityOptions, ResamplingOptions, SampleGroups } from "./samples.js";
export * from "./sinkhornDivergence.js";
export * from "./slicedWasserstein.js";
export * from "./tabular.js";
export * from "./varianceComponents.js";
export * from "./vendiScore.js";
export type { VerticalBand } from "./verticalBand.js";
