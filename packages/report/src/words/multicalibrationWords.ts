import type { CellFinding, ConfidenceBand, Multicalibration } from "../analysis/report.js";
import { formatConfidence, formatNumber, formatPercent, formatPlural } from "./format.js";

/** "0.85 or more". */
export function bandRange({ from, to }: ConfidenceBand): string {
  const [low, high] = [formatConfidence(from), formatConfidence(to)];
  if (to === 1) return from === 0 ? "any" : `${low} or more`;
  return from === 0 ? `below ${high}` : `${low} to ${high}`;
}

/** "confident answers (0.85 or more)". */
const bandWords = (band: ConfidenceBand): string =>
  band.name === "" ? "answers" : `${band.name} answers (${bandRange(band)})`;

/** "Where language is Welsh, confident answers (0.85 or more) are right 61 % of the time, not 88 %: …" */
export function cellWords({ column, value, band, accuracy, meanConfidence, gap }: CellFinding): string {
  const [low, high] = gap.interval ?? [-Infinity, Infinity];
  const points = (share: number) => formatPoints(100 * share);
  const range =
    gap.value > 0
      ? `${points(low)} to ${points(high)} points too sure`
      : `${points(-high)} to ${points(-low)} points too modest`;
  return `Where ${column} is ${value}, ${bandWords(band)} are right ${formatPercent(accuracy)} of the time, not ${formatPercent(meanConfidence)}: ${range}.`;
}

/** Whole points; one digit where that would be 0. */
const formatPoints = (points: number): string =>
  points < 1 ? String(Number(points.toPrecision(1))) : formatNumber(points, 0);

/** What the search came to, in a sentence; the cells that were found follow it. */
export function multicalibrationLead({ cells, reason, searched }: Multicalibration): string {
  if (cells === null) return reason ?? "";
  const looked = `${formatPlural(searched, "cell")} (a slice × a band of confidence)`;
  if (searched === 0) return "No slice has enough rows or groups to be taken apart by confidence.";
  if (cells.length === 0) return `None of ${looked} looked off on the fit part and could be measured.`;
  const found = cells.filter(({ finding }) => finding).length;
  return `Of ${looked}, ${cells.length} looked off on the fit part; ${found === 0 ? "none" : found} of them ${found > 1 ? "are" : "is"} proven off on rows that had no say in the choice.`;
}

/** A sentence for each of the worst cells that are proven off. */
export function multicalibrationSentences({ cells }: Multicalibration, most: number): string[] {
  return (cells ?? [])
    .filter(({ finding }) => finding)
    .slice(0, most)
    .map(cellWords);
}
