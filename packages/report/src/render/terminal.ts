import { REPORT_SCHEMA, type Report, type Slice } from "../analysis/report.js";
import { type AnyReport, documentOf } from "../anyReport.js";
import { setsSection } from "../sets/setsSection.js";
import { contrastLesson, contrastRows } from "../words/contrastRows.js";
import { decisionWords } from "../words/decisionWords.js";
import { formatCount, formatEstimate, formatInterval, formatPercent, formatShare } from "../words/format.js";
import { metricRows } from "../words/metricRows.js";
import { multicalibrationLead, multicalibrationSentences } from "../words/multicalibrationWords.js";
import { sourceLine } from "../words/sourceLine.js";
import { reliabilityText } from "./diagram.js";
import { documentTerminal, sectionTerminal } from "./document/terminal.js";
import { createPaint, type Paint } from "./paint.js";
import { alarms, clip, headline, notes } from "./terminalParts.js";
import { wrap } from "./wrap.js";

/** How a report is written to a terminal. */
export interface TerminalOptions {
  /** Use colours. Default false. */
  colour?: boolean;
  /** Characters a line may have, at least 80. Default 80. */
  width?: number;
}

const MOST_SLICES = 8;
const MOST_CELLS = 3;

/** The report as text for a terminal: the verdict first, then the numbers. */
export function renderTerminal(report: AnyReport, options: TerminalOptions = {}): string {
  const { colour = false } = options;
  const width = Math.max(80, options.width ?? 80);
  if (report.schema !== REPORT_SCHEMA) return documentTerminal(documentOf(report), width, colour);
  const paint = createPaint(colour);
  const lines = [
    "",
    ...headline(report, paint, width),
    ...wrap(sourceLine(report), width - 2).map((line) => paint.muted(`  ${line}`)),
    ...alarms(report, paint, width),
    "",
    ...report.verdict.answers.flatMap(({ question, answer }) => [
      `  ${paint.strong(question)}`,
      ...wrap(answer, width - 6).map((line) => `    ${line}`),
    ]),
    "",
    ...numbers(report, paint),
    "",
    ...reliabilityText(report.reliability, paint),
    ...classes(report, paint),
    ...sets(report, paint, width),
    ...slices(report, paint, width),
    ...multicalibration(report, paint, width),
    ...decision(report, paint, width),
    ...contrast(report, paint, width),
    ...notes(report, paint, width),
  ];
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}

function numbers(report: Report, paint: Paint): string[] {
  const level = formatPercent(report.options.level);
  const rows = metricRows(report).map(
    ({ name, value, interval }) => `  ${name.padEnd(19)}${value.padStart(8)}   ${paint.muted(interval)}`,
  );
  return [
    paint.muted(
      `  ${"".padEnd(27)}   ${level} interval${report.groups ? `, by ${report.groups.column}` : ""}`,
    ),
    ...rows,
  ];
}

function slices({ slices: all, options }: Report, paint: Paint, width: number): string[] {
  if (all.length === 0) return [];
  const shown = all.slice(0, MOST_SLICES);
  const name = ({ column, value }: Slice) => clip(`${column} = ${value}`, width - 50);
  const longest = Math.max(...shown.map((slice) => name(slice).length));
  const colour = {
    overconfident: paint.bad,
    miscalibrated: paint.bad,
    underconfident: paint.caution,
    undecided: paint.muted,
    fine: paint.good,
  };
  const rows = shown.map(
    (slice) =>
      `  ${name(slice).padEnd(longest)}  ${formatCount(slice.n).padStart(7)}  ${formatShare(slice.gap.value).padStart(7)}  ${formatInterval(slice.gap, formatShare).padEnd(18)} ${colour[slice.finding](slice.finding)}`,
  );
  const more = all.length > shown.length ? [paint.muted(`  … and ${all.length - shown.length} more`)] : [];
  return [
    "",
    `  ${paint.strong("Slices, worst first")} ${paint.muted(`(mean confidence − accuracy; ${formatPercent(options.level)} for all at once)`)}`,
    ...rows,
    ...more,
  ];
}

function multicalibration(
  { multicalibration: found, slices: all }: Report,
  paint: Paint,
  width: number,
): string[] {
  if (all.length === 0) return [];
  const sentences = multicalibrationSentences(found, MOST_CELLS);
  return [
    "",
    `  ${paint.strong("Slices by confidence")}`,
    ...wrap(multicalibrationLead(found), width - 4).map((line) => paint.muted(`  ${line}`)),
    ...sentences.flatMap((text) =>
      wrap(text, width - 4).map((line, i) => `  ${i === 0 ? "·" : " "} ${line}`),
    ),
  ];
}

function decision({ decision: found, options }: Report, paint: Paint, width: number): string[] {
  return [
    "",
    `  ${paint.strong("Net benefit")}`,
    ...wrap(decisionWords(found, options.level), width - 4).map((line) => `  ${line}`),
  ];
}

function classes({ classes: found }: Report, paint: Paint): string[] {
  if (!found) return [];
  const { count, classwise, topLabel } = found;
  return [
    "",
    `  ${paint.strong(`All ${count} classes`)}  calibration error classwise ${formatEstimate(classwise, formatShare)}, top label ${formatShare(topLabel.value)}`,
  ];
}

function sets(report: Report, paint: Paint, width: number): string[] {
  const section = setsSection(report);
  return section ? sectionTerminal(section, paint, width) : [];
}

function contrast({ contrast: found, groups }: Report, paint: Paint, width: number): string[] {
  if (!found || !groups) return [];
  const rows = contrastRows(found);
  const line = (name: string, byRow: string, byGroup: string) =>
    `  ${name.padEnd(20)}${byRow.padEnd(24)}${byGroup}`;
  return [
    "",
    paint.strong(line("", "by row (wrong)", `by ${groups.column}`)),
    ...rows.map(({ name, byRow, byGroup }) => line(name, byRow, byGroup)),
    ...wrap(contrastLesson(found, groups.column), width - 4).map((text) => paint.muted(`  ${text}`)),
  ];
}
