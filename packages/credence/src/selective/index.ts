export { augrc } from "./augrc.js";
export { type AurcConvention, type AurcOptions, aurc, excessAurc } from "./aurc.js";
export { type BestOfN, type BestOfNOptions, bestOfN } from "./bestOfN.js";
export {
  type CertifiedThreshold,
  type CertifiedThresholdOptions,
  certifiedThreshold,
  type TuningPart,
} from "./certifiedThreshold.js";
export { errorDetectionAuroc } from "./errorDetectionAuroc.js";
export {
  type CalibrationErrorPlan,
  type GroupPlan,
  type LabelPlan,
  type ProportionPlan,
  planLabels,
  type RiskPlan,
} from "./planLabels.js";
export { predictionRejectionRatio, type RejectionOptions } from "./predictionRejectionRatio.js";
export { type RiskCoverageCurve, type RiskCoveragePoint, riskCoverageCurve } from "./riskCoverageCurve.js";
export type { TestedThreshold } from "./thresholdInWords.js";
