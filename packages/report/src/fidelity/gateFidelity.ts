import { evaluateGate, type GateResult, parseGate } from "../gate/gate.js";
import type { FidelityReport } from "./fidelity.js";

/**
 * Evaluates a condition on a report: metrics of the first generator by their own names (`auc.low < 0.9`), everything else
 * by its path (`generators[1].metrics.frechet.high > 5`, `ensemble.summary.auc.low < 0.9`).
 * @throws InputError "invalid-option" where the condition cannot be read or names what is not there.
 */
export function gateFidelity(report: FidelityReport, condition: string): GateResult {
  return evaluateGate(parseGate(condition), { ...report, ...report.generators[0]?.metrics });
}
