export { analyseFidelity, type FidelityAnalysisOptions } from "./analyseFidelity.js";
export type { FeatureOptions, FeatureSet, ImageReader, TextReader } from "./features.js";
export * from "./fidelity.js";
export type { FidelityKernels } from "./fidelityKernels.js";
export { gateFidelity } from "./gateFidelity.js";
export { readFeatures } from "./readFeatures.js";
export { readMembers, renamed } from "./readMembers.js";
export { renderFidelityJson, renderFidelityMarkdown, renderFidelityTerminal } from "./renderFidelity.js";
