// The command line stands on this package alone.
export { type LabelPlan, planLabels } from "credence/selective";
export * from "./analysis/index.js";
export { type Applied, type ApplyOptions, applyCalibrator } from "./calibrator/applyCalibrator.js";
export { CALIBRATION_METHODS, fitCalibrator } from "./calibrator/fitCalibrator.js";
export { readCalibratorFile } from "./calibrator/readCalibratorFile.js";
export { type ClassReadOptions, readClassRecords } from "./classes/readClassRecords.js";
export { type CompareOptions, compareFiles } from "./comparison/compareFiles.js";
export * from "./comparison/comparison.js";
export { renderComparison } from "./comparison/renderComparison.js";
export { type Condition, evaluateGate, type GateResult, type GateSubject, parseGate } from "./gate/gate.js";
export { gateReport } from "./gate/reportGate.js";
export * from "./reading/index.js";
export { renderJson, replaceInfinity } from "./render/json.js";
export { renderMarkdown } from "./render/markdown.js";
export { renderTerminal, type TerminalOptions } from "./render/terminal.js";
