import { forestPlot, recalibrationDiagram, reliabilityDiagram, riskCoverageChart } from "@credence/plot";
import type { Report, SliceFinding, Splits } from "../../analysis/report.js";
import { classRows } from "../../words/classRows.js";
import { contrastLesson, contrastRows } from "../../words/contrastRows.js";
import {
  formatConfidence,
  formatCount,
  formatEstimate,
  formatInterval,
  formatNumber,
  formatPercent,
  formatPlural,
  formatShare,
} from "../../words/format.js";
import { methodName } from "../../words/methodName.js";
import { metricRows } from "../../words/metricRows.js";
import { shortPath } from "../../words/shortPath.js";
import { chart } from "./chart.js";
import { type Html, html } from "./escape.js";
import { table } from "./table.js";

/** A section of the page: what the table of contents says, and what stands there. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: Html;
}

/** Makes a reference to a footnote. */
export type Note = (id: string) => Html;

/** The reliability diagram, and all numbers. */
export function reliabilitySection(report: Report, note: Note): Section {
  const level = formatPercent(report.options.level);
  const rows = metricRows(report).map(({ name, value, interval, meaning, method }) => [
    html`${name}${note(method)}`,
    value,
    interval,
    meaning,
  ]);
  const { reliability, resolution, uncertainty, withinBin } = report.decomposition;
  const three = (value: number) => formatNumber(value, 3);
  return {
    id: "reliability",
    title: "Can I trust the confidences?",
    body: html`<p>A point on the diagonal keeps its word: of the answers given with 80&nbsp;% confidence, 80&nbsp;% are right. Points below it are overconfident, points above it underconfident.${note("reliability")}</p>
${chart("reliability-diagram", reliabilityDiagram(report.reliability))}
${table(
  `${level} intervals${report.groups ? `, by ${report.groups.column}` : ""}`,
  [
    { head: "" },
    { head: "Value", number: true },
    { head: "Interval", number: true },
    { head: "What it is", quiet: true },
  ],
  rows,
)}
<p>The Brier score taken apart${note("murphy")}: reliability ${formatEstimate(reliability, three)} (0 is perfect), resolution ${formatEstimate(resolution, three)} (the more the better), uncertainty ${three(uncertainty.value)}, within bins ${three(withinBin.value)}.</p>`,
  };
}

const FINDINGS: Readonly<Record<SliceFinding, string>> = {
  overconfident: "bad",
  miscalibrated: "bad",
  underconfident: "caution",
  undecided: "unknown",
  fine: "good",
};

/** Where the confidences fail. */
export function slicesSection({ slices, options }: Report, note: Note): Section | null {
  if (slices.length === 0) return null;
  const several = new Set(slices.map(({ column }) => column)).size > 1;
  const name = ({ column, value }: { column: string; value: string }) =>
    several ? `${column} = ${value}` : value;
  const shown = slices.slice(0, 40);
  const outside = slices.filter(
    ({ gap: { interval } }) => interval && (interval[0] > 0 || interval[1] < 0),
  ).length;
  const forest = forestPlot(
    {
      rows: shown.map((slice) => ({ name: name(slice), estimate: slice.gap })),
      metric: "Mean confidence − accuracy",
      reference: { value: 0, label: "calibrated on average" },
      worst: "far",
      format: "percent",
    },
    {
      title: several ? "Gap by slice" : `Gap by ${slices[0].column}`,
      subtitle: `${outside} of ${formatPlural(slices.length, "slice")} off on average: overconfident to the right of the line, underconfident to the left`,
    },
  );
  return {
    id: "slices",
    title: "Where not?",
    body: html`<p>The intervals hold for all ${slices.length} slices at once, so a slice that is off did not stand out by chance.${note("slices")}</p>
${chart("slices-forest", forest)}
${table(
  `Worst first; ${formatPercent(options.level)} intervals for all slices at once`,
  [
    { head: "Slice" },
    { head: "Rows", number: true },
    { head: "Says", number: true },
    { head: "Is right", number: true },
    { head: "Gap", number: true },
    { head: "Calibration error", number: true },
    { head: "Finding" },
  ],
  slices.map((slice) => [
    name(slice),
    formatCount(slice.n),
    formatShare(slice.meanConfidence.value),
    formatShare(slice.accuracy.value),
    formatEstimate(slice.gap, formatShare),
    formatEstimate(slice.ece, formatShare),
    html`<span class="${FINDINGS[slice.finding]}">${slice.finding}</span>`,
  ]),
)}`,
  };
}

