import { sidakLevel } from "credence/estimate";
import { classSkew, precisionRecallCurveSteps, type SampleGroups } from "credence/fidelity";
import { CredenceError } from "credence/numeric";
import { InputError } from "../reading/inputError.js";
import type { FeatureSet } from "./features.js";
import type { ClassReport } from "./fidelity.js";
import { finishWith } from "./finishWith.js";
import type { MeasureOptions } from "./measure.js";
import { prdcWith } from "./prdcWith.js";
import { takeRows } from "./readFeatures.js";

/** Class by class, with intervals for all of them at once. */
export async function classReports(
  real: FeatureSet,
  set: FeatureSet,
  { k, level, seed, kernels }: Pick<MeasureOptions, "k" | "level" | "seed" | "kernels">,
): Promise<ClassReport[] | null> {
  if (!real.labels || !set.labels) return null;
  const known = new Set(real.labels);
  const unknown = set.labels.find((label) => !known.has(label));
  if (unknown !== undefined)
    throw new InputError(
      "unknown-class",
      `the class "${unknown}" does not occur in ${real.name}; check how the classes are written.`,
      { file: set.name },
    );
  const shares = classSkew(real.labels, set.labels, {
    level,
    groups: { ...(real.groups && { real: real.groups }), ...(set.groups && { generated: set.groups }) },
  });
  const strict = sidakLevel(level, 3 * shares.length);
  const report = async (share: (typeof shares)[number]): Promise<ClassReport> => {
    const [a, b] = [real, set].map(({ matrix, labels, groups }) => {
      const rows = Array.from({ length: matrix.rows }, (_, i) => i).filter(
        (i) => labels?.[i] === share.label,
      );
      return { matrix: takeRows(matrix, rows), groups: groups && rows.map((row) => groups[row]) };
    });
    const rows = [a.matrix.rows, b.matrix.rows] as const;
    const none = { auc: null, precision: null, recall: null };
    if (rows[1] === 0) return { ...share, rows, ...none, reason: "never generated" };
    const groups: SampleGroups = {
      ...(a.groups && { real: a.groups }),
      ...(b.groups && { generated: b.groups }),
    };
    const options = { level: strict, seed, resamples: 100, groups };
    try {
      const { precision, recall } = await prdcWith(kernels, a.matrix, b.matrix, { ...options, k });
      const steps = precisionRecallCurveSteps(a.matrix, b.matrix, { ...options, angles: 2 });
      const { auc } = await finishWith(kernels, steps);
      return { ...share, rows, auc, precision, recall, reason: null };
    } catch (error) {
      if (!(error instanceof CredenceError && error.code === "too-few")) throw error;
      return { ...share, rows, ...none, reason: "too few rows" };
    }
  };
  const reports: ClassReport[] = [];
  for (const share of shares) reports.push(await report(share));
  return reports;
}
