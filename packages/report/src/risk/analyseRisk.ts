import {
  type EstimateOptions,
  meanEstimate,
  type Part,
  proportionEstimate,
  splitRows,
} from "credence/estimate";
import { CredenceError } from "credence/numeric";
import { takeRows } from "../analysis/takeRows.js";
import { rowWarnings, summariseRowGroups } from "../numbers/rowWarnings.js";
import { InputError } from "../reading/inputError.js";
import { formatCount, formatPlural } from "../words/format.js";
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

/** As for certified thresholds: what chooses, what certifies, what checks. */
const SHARES = { fit: 0.3, certify: 0.4, evaluate: 0.3 };

/**
 * From which confidence on may answers go out, so that they lose at most `risk` on average?
 * @param records As `readLosses` makes them.
 * @throws InputError "invalid-option".
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
  const estimation = (groups: Int32Array | null): EstimateOptions => ({
    level,
    seed,
    ...(groups && { groups }),
  });

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
    meanLoss: meanEstimate(records.losses, estimation(rows.groups)),
  } as const;
  const found = split ? thresholds(split) : tooFew();
  step("done", 1);
  const report = { ...common, ...found };
  const judged = { ...report, verdict: riskVerdict(report) };
  return { ...judged, methods: riskMethods(judged) };

  function thresholds({ fit, certify, evaluate, parts }: SplitLosses) {
    const tried = thresholdsOf(fit.confidences);
    const points = sweepLosses(certify, tried);
    const start = startOf(sweepLosses(fit, tried), target);
    const all = new Set(certify.groups ?? certify.losses.keys()).size;
    const perAnswer = perAnswerOf(certify, tried, target);
    const among = (threshold: number) => acceptedLosses(evaluate, threshold);
    return {
      parts,
      certified: told(certifiedFrom(start, points, target), evaluate, among, all),
      expected: told(expectedFrom(start, points, target), evaluate, among, all),
      perAnswer: told(
        perAnswer,
        evaluate,
        (threshold) => perUnit(evaluate, lossesPerAnswer(evaluate, threshold)),
        all,
      ),
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

  function told(
    { threshold, loss, needed }: FoundThreshold,
    evaluate: LossRows,
    lossesAt: (threshold: number) => Float64Array,
    certifying: number,
  ): RiskThreshold {
    const inAll = needed === null ? null : Math.ceil(needed / SHARES.certify);
    const unit = group ? "group" : "row";
    if (threshold === null)
      return {
        threshold: null,
        needed: inAll,
        loss: null,
        evaluated: null,
        reason:
          inAll === null
            ? `even the most confident answers lose more than ${risk} on average: more labels would not change that.`
            : `${formatPlural(certifying, unit)} that certify are too few. About ${formatPlural(inAll, `labelled ${unit}`)} in all would be needed if losses stayed as they are; there are ${formatCount(group?.count ?? n)}.`,
      };
    const found = lossesAt(threshold).map((share) => bound * share);
    const estimate = meanEstimate(found.length > 0 ? found : [0], { level, seed });
    return {
      threshold,
      reason: null,
      needed: null,
      loss: loss === null ? null : bound * loss,
      evaluated: {
        coverage: proportionEstimate(
          Uint8Array.from(evaluate.confidences, (p) => Number(p >= threshold)),
          estimation(evaluate.groups),
        ),
        loss: found.length > 0 ? { ...estimate, ...(evaluate.groups && { groups: found.length }) } : null,
      },
    };
  }

  function tooFew() {
    const least = Math.ceil(leastUnits(0, target) / SHARES.certify);
    const unit = group ? "group" : "row";
    const none: RiskThreshold = {
      threshold: null,
      needed: least,
      loss: null,
      evaluated: null,
      reason: `${formatPlural(group?.count ?? n, unit)} cannot be split into parts that choose, certify and check. At least ${formatPlural(least, unit)} are needed, even if none of them loses anything.`,
    };
    return { parts: null, certified: none, expected: none, perAnswer: none, curve: [] };
  }
}

/** Means within groups; rows as they are where there are none. */
function perUnit({ groups }: LossRows, losses: Float64Array): Float64Array {
  if (!groups) return losses;
  return acceptedLosses({ confidences: new Float64Array(losses.length), losses, groups }, 0);
}

interface SplitLosses {
  readonly fit: LossRows;
  readonly certify: LossRows;
  readonly evaluate: LossRows;
  readonly parts: NonNullable<RiskReport["parts"]>;
}

function splitLosses(rows: LossRows, seed: number): SplitLosses | null {
  const { confidences, losses, groups } = rows;
  const take = ({ indices }: Part): LossRows => ({
    confidences: takeRows(confidences, indices),
    losses: takeRows(losses, indices),
    groups: groups && takeRows(groups, indices),
  });
  try {
    const { fit, certify, evaluate } = splitRows([confidences, losses], SHARES, {
      seed,
      ...(groups && { groups }),
    });
    const parts = { fit: fit.rows, certify: certify.rows, evaluate: evaluate.rows };
    return { fit: take(fit), certify: take(certify), evaluate: take(evaluate), parts };
  } catch (error) {
    if (error instanceof CredenceError && error.code === "too-few") return null;
    throw error;
  }
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
