import { sidakLevel } from "credence/estimate";
import { classSkew, prdc, precisionRecallCurve, type SampleGroups } from "credence/fidelity";
import { CredenceError } from "credence/numeric";
import { InputError } from "../reading/inputError.js";
import type { FeatureSet } from "./features.js";
import type { ClassReport } from "./fidelity.js";
import type { MeasureOptions } from "./measure.js";
import { takeRows } from "./readFeatures.js";

/** Class by class, with intervals for all of them at once. */
export function classReports(
  real: FeatureSet,
  set: FeatureSet,
  { k, level, seed }: Pick<MeasureOptions, "k" | "level" | "seed">,
): ClassReport[] | null {
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
  return shares.map((share) => {
    const parts = [real, set].map(({ matrix, labels, groups }) => {
      const rows = Array.from({ length: matrix.rows }, (_, i) => i).filter(
        (i) => labels?.[i] === share.label,
      );
      return { matrix: takeRows(matrix, rows), groups: groups && rows.map((row) => groups[row]) };
    });
    const rows = [parts[0].matrix.rows, parts[1].matrix.rows] as const;
    const none = { auc: null, precision: null, recall: null };
    if (rows[1] === 0) return { ...share, rows, ...none, reason: "never generated" };
    const groups: SampleGroups = {
      ...(parts[0].groups && { real: parts[0].groups }),
      ...(parts[1].groups && { generated: parts[1].groups }),
    };
    const options = { level: strict, seed, resamples: 100, groups };
    try {
      const { precision, recall } = prdc(parts[0].matrix, parts[1].matrix, { ...options, k });
      const { auc } = precisionRecallCurve(parts[0].matrix, parts[1].matrix, { ...options, angles: 2 });
      return { ...share, rows, auc, precision, recall, reason: null };
    } catch (error) {
      if (!(error instanceof CredenceError && error.code === "too-few")) throw error;
      return { ...share, rows, ...none, reason: "too few rows" };
    }
  });
}
