import { meanEstimate } from "../estimate/delta.js";
import type { Estimate } from "../estimate/estimate.js";
import { sidakLevel } from "../estimate/simultaneous.js";
import { binOf } from "../numeric/bins.js";
import { type AttributedRows, type Cell, cellWords, indexCells, levelBinning } from "./calibrationCells.js";

/** What fresh rows say about one cell. */
export interface AuditedCell extends Cell {
  /** Success rate minus mean prediction; the intervals of all audited cells hold together. */
  readonly bias: Estimate;
  readonly words: string;
}

/** The bias of every large enough cell, with intervals that hold together (Šidák), largest |bias| first. */
export function auditCells(
  fn: string,
  { outcomes, by, groups }: AttributedRows,
  p: ArrayLike<number>,
  levels: number,
  minRows: number,
  level: number,
): AuditedCell[] {
  const binning = levelBinning(levels);
  const cells = indexCells(fn, by, outcomes.length, levels);
  const members = Array.from({ length: cells.count }, () => [] as number[]);
  for (let i = 0; i < outcomes.length; i++)
    for (const c of cells.of(i, binOf(binning, p[i]))) members[c].push(i);
  const large = [...members.keys()].filter((c) => {
    const rows = members[c];
    return (
      rows.length >= Math.max(2, minRows) && (!groups || rows.some((i) => groups[i] !== groups[rows[0]]))
    );
  });
  if (large.length === 0) return [];
  const each = sidakLevel(level, large.length);
  return large
    .map((c) => {
      const rows = members[c];
      const cell = cells.cell(c);
      const bias = meanEstimate(
        rows.map((i) => outcomes[i] - p[i]),
        { level: each, ...(groups && { groups: rows.map((i) => groups[i]) }) },
      );
      const said = rows.reduce((sum, i) => sum + p[i], 0) / rows.length;
      const words = cellWords(cell, binning, said + bias.value, said, rows.length);
      return { ...cell, bias: { ...bias, level, method: `${bias.method}-sidak` }, words };
    })
    .sort((a, b) => Math.abs(b.bias.value) - Math.abs(a.bias.value));
}
