import { expectedCalibrationError } from "credence/calibration";
import {
  type Estimate,
  meanEstimate,
  proportionEstimate,
  sidakLevel,
  simultaneousEstimates,
} from "credence/estimate";
import { groupRows } from "credence/numeric";
import type { SliceColumn } from "../reading/records.js";
import type { Slice, SliceFinding } from "./report.js";
import { estimateOptions, type Scored, withChance } from "./scored.js";
import { takeRows } from "./takeRows.js";

/**
 * Sums of independent units are independent units: so many of them tell as much about the spread as ten million rows.
 */
const MOST_UNITS = 4000;

/** The slices of all columns, worst first, with intervals that hold for all of them together. */
export function computeSlices(
  rows: Scored,
  columns: readonly SliceColumn[],
  { bins, level, seed, tolerance }: { bins: number; level: number; seed: number; tolerance: number },
): Slice[] {
  const found = columns.flatMap((column) =>
    groupRows(column).flatMap((indices, code) =>
      indices.length > 0 ? [{ column: column.name, value: column.labels[code], indices }] : [],
    ),
  );
  if (found.length === 0) return [];
  const gaps = simultaneousGaps(
    rows,
    found.map(({ indices }) => indices),
    level,
    seed,
  );
  // The other metrics of a slice share the error that may happen anywhere: Šidák's level for each.
  const single = sidakLevel(level, found.length);
  return found
    .map(({ column, value, indices }, k): Slice => {
      const part: Scored = {
        confidences: takeRows(rows.confidences, indices),
        outcomes: takeRows(rows.outcomes, indices),
        groups: rows.groups && takeRows(rows.groups, indices),
      };
      const options = estimateOptions(part, single, seed);
      const stated = (estimate: Estimate): Estimate => ({
        ...estimate,
        level,
        method: `${estimate.method}, sidak`,
      });
      const ece = stated(expectedCalibrationError(part.confidences, part.outcomes, { ...options, bins }));
      const drawn = { ...gaps[k], ...(part.groups && { groups: ece.groups }) };
      const gap = withChance(drawn, part.confidences, single);
      return {
        column,
        value,
        n: indices.length,
        ...(gap.groups !== undefined && { groups: gap.groups }),
        accuracy: stated(proportionEstimate(part.outcomes, options)),
        meanConfidence: stated(meanEstimate(part.confidences, options)),
        gap,
        ece,
        finding: findingOf(gap, ece, tolerance),
      };
    })
    .sort((a, b) => severity(b) - severity(a) || Math.abs(b.gap.value) - Math.abs(a.gap.value));
}

/** What can be said of a slice, beyond chance and over all slices. */
function findingOf(gap: Estimate, ece: Estimate, tolerance: number): SliceFinding {
  const [low, high] = gap.interval as readonly [number, number];
  if (low > 0) return "overconfident";
  if (high < 0) return "underconfident";
  const [least, most] = ece.interval as readonly [number, number];
  if (least > 0) return "miscalibrated";
  return most <= tolerance ? "fine" : "undecided";
}

/** The calibration error that is certainly there. */
function severity({ gap, ece }: Slice): number {
  const [low, high] = gap.interval as readonly [number, number];
  return Math.max(0, low, -high, (ece.interval as readonly [number, number])[0]);
}

/** Mean confidence − accuracy of each set of rows, with max-t intervals. */
function simultaneousGaps(
  rows: Scored,
  sets: readonly Int32Array[],
  level: number,
  seed: number,
): Estimate[] {
  const { confidences, outcomes, groups } = rows;
  const n = confidences.length;
  let units = groups ? 0 : n;
  if (groups) for (let i = 0; i < n; i++) units = Math.max(units, groups[i] + 1);
  const unitCount = Math.min(units, MOST_UNITS);
  const columns = sets.length;
  const influence = new Float64Array(unitCount * columns);
  const values = sets.map((indices, k) => {
    let sum = 0;
    for (let j = 0; j < indices.length; j++) sum += confidences[indices[j]] - outcomes[indices[j]];
    const gap = sum / indices.length;
    const scale = unitCount / indices.length;
    for (let j = 0; j < indices.length; j++) {
      const i = indices[j];
      const unit = (groups ? groups[i] : i) % unitCount;
      influence[unit * columns + k] += scale * (confidences[i] - outcomes[i] - gap);
    }
    return gap;
  });
  const estimates = simultaneousEstimates(
    values,
    { data: influence, rows: unitCount, columns },
    { level, seed },
  );
  return estimates.map((estimate, k) => ({
    ...estimate,
    method: groups ? "cluster-max-t" : "max-t",
    n: sets[k].length,
  }));
}
