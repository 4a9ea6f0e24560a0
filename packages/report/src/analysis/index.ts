export { analyse } from "./analyse.js";
export type { AnalysisOptions } from "./options.js";
export * from "./report.js";
export { type Trust, trustOf, type VerdictInput, verdictOf } from "./verdict.js";
