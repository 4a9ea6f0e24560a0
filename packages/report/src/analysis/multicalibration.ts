import { type SliceEstimate, sliceMetrics } from "credence/calibration";
import type { SliceColumn } from "../reading/records.js";
import { formatNumber } from "../words/format.js";
import { bandOf, confidenceBands } from "./confidenceBands.js";
import type { CellFinding, ConfidenceBand, Multicalibration } from "./report.js";
import { estimateOptions, type Scored } from "./scored.js";
import type { PartRows, PartsOfRecords } from "./splits.js";
import { takeRows } from "./takeRows.js";

/** Units (groups, or rows) of equal size that a part needs, for cluster-robust intervals to mean something. */
const FEWEST_UNITS = 10;
/** Those that a cell needs; each has as many degrees of freedom as it has units, less one. */
const FEWEST_IN_CELL = 5;
/** A cell is worth measuring where an interval of this level, for it alone, leaves 0 out on the fit part. */
const HINT_LEVEL = 0.7;
/** The more cells are measured, the wider all intervals. */
const MOST_CELLS = 12;

/** One value of one column × one band of confidence. */
interface Cell {
  readonly column: number;
  readonly code: number;
  readonly band: number;
}

/**
 * Finds cells – one value of one `--by` column × one band of confidence – that look miscalibrated on the fit part, and
 * measures them on the evaluate part, which had no say in the choice: the intervals hold for all of them together.
 * @param columns As long as the rows that were split.
 */
export function computeMulticalibration(
  { parts, splits }: PartsOfRecords,
  columns: readonly SliceColumn[],
  level: number,
  seed: number,
): Multicalibration {
  const nothing = (reason: string): Multicalibration => ({ cells: null, reason, bands: [], searched: 0 });
  if (columns.length === 0)
    return nothing("No slices were asked for: --by COLUMN looks for cells where the confidences fail.");
  if (!parts) return nothing(splits.reason ?? "");
  const { fit, evaluate } = parts;
  const unit = fit.groups ? "groups" : "rows";
  const fewest = Math.min(...[fit, evaluate].map(({ groups, outcomes }) => worthOf(groups, outcomes.keys())));
  if (fewest < FEWEST_UNITS)
    return nothing(
      `A part of the split has only ${formatNumber(fewest, 0)} ${unit}${fit.groups ? "' worth of rows, counted as if equally large" : ""}; ${FEWEST_UNITS} are needed to tell a miscalibrated cell from chance.`,
    );
  const bands = confidenceBands(fit.confidences);
  const { searched, candidates } = search(fit, columns, bands, seed);
  const cells = candidates.length > 0 ? measure(evaluate, columns, bands, candidates, level, seed) : [];
  return { cells, reason: null, bands, searched };
}

/** The cells of the fit part with enough units, and those among them that look off, worst first. */
function search(
  part: PartRows,
  columns: readonly SliceColumn[],
  bands: readonly ConfidenceBand[],
  seed: number,
): { searched: number; candidates: Cell[] } {
  let searched = 0;
  const found = columns.flatMap((column, c) =>
    cellRows(part, column, bands).flatMap((rows, k) => {
      if (worthOf(part.groups, rows) < FEWEST_IN_CELL) return [];
      searched++;
      const cell: Scored = {
        confidences: takeRows(part.confidences, rows),
        outcomes: takeRows(part.outcomes, rows),
        groups: part.groups && takeRows(part.groups, rows),
      };
      const [{ estimate, finding }] = sliceMetrics(
        cell.confidences,
        cell.outcomes,
        new Uint8Array(rows.length),
        estimateOptions(cell, HINT_LEVEL, seed),
      );
      return finding
        ? [
            {
              column: c,
              code: Math.floor(k / bands.length),
              band: k % bands.length,
              least: leastOf(estimate),
            },
          ]
        : [];
    }),
  );
  const candidates = found.sort((a, b) => b.least - a.least).slice(0, MOST_CELLS);
  return { searched, candidates };
}

/** The size of the bias that an interval leaves no doubt of. */
function leastOf({ interval }: SliceEstimate["estimate"]): number {
  const [low, high] = interval ?? [0, 0];
  return Math.max(low, -high);
}

/** The rows of every cell of a column: value by value, band by band. */
function cellRows(
  part: PartRows,
  { codes, count }: SliceColumn,
  bands: readonly ConfidenceBand[],
): number[][] {
  const rows = Array.from({ length: count * bands.length }, () => [] as number[]);
  part.confidences.forEach((p, i) => {
    rows[codes[part.indices[i]] * bands.length + bandOf(bands, p)].push(i);
  });
  return rows;
}

/** Rows of each group; of each row without groups. */
function sizesOf(groups: Int32Array | null, rows: Iterable<number>): number[] {
  const sizes = new Map<number, number>();
  for (const i of rows) {
    const unit = groups ? groups[i] : i;
    sizes.set(unit, (sizes.get(unit) ?? 0) + 1);
  }
  return [...sizes.values()];
}

/**
 * How many units of equal size the units are worth, (Σ size)²/Σ size²: where a few large groups hold most rows, their
 * number says too much, and cluster-robust intervals are too short.
 */
function worthOf(groups: Int32Array | null, rows: Iterable<number>): number {
  const sizes = sizesOf(groups, rows);
  const sum = sizes.reduce((total, size) => total + size, 0);
  return sum === 0 ? 0 : sum ** 2 / sizes.reduce((total, size) => total + size ** 2, 0);
}

/** Label of the rows of a column that are in no cell to be measured. */
const REST = -1;

/** Bias of the chosen cells on rows that did not choose them, worst first. */
function measure(
  part: PartRows,
  columns: readonly SliceColumn[],
  bands: readonly ConfidenceBand[],
  candidates: readonly Cell[],
  level: number,
  seed: number,
): CellFinding[] {
  const labels: Record<string, Int32Array> = {};
  const members = new Map<number, number[]>();
  columns.forEach((column, c) => {
    if (!candidates.some((cell) => cell.column === c)) return;
    const own = new Int32Array(part.confidences.length).fill(REST);
    const rows = cellRows(part, column, bands);
    candidates.forEach((cell, id) => {
      const inside = cell.column === c ? rows[cell.code * bands.length + cell.band] : [];
      // How many there are says nothing of how they came out: leaving small cells alone chooses nothing.
      if (worthOf(part.groups, inside) < FEWEST_IN_CELL) return;
      members.set(id, inside);
      for (const i of inside) own[i] = id;
    });
    labels[c] = own;
  });
  if (members.size === 0) return [];
  const measured = sliceMetrics(part.confidences, part.outcomes, labels, estimateOptions(part, level, seed));
  return measured.flatMap(({ value: id, estimate, finding }) => {
    const rows = members.get(Number(id));
    if (!rows) return [];
    const { column, code, band } = candidates[Number(id)];
    const mean = (values: ArrayLike<number>) => rows.reduce((sum, i) => sum + values[i], 0) / rows.length;
    const [low, high] = estimate.interval ?? [-Infinity, Infinity];
    return [
      {
        column: columns[column].name,
        value: columns[column].labels[code],
        band: bands[band],
        n: rows.length,
        ...(part.groups && { groups: sizesOf(part.groups, rows).length }),
        accuracy: mean(part.outcomes),
        meanConfidence: mean(part.confidences),
        // The report counts confidence − accuracy, the library accuracy − confidence.
        gap: { ...estimate, value: -estimate.value, interval: [-high, -low] as const },
        finding: finding === true,
      },
    ];
  });
}
