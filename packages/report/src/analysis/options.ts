import { coverageOption } from "../guarantee/coverageOption.js";
import { InputError } from "../reading/inputError.js";
import type { ReportOptions } from "./report.js";

/** Options of `analyse`; all may be left out. */
export type AnalysisOptions = Partial<ReportOptions> & {
  /** Hears which step has begun, and how far it is in [0, 1]; may throw to stop. */
  onProgress?: (step: string, share: number) => void;
};

const DEFAULTS: ReportOptions = {
  bins: 15,
  level: 0.95,
  seed: 0,
  risk: 0.05,
  delta: 0.05,
  tolerance: 0.05,
  coverage: [0.9, 0.95],
  sets: "lac",
};

/**
 * The options with their defaults: 15 bins, level 0.95, seed 0, risk 0.05, delta 0.05, tolerance 0.05, coverage
 * 0.9 and 0.95, sets "lac".
 * @throws InputError "invalid-option" naming the option and its range.
 */
export function reportOptions(options: AnalysisOptions): ReportOptions {
  const filled: ReportOptions = {
    bins: options.bins ?? DEFAULTS.bins,
    level: options.level ?? DEFAULTS.level,
    seed: options.seed ?? DEFAULTS.seed,
    risk: options.risk ?? DEFAULTS.risk,
    delta: options.delta ?? DEFAULTS.delta,
    tolerance: options.tolerance ?? DEFAULTS.tolerance,
    coverage: coverageOption(options.coverage, DEFAULTS.coverage),
    sets: options.sets ?? DEFAULTS.sets,
  };
  for (const name of ["level", "risk", "delta", "tolerance"] as const)
    if (!(filled[name] > 0 && filled[name] < 1))
      throw invalid(name, filled[name], "must lie strictly between 0 and 1.");
  if (!Number.isInteger(filled.bins) || filled.bins < 1 || filled.bins > 10_000)
    throw invalid("bins", filled.bins, "must be a whole number from 1 to 10000.");
  if (!["lac", "aps", "raps"].includes(filled.sets))
    throw invalid("sets", filled.sets, "must be lac, aps or raps.");
  if (!Number.isFinite(filled.seed)) throw invalid("seed", filled.seed, "must be a number.");
  return filled;
}

const invalid = (name: string, value: number | string, rule: string): InputError =>
  new InputError("invalid-option", `--${name} is ${value}: ${rule}`);
