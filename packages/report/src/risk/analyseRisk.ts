import { meanEstimate } from "credence/estimate";
import { rowWarnings, summariseRowGroups } from "../numbers/rowWarnings.js";
import { InputError } from "../reading/inputError.js";
import { formatPlural } from "../words/format.js";
import { describeThreshold, type RiskContext } from "./describeThreshold.js";
import { acceptedLosses, type LossRows, lossesPerAnswer, sweepLosses, thresholdsOf } from "./lossSweep.js";
import type { LossRecords } from "./readLosses.js";
import { RISK_SCHEMA, type RiskOptions, type RiskReport, type RiskThreshold } from "./risk.js";
import { riskMethods } from "./riskMethods.js";
import {
  certifiedFrom,
  expectedFrom,
  type FoundThreshold,
  leastUnits,
  perAnswerOf,
  type RiskTarget,
  startOf,
  upperBound,
} from "./riskThresholds.js";
import { riskVerdict } from "./riskVerdict.js";
import { SHARES, type SplitLosses, splitLosses } from "./splitLosses.js";

/** Options of `analyseRisk`; all may be left out. */
export interface RiskAnalysisOptions {
  /** Largest mean loss allowed, in (0, bound). Default 0.05 × bound. */
  risk?: number;
  /** Probability with which the certified promise may fail, in (0, 1). Default 0.05. */
  delta?: number;
  /** Level of the intervals around what is measured. Default 0.95. */
  level?: number;
  /** Default 0. */
  seed?: number;
  /** Hears which step has begun, and how far it is in [0, 1]; may throw to stop. */
  onProgress?: (step: string, share: number) => void;
}

/**
 * From which confidence on may answers go out, so that they lose at most `risk` on average?
 * @param records As `readLosses` makes them.
 * @throws InputError "invalid-option".
 * @example
 * ```ts
 * import { analyseRisk, readLosses } from "@credence/report";
 * const records = await readLosses(["answers.csv"], { loss: "cost", lossBound: 10, group: "user" });
 * const { certified, expected } = analyseRisk(records, { risk: 0.5 });
 * certified.threshold ?? certified.reason;
 * ```
 */
export function analyseRisk(records: LossRecords, options: RiskAnalysisOptions = {}): RiskReport {
  const settings = riskOptions(records, options);
  const { risk, delta, bound, level, seed } = settings;
  const step = (name: string, share: number) => options.onProgress?.(name, share);
  const { n, missing, unlabelled, origin, group, confidences } = records;
  const losses = records.losses.map((loss) => loss / bound);
  const rows: LossRows = { confidences, losses, groups: group?.codes ?? null };
  const target: RiskTarget = {
    alpha: risk / bound,
    delta,
    binary: !group && losses.every((loss) => loss === 0 || loss === 1),
  };
  step("thresholds", 0);
  const split = splitLosses(rows, seed);
  const common = {
    schema: RISK_SCHEMA,
    origin,
    options: settings,
    n,
    missing,
    unlabelled,
    groups: summariseRowGroups(records),
    warnings: rowWarnings(records, { missing: "confidence", unlabelled: "loss" }),
    meanLoss: meanEstimate(records.losses, { level, seed, ...(group && { groups: group.codes }) }),
  } as const;
  const context: RiskContext = { settings, unit: group ? "group" : "row", units: group?.count ?? n };
  const found = split ? findThresholds(split, target, context) : tooFew(target, context);
  step("done", 1);
  const report = { ...common, ...found };
  const judged = { ...report, verdict: riskVerdict(report) };
  return { ...judged, methods: riskMethods(judged) };
}

function findThresholds(
  { fit, certify, evaluate, parts }: SplitLosses,
  target: RiskTarget,
  context: RiskContext,
): Pick<RiskReport, "parts" | "certified" | "expected" | "perAnswer" | "curve"> {
  const { bound } = context.settings;
  const tried = thresholdsOf(fit.confidences);
  const points = sweepLosses(certify, tried);
  const start = startOf(sweepLosses(fit, tried), target);
  const certifying = new Set(certify.groups ?? certify.losses.keys()).size;
  const describe = (found: FoundThreshold, lossesAt: (threshold: number) => Float64Array) =>
    describeThreshold(found, evaluate, lossesAt, certifying, context);
  const among = (threshold: number) => acceptedLosses(evaluate, threshold);
  const perAnswer = (threshold: number) =>
    // With every answer let out, its loss set to 0 where it is held back: means of whole groups.
    acceptedLosses({ ...evaluate, losses: lossesPerAnswer(evaluate, threshold) }, 0);
  return {
    parts,
    certified: describe(certifiedFrom(start, points, target), among),
    expected: describe(expectedFrom(start, points, target), among),
    perAnswer: describe(perAnswerOf(certify, tried, target), perAnswer),
    curve: points
      .filter(({ units }) => units > 0)
      .map((point) => ({
        threshold: point.threshold,
        loss: bound * point.meanLoss,
        bound: bound * upperBound(point, target),
        coverage: point.rows / certify.losses.length,
        units: point.units,
      }))
      .reverse(),
  };
}

function tooFew(
  target: RiskTarget,
  { unit, units }: RiskContext,
): Pick<RiskReport, "parts" | "certified" | "expected" | "perAnswer" | "curve"> {
  const none = (certifying: number): RiskThreshold => {
    const needed = Math.ceil(certifying / SHARES.certify);
    const reason = `${formatPlural(units, unit)} cannot be split into parts that choose, certify and check. About ${formatPlural(needed, unit)} would do if none of them loses anything, more otherwise.`;
    return { threshold: null, reason, needed, loss: null, evaluated: null };
  };
  // Conformal risk control wants 1/(n + 1) ≤ α of flawless units, which fewer fulfil than certify.
  const onAverage = none((1 - target.alpha) / target.alpha);
  return {
    parts: null,
    certified: none(leastUnits(0, target)),
    expected: onAverage,
    perAnswer: onAverage,
    curve: [],
  };
}

function riskOptions(
  { bound }: LossRecords,
  { risk = 0.05 * bound, delta = 0.05, level = 0.95, seed = 0 }: RiskAnalysisOptions,
): RiskOptions {
  if (!(risk > 0 && risk < bound))
    throw new InputError(
      "invalid-option",
      `--risk is ${risk}: must lie strictly between 0 and the largest loss, ${bound}.`,
    );
  for (const [name, value] of [
    ["delta", delta],
    ["level", level],
  ] as const)
    if (!(value > 0 && value < 1))
      throw new InputError("invalid-option", `--${name} is ${value}: must lie strictly between 0 and 1.`);
  if (!Number.isFinite(seed)) throw new InputError("invalid-option", `--seed is ${seed}: must be a number.`);
  return { risk, delta, bound, level, seed };
}