/** What fixes them. */
export function recalibrationSection({ recalibration, options }: Report, note: Note): Section {
  const { chosen, reason, candidates, evaluation, calibrator } = recalibration;
  const four = (value: number) => formatNumber(value, 4);
  const effect =
    evaluation &&
    chosen !== "identity" &&
    html`${chart(
      "recalibration-diagram",
      recalibrationDiagram(
        { before: evaluation.before.reliability, after: evaluation.after.reliability },
        { title: "Before and after, on rows that were never fitted" },
      ),
    )}
${table(
  "On the evaluate part",
  [
    { head: "" },
    { head: "Before", number: true },
    { head: "After", number: true },
    { head: "Change, paired", number: true },
  ],
  [
    [
      "Calibration error",
      formatEstimate(evaluation.before.ece, formatShare),
      formatEstimate(evaluation.after.ece, formatShare),
      "",
    ],
    [
      "Brier score",
      formatEstimate(evaluation.before.brier, four),
      formatEstimate(evaluation.after.brier, four),
      formatEstimate(evaluation.difference.brier, four),
    ],
    [
      "Log loss",
      formatEstimate(evaluation.before.logLoss, four),
      formatEstimate(evaluation.after.logLoss, four),
      formatEstimate(evaluation.difference.logLoss, four),
    ],
  ],
)}`;
  const compared =
    candidates.length > 0 &&
    table(
      html`Cross-validated log loss on the fit part; ${formatPercent(options.level)} intervals`,
      [
        { head: "Method" },
        { head: "Log loss", number: true },
        { head: "Gain over leaving alone", number: true },
      ],
      candidates.map(({ method, logLoss, improvement }) => [
        methodName(method),
        four(logLoss),
        method === "identity" ? "" : formatEstimate(improvement, four),
      ]),
      (row) => candidates[row].method === chosen,
    );
  return {
    id: "recalibration",
    title: "What fixes them?",
    body: html`<p>${reason}${note("recalibration")}</p>
${effect}${compared}
${calibrator && chosen !== "identity" && html`<p>To use it: <code>credence fit FILE -o calibrator.json</code>, then <code>credence apply calibrator.json NEW -o out.jsonl</code>. The calibrator is also in this report's JSON.</p>`}`,
  };
}

/** Which answers can go out. */
export function thresholdSection(report: Report, note: Note): Section {
  const { threshold, riskCoverage, options, verdict } = report;
  const { evaluated, threshold: from } = threshold;
  const diagram = riskCoverageChart({
    curve: { points: riskCoverage, level: options.level },
    target: threshold.target,
    certified: threshold,
  });
  return {
    id: "threshold",
    title: "Which answers can go out without a human?",
    body: html`<p>${verdict.answers[3].answer}${note("threshold")}</p>
${chart("risk-coverage", diagram)}
${evaluated && from !== null && html`<p>Checked on rows that neither chose nor certified it: with a confidence of ${formatConfidence(from)} or more, ${formatEstimate(evaluated.coverage, formatShare)} of the answers go out, and ${evaluated.risk ? formatEstimate(evaluated.risk, formatShare) : "none"} of those are wrong.</p>`}`,
  };
}

/** The probabilities of all classes. */
export function classesSection({ classes, options }: Report, note: Note): Section | null {
  if (!classes) return null;
  return {
    id: "classes",
    title: "Can I trust the probabilities of all classes?",
    body: html`<p>Above, the confidence is the largest of ${classes.count} class probabilities; here all of them are judged.${note("classes")}</p>
${table(
  `${formatPercent(options.level)} intervals`,
  [
    { head: "" },
    { head: "Value", number: true },
    { head: "Interval", number: true },
    { head: "What it is", quiet: true },
  ],
  classRows(classes),
)}`,
  };
}

