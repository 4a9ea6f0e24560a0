import {
  type Badges,
  type Block,
  type DocumentSection,
  type ReportDocument,
  text,
} from "../document/document.js";
import { promiseSentence, sliceName } from "../guarantee/coverageWords.js";
import { formatCount, formatEstimate, formatPercent, formatPlural, formatShare } from "../words/format.js";
import { formatValue } from "../words/formatValue.js";
import { shortPath } from "../words/shortPath.js";
import { sourceText } from "../words/sourceLine.js";
import type {
  ForecastReport,
  IntervalReport,
  IntervalSlice,
  OverTime,
  RegressionReport,
} from "./regression.js";
import { intervalWords, sliceSentence } from "./regressionVerdict.js";

const BADGES: Badges = {
  good: "Keeps its promise",
  caution: "With care",
  bad: "Too sure",
  unknown: "Undecided",
};

/** The report as sections. */
export function regressionDocument(report: RegressionReport): ReportDocument {
  const { origin, n, groups, missing, unlabelled, metrics, intervals, forecast, overTime, options } = report;
  const [first] = intervals;
  return {
    ...report,
    level: options.level,
    badges: BADGES,
    source: sourceText({
      ...origin,
      n,
      groups,
      apart: [
        [missing, "without a prediction"],
        [unlabelled, "without an observation"],
      ],
    }),
    guesses: origin.guesses,
    tiles: [
      estimateTile("Mean absolute error", metrics.meanAbsoluteError, formatValue),
      ...(first?.before
        ? [estimateTile(`${formatPercent(first.target)} intervals hold`, first.before.coverage, formatShare)]
        : []),
      ...(first ? [estimateTile("Calibrated, they hold", first.after.coverage, formatShare)] : []),
      ...(forecast ? [estimateTile("CRPS", forecast.crps, formatValue)] : []),
      ...(first
        ? [
            {
              name: "Mean width, calibrated",
              big: formatValue(first.after.width.value),
              small: first.before
                ? `${formatValue(first.before.width.value)} as they came`
                : intervalWords(first.source),
            },
          ]
        : []),
    ],
    sections: [
      intervalsSection(report),
      ...intervals
        .filter(({ slices }) => slices.length > 0)
        .map((found, i) => slicesSection(found, report.parts, i === 0)),
      ...(forecast ? [forecastSection(forecast)] : []),
      ...(overTime ? [timeSection(overTime, origin.columns.observed)] : []),
      rowsSection(report),
    ],
  };
}

function estimateTile(
  name: string,
  estimate: IntervalReport["after"]["coverage"],
  write: (value: number) => string,
) {
  const [low, high] = estimate.interval ?? [estimate.value, estimate.value];
  return { name, big: write(estimate.value), small: `[${write(low)}, ${write(high)}]` };
}

const score = ({ score: found }: IntervalReport["after"]): string =>
  found ? formatEstimate(found, formatValue) : "∞";

function intervalsSection({ intervals, reason, groups, parts, options }: RegressionReport): DocumentSection {
  const id = "intervals";
  const title = "Do intervals keep their word?";
  if (!parts) return { id, title, blocks: [text(reason ?? "")] };
  const several = new Set(intervals.map(({ source }) => source)).size > 1;
  const rows = intervals.flatMap(({ source, target, before, after }) => {
    const name = `${formatPercent(target)}${several ? ` (${source})` : ""}`;
    const row = (what: string, { coverage, width, score: _, ...rest }: IntervalReport["after"]) => [
      `${name}, ${what}`,
      formatEstimate(coverage, formatShare),
      formatValue(width.value),
      score({ coverage, width, score: _, ...rest }),
    ];
    return [...(before ? [row("as it came", before)] : []), row("calibrated", after)];
  });
  return {
    id,
    title,
    blocks: [
      text(promiseSentence(groups?.column ?? null, parts.by === "time"), `intervals-${intervals[0].source}`),
      ...intervals.flatMap(({ reason: why, target, source }): Block[] =>
        why
          ? [
              text(
                `${formatPercent(target)}${several ? ` (${source})` : ""}: every interval is infinite, because ${why}`,
              ),
            ]
          : [],
      ),
      {
        kind: "table",
        caption: `On rows that did not calibrate; ${formatPercent(options.level)} intervals`,
        columns: [
          { head: "Promised" },
          { head: "Held the truth", number: true },
          { head: "Mean width", number: true },
          { head: "Interval score", number: true },
        ],
        rows,
      },
      text("The interval score weighs the width against the misses: small is good.", "interval-score"),
    ],
  };
}

