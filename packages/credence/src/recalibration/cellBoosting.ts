import { binOf } from "../numeric/bins.js";
import { type AttributedRows, type Cell, cellWords, indexCells, levelBinning } from "./calibrationCells.js";

/** What was done to one cell. */
export interface Correction extends Cell {
  /** Added to every prediction in the cell. */
  readonly shift: number;
  readonly n: number;
  /** In a sentence: what was said, what came true. */
  readonly words: string;
}

/** A corrected prediction stays a probability. */
export const shifted = (p: number, shift: number): number => Math.min(1, Math.max(0, p + shift));

/**
 * Shifts biased cells until none of at least `minRows` rows is off by more than `tolerance`; each time the one whose
 * correction lowers the squared error most.
 */
export function boostCells(
  fn: string,
  { scores, outcomes, by }: AttributedRows,
  tolerance: number,
  levels: number,
  minRows: number,
): { corrections: Correction[]; converged: boolean } {
  const n = outcomes.length;
  const binning = levelBinning(levels);
  const cells = indexCells(fn, by, n, levels);
  const p = Float64Array.from(scores);
  const counts = new Float64Array(cells.count);
  const residuals = new Float64Array(cells.count);
  const book = (row: number, sign: 1 | -1) => {
    for (const c of cells.of(row, binOf(binning, p[row]))) {
      counts[c] += sign;
      residuals[c] += sign * (outcomes[row] - p[row]);
    }
  };
  for (let i = 0; i < n; i++) book(i, 1);
  const corrections: Correction[] = [];
  // Each correction lowers the mean squared error by at least its share of rows × tolerance², so they cannot go on for
  // ever; a prediction cut off at 0 or 1 may break that, hence the limit.
  const most = Math.ceil(n / (minRows * tolerance ** 2)) + 10;
  for (let round = 0; round < Math.min(most, 10_000); round++) {
    let worst = -1;
    let gain = 0;
    for (let c = 0; c < cells.count; c++) {
      if (counts[c] < minRows || Math.abs(residuals[c]) <= tolerance * counts[c]) continue;
      const better = residuals[c] ** 2 / counts[c];
      if (better > gain) {
        gain = better;
        worst = c;
      }
    }
    if (worst < 0) return { corrections, converged: true };
    const cell = cells.cell(worst);
    const count = counts[worst];
    const shift = residuals[worst] / count;
    const members = cells.candidates(worst).filter((i) => binOf(binning, p[i]) === cell.level);
    let said = 0;
    for (const i of members) said += p[i] / count;
    corrections.push({
      ...cell,
      shift,
      n: count,
      words: cellWords(cell, binning, said + shift, said, count),
    });
    for (const i of members) {
      book(i, -1);
      p[i] = shifted(p[i], shift);
      book(i, 1);
    }
  }
  return { corrections, converged: false };
}
