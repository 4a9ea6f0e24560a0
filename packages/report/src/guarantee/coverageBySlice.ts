import { coverageBy } from "credence/conformal";
import type { Estimate } from "credence/estimate";
import { groupRows } from "credence/numeric";
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

/** Broken: the whole interval lies below the target; exceeded: above it. Kept: undecided, but the coverage found is enough. */
export function coverageFinding({ value, interval }: Estimate, target: number): CoverageFinding {
  const [low, high] = interval as readonly [number, number];
  if (high < target) return "broken";
  if (low > target) return "exceeded";
  return value >= target ? "kept" : "undecided";
}