function slicesSection(
  interval: IntervalReport,
  parts: RegressionReport["parts"],
  first: boolean,
): DocumentSection {
  const { source, target, slices } = interval;
  const several = new Set(slices.map(({ column }) => column)).size > 1;
  const name = (slice: IntervalSlice) => sliceName(slice, several);
  const id = `slices-${source}-${Math.round(target * 1000)}`;
  const promised = formatPercent(target);
  const claimed = slices.some(({ before }) => before !== null);
  const infinite = slices.filter(({ mondrian }) => mondrian.reason !== null);
  const chart = (part: "after" | "mondrian", title: string): Block => ({
    kind: "chart",
    id: `${id}-${part}`,
    chart: {
      name: "coverageByGroup",
      data: {
        target,
        groups: slices.slice(0, 40).map((slice) => ({ name: name(slice), coverage: slice[part].coverage })),
      },
    },
    options: { title },
  });
  return {
    id,
    title: `Where not? ${promised} promised${first ? "" : ` (${source})`}`,
    blocks: [
      text(sliceSentence(interval, parts), "interval-slices"),
      ...(infinite.length > 0
        ? [
            text(
              `For ${infinite
                .slice(0, 4)
                .map((slice) => `${name(slice)} (${(slice.mondrian.reason ?? "").replace(/\.$/, "")})`)
                .join("; ")}${infinite.length > 4 ? "; …" : ""} a threshold of its own is infinite.`,
            ),
          ]
        : []),
      chart("after", `One threshold for all, ${promised} promised`),
      chart("mondrian", `A threshold for each slice, ${promised} promised`),
      {
        kind: "table",
        caption: `Worst first; each column's intervals hold for all ${slices.length} slices at once`,
        columns: [
          { head: "Slice" },
          { head: "Rows", number: true },
          ...(claimed ? [{ head: "As it came", number: true, terminal: false } as const] : []),
          { head: "One threshold", number: true },
          { head: "Width", number: true, terminal: false },
          { head: "One each", number: true },
          { head: "Width", number: true, terminal: false },
        ],
        rows: slices.map((slice) => [
          name(slice),
          formatCount(slice.n),
          ...(claimed ? [slice.before ? formatShare(slice.before.coverage.value) : ""] : []),
          formatEstimate(slice.after.coverage, formatShare),
          formatValue(slice.after.width),
          formatEstimate(slice.mondrian.coverage, formatShare),
          formatValue(slice.mondrian.width),
        ]),
        ...(!first && { terminalRows: 0 }),
      },
    ],
  };
}

function forecastSection({
  crps,
  sharpness,
  miscalibrationArea,
  pit,
  quantileCalibration,
}: ForecastReport): DocumentSection {
  const { pValue } = pit.test;
  return {
    id: "forecast",
    title: "Are the forecasts' distributions right?",
    blocks: [
      text(
        `A flat PIT histogram means that the forecasts are calibrated: ∪ that they are too sure, ∩ too unsure, a slope that they are biased. ${pValue < 0.05 ? `Flatness is ruled out (p ${pValue < 0.001 ? "< 0.001" : `= ${pValue.toFixed(3)}`}).` : `Flatness is not ruled out (p = ${pValue.toFixed(2)}).`}`,
        "forecast",
      ),
      {
        kind: "chart",
        id: "pit",
        chart: { name: "pitHistogram", data: pit },
      },
      {
        kind: "chart",
        id: "quantile-calibration",
        chart: { name: "quantileCalibration", data: { curve: quantileCalibration } },
      },
      {
        kind: "table",
        caption: "On all rows: nothing was fitted",
        columns: [{ head: "" }, { head: "Value", number: true }, { head: "What it is" }],
        rows: [
          ["CRPS", formatEstimate(crps, formatValue), "in the data's unit; small is good"],
          ["Sharpness", formatEstimate(sharpness, formatValue), "root mean square of the sds"],
          [
            "Miscalibration area",
            formatEstimate(miscalibrationArea, (x) => x.toFixed(3)),
            "0 is calibrated, 0.5 the worst",
          ],
        ],
      },
    ],
  };
}

const SHOWN = { residuals: "one width for all", sd: "widths by sd", quantiles: "quantiles" };

