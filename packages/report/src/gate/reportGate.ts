import type { AnyReport } from "../anyReport.js";
import { evaluateGate, type GateResult, parseGate } from "./gate.js";

/**
 * Evaluates a condition on a report: metrics by their own names (`ece.high > 0.05`), everything else by its path
 * (`threshold.coverage.low < 0.5`, `slices[0].gap.low > 0.1`; slices stand worst first): `sets.levels[0].coverage.high < 0.9`, `intervals[0].after.width > 3`,
 * `certified.evaluated.coverage < 0.5`.
 * @throws InputError "invalid-option" where the condition cannot be read or names what is not there.
 */
export function gateReport(report: AnyReport, condition: string): GateResult {
  return evaluateGate(parseGate(condition), { ...report, ...("metrics" in report && report.metrics) });
}
