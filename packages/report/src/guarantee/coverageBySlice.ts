import { coverageBy } from "credence/conformal";
import type { Estimate, RowsUsed } from "credence/estimate";
import { groupRows, normalQuantile } from "credence/numeric";
import type { SliceColumn } from "../reading/records.js";

/** Coverage of the rows with one value of one slice column. */
export interface SliceCoverage {
  /** Number of the column, and the code of the value in it. */
  readonly column: number;
  readonly code: number;
  /** The rows with this value. */
  readonly rows: Int32Array;
  /** The intervals of all slices of all columns hold together (Šidák). */
  readonly coverage: Estimate;
}

/**
 * Coverage in every slice, the lowest first.
 * @param covered For each column, 1 where the set or interval held the truth.
 * @param columns Slice columns of the same rows.
 */
export function coverageBySlice(
  covered: (column: number) => Uint8Array,
  columns: readonly SliceColumn[],
  { level, groups }: { level: number; groups: Int32Array | null },
): SliceCoverage[] {
  const rows = columns.map(groupRows);
  const present = rows.map((sets) => sets.filter(({ length }) => length > 0).length);
  const all = present.reduce((sum, count) => sum + count, 0);
  return columns
    .flatMap(({ codes }, column) =>
      coverageBy(covered(column), codes, {
        // coverageBy shares the error among the slices of its column; this leaves the others their share.
        level: level ** (present[column] / all),
        ...(groups && { groups }),
      }).map(({ stratum, coverage }) => ({
        column,
        code: stratum as number,
        rows: rows[column][stratum as number],
        coverage: { ...coverage, level, method: `${coverage.method}, sidak` },
      })),
    )
    .sort((a, b) => a.coverage.value - b.coverage.value);
}

/** The estimate of the same slice in another list. */
export const sameSlice = (list: readonly SliceCoverage[], { column, code }: SliceCoverage): Estimate =>
  (list.find((slice) => slice.column === column && slice.code === code) as SliceCoverage).coverage;

/** What the interval of a coverage says about the promise. */
export type CoverageFinding = "broken" | "undecided" | "kept" | "exceeded";

/** What a promise was calibrated on. */
export interface CalibratedOn {
  /** Rows, or groups where rows come in groups. */
  readonly units: number;
  /** How many coverages are judged together. Default 1. */
  readonly together?: number;
}

/**
 * Broken: the whole interval lies below the target; exceeded: above it. Kept: undecided, but the coverage found is enough.
 *
 * A conformal promise is for new calibration rows as well as new rows: after calibrating on m of them the coverage of all
 * rows to come is itself drawn, with standard deviation √(target (1 − target)/m). That luck is added to the interval's
 * half-widths (as in Zou & Donner 2008), or half of all faultless calibrations would be called broken by enough test rows.
 */
export function coverageFinding(
  { value, interval, level }: Estimate,
  target: number,
  calibrated?: CalibratedOn,
): CoverageFinding {
  const [low, high] = interval as readonly [number, number];
  const luck = calibrated
    ? normalQuantile((1 + level ** (1 / (calibrated.together ?? 1))) / 2) *
      Math.sqrt((target * (1 - target)) / calibrated.units)
    : 0;
  if (value + Math.hypot(high - value, luck) < target) return "broken";
  if (value - Math.hypot(value - low, luck) > target) return "exceeded";
  return value >= target ? "kept" : "undecided";
}

/** Independent units of a part, or of the rows with one value of a slice column. */
export const unitsOf = ({ n, groups }: { readonly n: number; readonly groups?: number }): number =>
  groups ?? n;

/** What a slice's own threshold was calibrated on: its share of the calibration part, as large as of the rows that judge. */
export function sliceCalibration(
  slice: { readonly n: number; readonly groups?: number },
  parts: { readonly calibrate: RowsUsed; readonly evaluate: RowsUsed },
  together: number,
): CalibratedOn {
  return { units: (unitsOf(slice) * unitsOf(parts.calibrate)) / unitsOf(parts.evaluate), together };
}
