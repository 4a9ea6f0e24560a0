import { murphyDecomposition } from "credence/calibration";
import { designEffect } from "credence/estimate";
import { computeClasses } from "../classes/computeClasses.js";
import type { Records } from "../reading/records.js";
import { computeSets } from "../sets/computeSets.js";
import { computeContrast } from "./contrast.js";
import { computeDecision } from "./decision.js";
import { methodsOf } from "./methods.js";
import { computeMetrics } from "./metrics.js";
import { computeMulticalibration } from "./multicalibration.js";
import { type AnalysisOptions, reportOptions } from "./options.js";
import { computeRecalibration } from "./recalibration.js";
import { computeReliability } from "./reliability.js";
import { type GroupSummary, REPORT_SCHEMA, type Report } from "./report.js";
import { sampleRows } from "./sample.js";
import { estimateOptions, gapsOf, type Scored } from "./scored.js";
import { computeSlices } from "./slices.js";
import { splitRecords, withSets } from "./splits.js";
import { takeRows } from "./takeRows.js";
import { certify, computeRiskCoverage } from "./threshold.js";
import { verdictOf } from "./verdict.js";
import { findWarnings } from "./warnings.js";

/**
 * The main job: can the confidences be trusted, where not, what fixes them, and which answers can go out alone?
 * @param records As `readRecords` makes them, or typed columns of your own.
 * @throws InputError "invalid-option".
 * @example
 * ```ts
 * import { analyse } from "@credence/report";
 * const confidences = Float64Array.from({ length: 200 }, (_, i) => (i + 0.5) / 200);
 * const outcomes = Uint8Array.from(confidences, (p, i) => ((i * 7) % 20) / 20 < p ? 1 : 0);
 * const columns = { confidence: "p", outcome: "y", group: null, by: [] };
 * const origin = { files: [], format: "memory", columns, where: null, guesses: [] } as const;
 * const rest = { missing: 0, unlabelled: 0, group: null, slices: [], suspects: [] };
 * const report = analyse({ n: 200, confidences, outcomes, origin, ...rest });
 * report.recalibration.chosen; // → "identity"
 * ```
 */
export function analyse(records: Records, options: AnalysisOptions = {}): Report {
  const settings = reportOptions(options);
  const { bins, level, seed } = settings;
  const step = (name: string, share: number) => options.onProgress?.(name, share);
  const { confidences, outcomes, group } = records;
  const rows: Scored = { confidences, outcomes, groups: group?.codes ?? null };
  const estimation = estimateOptions(rows, level, seed);

  step("metrics", 0);
  const sample = sampleRows(rows, seed);
  const groups = summariseGroups(records);
  const warnings = findWarnings(records, groups);
  const metrics = computeMetrics(rows, sample, bins, level, seed);
  const decomposition = murphyDecomposition(confidences, outcomes, { ...estimation, bins });
  step("reliability", 0.3);
  const reliability = computeReliability(rows, bins, level, seed, sample);
  step("slices", 0.4);
  const slices = computeSlices(rows, records.slices, settings);
  step("splits", 0.5);
  const parts = splitRecords(sample, seed);
  const { indices } = sample;
  const columns = records.slices.map((column) =>
    indices ? { ...column, codes: takeRows(column.codes, indices) } : column,
  );
  const multicalibration = computeMulticalibration(parts, columns, level, seed);
  const recalibration = computeRecalibration(parts, {
    bins,
    level,
    seed,
    onProgress: (done, total) => step("recalibration", 0.55 + (0.25 * done) / total),
  });
  step("threshold", 0.8);
  const threshold = certify(sample, parts, settings);
  const riskCoverage = computeRiskCoverage(sample, level);
  const decision = computeDecision(sample, level, seed);
  step("contrast", 0.9);
  const contrast = computeContrast({ rows, sample }, parts, settings, { metrics, threshold });
  const classes = computeClasses(records.classes, { ...estimation, bins });

  const { coverage, sets: method } = settings;
  const sets = computeSets(records.classes, columns, parts, { method, coverage, level, seed }, indices);

  const { n, missing, unlabelled, origin } = records;
  const findings = {
    metrics,
    slices,
    recalibration,
    threshold,
    warnings,
    groups,
    options: settings,
    n,
    missing,
  };
  const splits = sets ? withSets(parts.splits) : parts.splits;
  const report = {
    schema: REPORT_SCHEMA,
    origin,
    options: settings,
    n,
    missing,
    unlabelled,
    groups,
    verdict: verdictOf(findings),
    warnings,
    metrics,
    decomposition,
    reliability,
    slices,
    multicalibration,
    recalibration,
    threshold,
    decision,
    riskCoverage,
    contrast,
    classes,
    sets,
    splits,
  } as const;
  step("done", 1);
  return { ...report, methods: methodsOf(report) };
}

function summariseGroups(records: Records): GroupSummary | null {
  const { group } = records;
  if (!group) return null;
  const sizes = new Int32Array(group.count);
  for (let i = 0; i < group.codes.length; i++) sizes[group.codes[i]]++;
  const gaps = gapsOf(records);
  const effect = gaps.length > 1 ? designEffect(gaps, group.codes) : Number.NaN;
  return {
    column: group.name,
    count: group.count,
    largest: sizes.reduce((most, size) => Math.max(most, size), 0),
    designEffect: Number.isFinite(effect) ? effect : null,
  };
}
