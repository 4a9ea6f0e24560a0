// The command line stands on this package alone.
export { hashedNgrams } from "credence/fidelity";
export { type LabelPlan, planLabels } from "credence/selective";
export * from "./analysis/index.js";
export type { AnyReport } from "./anyReport.js";
export { type Applied, type ApplyOptions, applyCalibrator } from "./calibrator/applyCalibrator.js";
export { type ApplyClassOptions, applyClassCalibrator } from "./calibrator/applyClassCalibrator.js";
export type { ClassCalibrator } from "./calibrator/classCalibrator.js";
export { CALIBRATION_METHODS, fitCalibrator } from "./calibrator/fitCalibrator.js";
export { CLASS_CALIBRATION_METHODS, fitClassCalibrator } from "./calibrator/fitClassCalibrator.js";
export { readCalibratorFile, readClassCalibratorFile } from "./calibrator/readCalibratorFile.js";
export { type ClassReadOptions, readClassRecords } from "./classes/readClassRecords.js";
export { type CompareOptions, compareFiles } from "./comparison/compareFiles.js";
export * from "./comparison/comparison.js";
export { renderComparison } from "./comparison/renderComparison.js";
export * from "./fidelity/index.js";
export { type Condition, evaluateGate, type GateResult, type GateSubject, parseGate } from "./gate/gate.js";
export { gateReport } from "./gate/reportGate.js";
export * from "./reading/index.js";
export { analyseRegression, type RegressionAnalysisOptions } from "./regression/analyseRegression.js";
export {
  type RegressionReadOptions,
  type RegressionRecords,
  readRegression,
} from "./regression/readRegression.js";
export * from "./regression/regression.js";
export { renderJson, replaceInfinity } from "./render/json.js";
export { renderMarkdown } from "./render/markdown.js";
export { renderTerminal, type TerminalOptions } from "./render/terminal.js";
export { analyseRisk, type RiskAnalysisOptions } from "./risk/analyseRisk.js";
export { type LossReadOptions, type LossRecords, readLosses } from "./risk/readLosses.js";
export * from "./risk/risk.js";
export type { SetLevel, SetMethod, SetSlice, SetSummary, Sets } from "./sets/sets.js";