/** By row and by group. */
export function contrastSection({ contrast, groups }: Report, note: Note): Section | null {
  if (!contrast || !groups) return null;
  return {
    id: "contrast",
    title: `Why count ${groups.column}s, not rows?`,
    body: html`<p>${contrastLesson(contrast, groups.column)}${note("contrast")}</p>
<p>${formatPlural(groups.count, "group")}, the largest of ${formatPlural(groups.largest, "row")}${groups.designEffect !== null && html`; for the mean gap the rows are worth ${formatCount(effectiveRows(contrast.byRow.gap.n, groups.designEffect))} independent ones (design effect ${formatNumber(groups.designEffect, 1)})`}.</p>
${table(
  "The same questions, asked twice",
  [
    { head: "" },
    { head: "By row (wrong here)", number: true },
    { head: `By ${groups.column}`, number: true },
  ],
  contrastRows(contrast).map(({ name, byRow, byGroup }) => [name, byRow, byGroup]),
)}`,
  };
}

const effectiveRows = (rows: number, effect: number): number => rows / Math.max(effect, 1);

/** What was read, and which rows did what. */
export function rowsSection(report: Report, note: Note): Section {
  const { origin, n, missing, unlabelled, splits, groups, options } = report;
  const part = (which: Splits["uses"][number]["rows"]): string => {
    const rows = which === "all" ? { n, groups: groups?.count } : splits.parts?.[which];
    if (!rows) return "";
    return rows.groups === undefined
      ? formatPlural(rows.n, "row")
      : `${formatPlural(rows.n, "row")} in ${formatPlural(rows.groups, "group")}`;
  };
  return {
    id: "rows",
    title: "Which rows did what",
    body: html`${splits.reason && html`<p>${splits.reason}</p>`}
${table(
  html`No row both fits and judges${note("splits")}`,
  [{ head: "Part" }, { head: "Rows", number: true }, { head: "Used for" }],
  splits.uses.map(({ rows, what }) => [rows, part(rows), what]),
)}
${table(
  "What was read",
  [{ head: "" }, { head: "" }],
  [
    ["Files", origin.files.map(shortPath).join(", ")],
    ["Confidence", origin.columns.confidence],
    ["Outcome", origin.columns.outcome],
    ["Group", origin.columns.group ?? "none: rows count as independent"],
    ["Slices", origin.columns.by.join(", ") || "none"],
    ["Filter", origin.where ?? "none"],
    [
      "Rows",
      `${formatCount(n)} scored, ${formatCount(missing)} without a confidence, ${formatCount(unlabelled)} without an outcome`,
    ],
    [
      "Options",
      `${options.bins} bins, level ${options.level}, risk ${options.risk}, delta ${options.delta}, tolerance ${options.tolerance}, seed ${options.seed}`,
    ],
  ],
)}
${origin.guesses.map((guess) => html`<p>${guess}</p>`)}`,
  };
}

/** The numbers at the top. */
export function tiles(report: Report): Html {
  const { metrics, threshold } = report;
  const tile = (name: string, big: string, small: string) =>
    html`<div><dt>${name}</dt><dd class="big">${big}</dd><dd class="small">${small}</dd></div>
`;
  return html`<dl class="tiles">
${tile("Calibration error", formatShare(metrics.ece.value), formatInterval(metrics.ece, formatShare))}${tile("Says, on average", formatShare(metrics.meanConfidence.value), formatInterval(metrics.meanConfidence, formatShare))}${tile("Is right", formatShare(metrics.accuracy.value), formatInterval(metrics.accuracy, formatShare))}${tile(
  "Can go out alone",
  threshold.threshold === null ? "none yet" : formatShare(threshold.coverage.value),
  threshold.threshold === null
    ? `at ${formatPercent(threshold.target)} risk`
    : `at ${formatPercent(threshold.target)} risk, from ${formatConfidence(threshold.threshold)}`,
)}</dl>`;
}