function timeSection(overTime: OverTime, label: string | null): DocumentSection {
  const { adaptive, fixed, rolling, last, target, warmUp, tested, source, dated } = overTime;
  const promised = formatPercent(target);
  const times = (found: readonly number[]) => (dated ? found.map((time) => new Date(time)) : found);
  const wide = ({ width, infinite }: OverTime["fixed"]) =>
    `${width === null ? "∞" : formatValue(width)}${infinite > 0 ? ` (${formatPlural(infinite, "row")} without bounds)` : ""}`;
  const rollingChart = (which: "adaptive" | "fixed", title: string): Block[] =>
    rolling
      ? [
          {
            kind: "chart",
            id: `rolling-${which}`,
            chart: {
              name: "intervalFan",
              data: {
                times: times(rolling.times),
                intervals: [
                  {
                    level: 0.95,
                    low: rolling.times.map(() => rolling.expected[0]),
                    high: rolling.times.map(() => rolling.expected[1]),
                  },
                ],
                observed: rolling[which],
                label: `Coverage of ${rolling.window} rows`,
              },
            },
            options: {
              title,
              subtitle: `Coverage of the last ${rolling.window} rows, with where 95 % of them would lie if ${promised} held row by row`,
            },
          },
        ]
      : [];
  return {
    id: "time",
    title: "And as time goes by?",
    blocks: [
      text(
        `Rows in time are rarely exchangeable. The first ${formatPlural(warmUp, "row")} calibrate; of the next ${formatCount(tested)}, each is predicted from those before it. Adaptive intervals keep their rate in the long run for any series, within ${formatShare(adaptive.errorBound)} after so many rows; one threshold promises nothing.`,
        "over-time",
      ),
      {
        kind: "table",
        caption: `${promised} promised (${SHOWN[source]})`,
        columns: [
          { head: "" },
          { head: "Held the truth", number: true },
          { head: "Mean width", number: true },
        ],
        rows: [
          ["One threshold", formatEstimate(fixed.coverage, formatShare), wide(fixed)],
          ["Adaptive", formatEstimate(adaptive.coverage, formatShare), wide(adaptive)],
        ],
      },
      ...rollingChart("fixed", "One threshold from the first rows"),
      ...rollingChart("adaptive", "Adaptive intervals"),
      {
        kind: "chart",
        id: "last-intervals",
        chart: {
          name: "intervalFan",
          data: {
            times: times(last.times),
            intervals: [{ level: target, low: last.low, high: last.high }],
            center: last.prediction,
            observed: last.observed,
            label: label ?? "Value",
          },
        },
        options: { title: `The last ${formatPlural(last.times.length, "row")}, adaptive intervals` },
      },
    ],
  };
}

function rowsSection({ parts, reason, n, origin, options }: RegressionReport): DocumentSection {
  const used = (part: { n: number; groups?: number }) =>
    `${formatPlural(part.n, "row")}${part.groups === undefined ? "" : ` in ${formatPlural(part.groups, "group")}`}`;
  const chosen = Object.entries(origin.columns).filter(([, column]) => column !== null);
  return {
    id: "rows",
    title: "Which rows did what",
    blocks: [
      {
        kind: "table",
        caption: "No row both calibrates and judges",
        columns: [{ head: "Part" }, { head: "Rows", number: true }, { head: "Used for" }],
        rows: [
          [
            "all",
            formatPlural(n, "row"),
            "errors, CRPS, PIT, quantile calibration; over time, each after those before",
          ],
          ...(parts
            ? [
                ["calibrate", used(parts.calibrate), "thresholds of the intervals"],
                ["evaluate", used(parts.evaluate), "their coverage, width and score"],
              ]
            : [["none", "", reason ?? ""]]),
        ],
        terminalRows: 0,
      },
      {
        kind: "table",
        caption: "What was read",
        columns: [{ head: "" }, { head: "" }],
        rows: [
          ["Files", origin.files.map(shortPath).join(", ")],
          ...chosen.map(([role, column]) => [role, column ?? ""]),
          ["Slices", origin.by.join(", ") || "none"],
          ["Filter", origin.where ?? "none"],
          [
            "Options",
            `coverage ${options.coverage.join(", ")}, level ${options.level}, seed ${options.seed}`,
          ],
        ],
        terminalRows: 0,
      },
    ],
  };
}
