import type { Contrast, ContrastSide } from "../analysis/report.js";
import { formatConfidence, formatEstimate, formatInterval, formatShare } from "./format.js";

/** One line of the comparison of counting rows and counting groups. */
export interface ContrastRow {
  readonly name: string;
  readonly byRow: string;
  readonly byGroup: string;
}

/** The same questions, asked by row and by group. */
export function contrastRows({ byRow, byGroup }: Contrast): ContrastRow[] {
  const row = (name: string, write: (side: ContrastSide) => string): ContrastRow => ({
    name,
    byRow: write(byRow),
    byGroup: write(byGroup),
  });
  return [
    row("Accuracy", ({ accuracy }) => formatInterval(accuracy, formatShare)),
    row("Mean gap", ({ gap }) => formatInterval(gap, formatShare)),
    row("Calibration error", ({ ece }) => formatInterval(ece, formatShare)),
    row("Threshold", ({ threshold: { threshold } }) =>
      threshold === null ? "none certified" : formatConfidence(threshold),
    ),
    row("Answers that go out", ({ threshold: { threshold, coverage } }) =>
      threshold === null ? "none" : formatEstimate(coverage, formatShare),
    ),
  ];
}

/** The lesson of the comparison, in a sentence. */
export function contrastLesson({ byRow, byGroup }: Contrast, column: string): string {
  if (byRow.threshold.certified && !byGroup.threshold.certified)
    return `Counting rows, a threshold would have been "certified"; counting groups (${column}), it is not. Rows of one group succeed and fail together, and new data comes in new groups: the promise by row would be broken more often than it says.`;
  const [row, group] = [byRow, byGroup].map(({ accuracy }) => {
    const [low, high] = accuracy.interval as readonly [number, number];
    return high - low;
  });
  return group > 1.2 * row
    ? `Rows of one group (${column}) succeed and fail together: intervals that ignore it are ${(group / row).toFixed(1)} times too narrow.`
    : `Grouping by ${column} makes little difference here: its rows are nearly independent.`;
}
