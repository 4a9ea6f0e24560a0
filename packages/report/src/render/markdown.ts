import { REPORT_SCHEMA, type Report } from "../analysis/report.js";
import { type AnyReport, documentOf } from "../anyReport.js";
import { setsSection } from "../sets/setsSection.js";
import { classRows } from "../words/classRows.js";
import { contrastLesson, contrastRows } from "../words/contrastRows.js";
import { decisionWords } from "../words/decisionWords.js";
import {
  formatCount,
  formatEstimate,
  formatNumber,
  formatPercent,
  formatPlural,
  formatShare,
} from "../words/format.js";
import { methodName } from "../words/methodName.js";
import { metricRows } from "../words/metricRows.js";
import { multicalibrationLead, multicalibrationSentences } from "../words/multicalibrationWords.js";
import { sourceLine } from "../words/sourceLine.js";
import { documentMarkdown, sectionMarkdown } from "./document/markdown.js";
import { escapeMarkdown, table } from "./markdownText.js";

const MOST_CELLS = 5;

/** The report as Markdown: for a pull request, a wiki or a release note. */
export function renderMarkdown(report: AnyReport): string {
  if (report.schema !== REPORT_SCHEMA) return documentMarkdown(documentOf(report));
  const sections = [
    `# ${escapeMarkdown(report.verdict.headline)}`,
    `${escapeMarkdown(sourceLine(report))}`,
    ...report.warnings.map(
      ({ severity, message }) =>
        `> **${severity === "alarm" ? "Warning" : "Note"}.** ${escapeMarkdown(message)}`,
    ),
    ...report.verdict.answers.map(({ question, answer }) => `**${question}** ${escapeMarkdown(answer)}`),
    "## Numbers",
    table(
      ["", "value", `${formatPercent(report.options.level)} interval`, ""],
      metricRows(report).map(({ name, value, interval, meaning }) => [name, value, interval, meaning]),
    ),
    ...reliability(report),
    ...classes(report),
    ...sets(report),
    ...slices(report),
    ...multicalibration(report),
    ...recalibration(report),
    ...decision(report),
    ...contrast(report),
    ...rows(report),
    "## Methods",
    report.methods
      .map(
        ({ title, text, source }) =>
          `- **${title}.** ${escapeMarkdown(text)}${source ? ` *${escapeMarkdown(source)}*` : ""}`,
      )
      .join("\n"),
  ];
  return `${sections.join("\n\n")}\n`;
}

function reliability({ reliability: { points, level } }: Report): string[] {
  const rows = points.map((point) => [
    `${formatNumber(point.lower, 2)}–${formatNumber(point.upper, 2)}`,
    formatCount(point.n),
    formatShare(point.meanConfidence),
    formatShare(point.frequency),
    point.simultaneous
      ? `${formatShare(point.simultaneous[0])} to ${formatShare(point.simultaneous[1])}`
      : "",
  ]);
  return [
    "## Reliability",
    table(
      ["confidence", "rows", "says", "is right", `if calibrated (${formatPercent(level)}, all bins at once)`],
      rows,
    ),
  ];
}

function slices({ slices: all, options }: Report): string[] {
  if (all.length === 0) return [];
  const rows = all.map((slice) => [
    `${slice.column} = ${slice.value}`,
    formatCount(slice.n),
    formatShare(slice.meanConfidence.value),
    formatShare(slice.accuracy.value),
    formatEstimate(slice.gap, formatShare),
    formatEstimate(slice.ece, formatShare),
    slice.finding,
  ]);
  return [
    "## Slices, worst first",
    `Intervals hold for all ${all.length} slices at once (${formatPercent(options.level)}).`,
    table(["slice", "rows", "says", "is right", "gap", "calibration error", "finding"], rows),
  ];
}

function multicalibration({ multicalibration: found, slices: all }: Report): string[] {
  if (all.length === 0) return [];
  const sentences = multicalibrationSentences(found, MOST_CELLS);
  return [
    "## Slices by confidence",
    escapeMarkdown(multicalibrationLead(found)),
    ...(sentences.length > 0 ? [sentences.map((text) => `- ${escapeMarkdown(text)}`).join("\n")] : []),
  ];
}

function decision({ decision: found, options }: Report): string[] {
  return ["## Net benefit", escapeMarkdown(decisionWords(found, options.level))];
}

function recalibration({ recalibration: { reason, candidates, evaluation } }: Report): string[] {
  const four = (value: number) => formatNumber(value, 4);
  const compared = candidates.map(({ method, logLoss, improvement }) => [
    methodName(method),
    four(logLoss),
    method === "identity" ? "" : formatEstimate(improvement, four),
  ]);
  const effect = evaluation && [
    [
      "Calibration error",
      formatEstimate(evaluation.before.ece, formatShare),
      formatEstimate(evaluation.after.ece, formatShare),
    ],
    [
      "Brier score",
      formatEstimate(evaluation.before.brier, four),
      formatEstimate(evaluation.after.brier, four),
    ],
    [
      "Log loss",
      formatEstimate(evaluation.before.logLoss, four),
      formatEstimate(evaluation.after.logLoss, four),
    ],
  ];
  return [
    "## Recalibration",
    escapeMarkdown(reason),
    ...(compared.length > 0
      ? [table(["method", "log loss (cross-validated)", "gain over leaving alone"], compared)]
      : []),
    ...(effect ? [table(["on rows never fitted", "before", "after"], effect)] : []),
  ];
}

function classes({ classes: found, options }: Report): string[] {
  if (!found) return [];
  const head = ["", "value", `${formatPercent(options.level)} interval`, ""];
  return [`## All ${found.count} classes`, table(head, classRows(found))];
}

function sets(report: Report): string[] {
  const section = setsSection(report);
  return section ? sectionMarkdown(section) : [];
}

function contrast({ contrast: found, groups }: Report): string[] {
  if (!found || !groups) return [];
  return [
    `## By row and by ${escapeMarkdown(groups.column)}`,
    escapeMarkdown(contrastLesson(found, groups.column)),
    table(
      ["", "by row (wrong)", `by ${groups.column}`],
      contrastRows(found).map(({ name, byRow, byGroup }) => [name, byRow, byGroup]),
    ),
  ];
}

function rows({ splits, n, groups }: Report): string[] {
  const count = (which: "all" | "fit" | "certify" | "evaluate") => {
    const part = which === "all" ? { n, groups: groups?.count } : splits.parts?.[which];
    if (!part) return "";
    return part.groups === undefined
      ? formatPlural(part.n, "row")
      : `${formatPlural(part.n, "row")} in ${formatPlural(part.groups, "group")}`;
  };
  return [
    "## Which rows did what",
    ...(splits.reason ? [splits.reason] : []),
    table(
      ["rows", "", "did"],
      splits.uses.map(({ rows: which, what }) => [which, count(which), what]),
    ),
  ];
}
