import type { Report } from "../../analysis/report.js";
import { formatCount, formatEstimate, formatPercent, formatShare } from "../../words/format.js";
import {
  bandRange,
  multicalibrationLead,
  multicalibrationSentences,
} from "../../words/multicalibrationWords.js";
import { html } from "./escape.js";
import type { Note, Section } from "./sections.js";
import { table } from "./table.js";

/** Sentences for so many cells; the table has them all. */
const MOST_SENTENCES = 5;

/** Where not, by slice and confidence together. */
export function multicalibrationSection(
  { multicalibration, slices, options }: Report,
  note: Note,
): Section | null {
  if (slices.length === 0) return null;
  const sentences = multicalibrationSentences(multicalibration, MOST_SENTENCES);
  const cells = multicalibration.cells ?? [];
  const several = new Set(slices.map(({ column }) => column)).size > 1;
  return {
    id: "multicalibration",
    title: "Where not, and at which confidence?",
    body: html`<p>${multicalibrationLead(multicalibration)}${note("multicalibration")}</p>
${sentences.length > 0 && html`<ul>${sentences.map((text) => html`<li>${text}</li>`)}</ul>`}
${
  cells.length > 0 &&
  table(
    `On the evaluate part, worst first; ${formatPercent(options.level)} intervals for all of them at once`,
    [
      { head: "Slice" },
      { head: "Confidence", number: true },
      { head: "Rows", number: true },
      { head: "Says", number: true },
      { head: "Is right", number: true },
      { head: "Gap", number: true },
      { head: "Finding" },
    ],
    cells.map(({ column, value, band, n, meanConfidence, accuracy, gap, finding }) => [
      several ? `${column} = ${value}` : value,
      bandRange(band),
      formatCount(n),
      formatShare(meanConfidence),
      formatShare(accuracy),
      formatEstimate(gap, formatShare),
      html`<span class="${!finding ? "unknown" : gap.value > 0 ? "bad" : "caution"}">${!finding ? "undecided" : gap.value > 0 ? "overconfident" : "underconfident"}</span>`,
    ]),
  )
}`,
  };
}
