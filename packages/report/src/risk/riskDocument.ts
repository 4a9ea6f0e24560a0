import { type Badges, type DocumentSection, type ReportDocument, text } from "../document/document.js";
import {
  formatConfidence,
  formatCount,
  formatEstimate,
  formatInterval,
  formatPercent,
  formatPlural,
  formatShare,
} from "../words/format.js";
import { formatValue } from "../words/formatValue.js";
import { shortPath } from "../words/shortPath.js";
import { sourceText } from "../words/sourceLine.js";
import type { RiskReport, RiskThreshold } from "./risk.js";

const BADGES: Badges = {
  good: "Certified",
  caution: "With care",
  bad: "Nothing may go out",
  unknown: "Undecided",
};

/** The report as sections. */
export function riskDocument(report: RiskReport): ReportDocument {
  const { origin, n, groups, missing, unlabelled, meanLoss, certified, expected, options } = report;
  const tile = (name: string, { threshold, evaluated }: RiskThreshold) => ({
    name,
    big: threshold === null ? "none yet" : `from ${formatConfidence(threshold)}`,
    small: evaluated
      ? `${formatShare(evaluated.coverage.value)} of the answers`
      : `at a loss of ${options.risk}`,
  });
  return {
    ...report,
    level: options.level,
    badges: BADGES,
    source: sourceText({
      ...origin,
      n,
      groups,
      apart: [
        [missing, "without a confidence"],
        [unlabelled, "without a loss"],
      ],
    }),
    guesses: origin.guesses,
    tiles: [
      {
        name: "Mean loss, all out",
        big: formatValue(meanLoss.value),
        small: formatInterval(meanLoss, formatValue),
      },
      tile(`With ${formatPercent(1 - options.delta)} confidence`, certified),
      tile("On average", expected),
    ],
    sections: [thresholdSection(report), rowsSection(report)],
  };
}

function thresholdSection({
  certified,
  expected,
  perAnswer,
  curve,
  options,
  groups,
}: RiskReport): DocumentSection {
  const row = (name: string, { threshold, loss, evaluated, needed }: RiskThreshold) => [
    name,
    threshold === null ? "none" : formatConfidence(threshold),
    loss === null ? "" : formatValue(loss),
    evaluated ? formatShare(evaluated.coverage.value) : "",
    evaluated?.loss
      ? formatEstimate(evaluated.loss, formatValue)
      : needed === null
        ? ""
        : `${formatCount(needed)} needed`,
  ];
  const unit = options.bound === 1 ? "" : `, as a share of the largest, ${options.bound}`;
  return {
    id: "threshold",
    title: "From which confidence on?",
    blocks: [
      text(
        `The loss of the answers that go out, by the lowest confidence that lets them out${groups ? `; every ${groups.column} counts once` : ""}. The bound holds with ${formatPercent(1 - options.delta)} confidence for each threshold alone.`,
        "certified",
      ),
      ...(curve.length > 0
        ? ([
            {
              kind: "chart",
              id: "risk-curve",
              chart: {
                name: "riskControl",
                data: {
                  curve: curve.map(({ threshold, loss, bound }) => ({
                    parameter: threshold,
                    risk: loss / options.bound,
                    bound: bound / options.bound,
                  })),
                  target: options.risk / options.bound,
                  chosen: certified.threshold,
                  parameter: "confidence",
                  others:
                    expected.threshold === null
                      ? []
                      : [{ parameter: expected.threshold, label: "on average" }],
                },
              },
              options: {
                title: `Mean loss of the answers that go out${unit}`,
                ...(certified.threshold === null && {
                  subtitle: `No threshold is certified to keep it at or below ${options.risk}`,
                }),
              },
            },
          ] as const)
        : []),
      {
        kind: "table",
        caption: `Lowest thresholds for a loss of ${options.risk}; checked on the evaluate part, ${formatPercent(options.level)} intervals`,
        columns: [
          { head: "Promise" },
          { head: "From", number: true },
          { head: "Loss", number: true },
          { head: "Go out", number: true },
          { head: "Loss, checked", number: true },
        ],
        rows: [
          row(`${formatPercent(1 - options.delta)} confidence`, certified),
          row("On average", expected),
          row("Per answer asked", perAnswer),
        ],
      },
      text("On average: see the method for the term that remains.", "expected"),
      text("Per answer asked, those held back losing nothing: exact.", "per-answer"),
    ],
  };
}

function rowsSection({ parts, certified, n, origin, options }: RiskReport): DocumentSection {
  const used = (part: { n: number; groups?: number }) =>
    `${formatPlural(part.n, "row")}${part.groups === undefined ? "" : ` in ${formatPlural(part.groups, "group")}`}`;
  return {
    id: "rows",
    title: "Which rows did what",
    blocks: [
      {
        kind: "table",
        caption: "No row both chooses and certifies, or certifies and checks",
        columns: [{ head: "Part" }, { head: "Rows", number: true }, { head: "Used for" }],
        rows: [
          ["all", formatPlural(n, "row"), "mean loss"],
          ...(parts
            ? [
                ["fit", used(parts.fit), "thresholds to try, and where to start"],
                ["certify", used(parts.certify), "which of them keep the promises; the curve"],
                ["evaluate", used(parts.evaluate), "check of the thresholds"],
              ]
            : [["none", "", certified.reason ?? ""]]),
        ],
        terminalRows: 0,
      },
      {
        kind: "table",
        caption: "What was read",
        columns: [{ head: "" }, { head: "" }],
        rows: [
          ["Files", origin.files.map(shortPath).join(", ")],
          ...Object.entries(origin.columns).map(([role, column]) => [role, column ?? "none"]),
          ["Filter", origin.where ?? "none"],
          [
            "Options",
            `risk ${options.risk}, largest loss ${options.bound}, delta ${options.delta}, level ${options.level}, seed ${options.seed}`,
          ],
        ],
        terminalRows: 0,
      },
    ],
  };
}
