import type { Estimate } from "credence/estimate";
import type { Report } from "../analysis/report.js";
import { formatInterval, formatNumber, formatShare } from "./format.js";

/** One line of the table of numbers. */
export interface MetricRow {
  readonly name: string;
  readonly value: string;
  readonly interval: string;
  /** What it means, in a few words. */
  readonly meaning: string;
  /** The footnote. */
  readonly method: string;
}

/** The numbers of a report, as text. */
export function metricRows({ metrics }: Report): MetricRow[] {
  const row = (
    name: string,
    estimate: Estimate | null,
    write: (value: number) => string,
    meaning: string,
    method: string,
  ): MetricRow[] =>
    estimate
      ? [{ name, value: write(estimate.value), interval: formatInterval(estimate, write), meaning, method }]
      : [];
  const three = (value: number) => formatNumber(value, 3);
  return [
    ...row("Accuracy", metrics.accuracy, formatShare, "answers that are right", "accuracy"),
    ...row("Mean confidence", metrics.meanConfidence, formatShare, "what the model says", "scores"),
    ...row("Mean gap", metrics.gap, formatShare, "confidence − accuracy; above 0 is overconfident", "scores"),
    ...row(
      "Calibration error",
      metrics.ece,
      formatShare,
      "ECE: |claimed − true| frequency, on average",
      "calibration-error",
    ),
    ...row("Worst bin", metrics.mce, formatShare, "the largest such difference", "calibration-error"),
    ...row("Brier score", metrics.brier, three, "0 is perfect, 0.25 is a coin", "scores"),
    ...row("Log loss", metrics.logLoss, three, "nats; 0 is perfect, 0.693 is a coin", "scores"),
    ...row("AUROC", metrics.auroc, three, "right above wrong; 0.5 is chance", "ranking"),
    ...row("AURC", metrics.aurc, three, "mean risk over coverages; small is good", "ranking"),
  ];
}
