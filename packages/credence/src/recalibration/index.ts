export type { FitOptions, FitRecord } from "../estimate/fitRecord.js";
export type { AffineCalibrator, AffineOptions, AffineParameters } from "./affineSoftmax.js";
export * from "./automatic.js";
export * from "./automaticMulticlass.js";
export {
  type BayesianBinningParameters,
  bayesianBinning,
  type WeightedHistogram,
} from "./bayesianBinning.js";
export { type BetaOptions, type BetaParameters, betaCalibration } from "./beta.js";
export type { AttributedScores, Attributes, Cell } from "./calibrationCells.js";
export type {
  Calibrator,
  CalibratorJSON,
  FitOutcome,
  FitStatus,
  MethodDefinition,
} from "./calibrator.js";
export { CALIBRATOR_SCHEMA } from "./calibrator.js";
export * from "./calibratorFromJSON.js";
export type { Candidate, CandidateName } from "./candidates.js";
export type { AuditedCell } from "./cellAudit.js";
export type { Correction } from "./cellBoosting.js";
export { type CovariateShift, covariateShiftWeights, effectiveSampleSize } from "./covariateShift.js";
export { type DirichletOptions, dirichletCalibration } from "./dirichlet.js";
export { type EnirOptions, enir } from "./enir.js";
export {
  type GroupwiseCalibrator,
  type GroupwiseOptions,
  type GroupwiseParameters,
  groupwise,
  type PartCalibrator,
} from "./groupwise.js";
export { type HistogramOptions, type HistogramParameters, histogramBinning } from "./histogram.js";
export { identity } from "./identity.js";
export type { ScoreKind } from "./input.js";
export { isotonicRegression } from "./isotonic.js";
export type { Knots } from "./knots.js";
export {
  type LabelShiftCalibrator,
  type LabelShiftOptions,
  type LabelShiftParameters,
  labelShift,
} from "./labelShift.js";
export { matrixScaling } from "./matrixScaling.js";
export * from "./multicalibration.js";
export type { ComparedCandidate, ComparisonOptions } from "./nestedComparison.js";
export {
  type OneVsRestCalibrator,
  type OneVsRestOptions,
  type OneVsRestParameters,
  oneVsRest,
} from "./oneVsRest.js";
export * from "./online.js";
export type { MixtureState } from "./onlineMixture.js";
export type { WindowState } from "./onlineWindow.js";
export type { PartedScores } from "./partFamily.js";
export { type PlattOptions, type PlattParameters, plattScaling } from "./platt.js";
export type { MulticlassCalibrator } from "./readMulticlassCalibrator.js";
export type { ProbabilityMatrix } from "./scoreMatrix.js";
export { type SplineOptions, splineCalibration } from "./spline.js";
export { structuredMatrixScaling } from "./structuredMatrix.js";
export * from "./temperature.js";
export { type RidgeOptions, vectorScaling } from "./vectorScaling.js";
export { type VennAbersPrediction, vennAbers } from "./vennAbers.js";
export type { VennAbersCurves } from "./vennAbersCurves.js";
export {
  type VennAbersMulticlassCalibrator,
  type VennAbersMulticlassPrediction,
  vennAbersMulticlass,
} from "./vennAbersMulticlass.js";
export {
  type VennAbersRegressionCalibrator,
  type VennAbersRegressionOptions,
  type VennAbersRegressionPrediction,
  vennAbersRegression,
} from "./vennAbersRegression.js";
