import * as Plot from "@observablehq/plot";
import type { Estimate } from "credence/estimate";
import { checkNotEmpty, checkProbabilities } from "credence/numeric";
import type { ChartOptions, ChartSpec, Figure, Frame, KeyEntry } from "../spec.js";
import { pointerGround, unitTicks, xAxis, yAxis } from "./axes.js";
import { checkEstimate } from "./check.js";
import { formatPercent } from "./format.js";

/** One promise and how it was kept. */
export interface QuantilePoint {
  /** The share promised. */
  readonly expected: number;
  /** The share observed. */
  readonly observed: Estimate;
}

/** What a quantile calibration chart shows. */
export interface QuantileCalibrationData {
  /** As `quantileCalibration` of `credence/forecast` makes it; any order. */
  readonly curve: readonly QuantilePoint[];
}

/**
 * How often what forecasts promise to cover was covered: below the diagonal they are too sure, above it too wide.
 * @throws CredenceError "empty-input" without points, "not-a-probability" outside [0, 1].
 * @example
 * ```ts
 * import { quantileCalibrationChart } from "@credence/plot";
 * const observed = { value: 0.7, interval: [0.62, 0.78], level: 0.95, method: "dkw", n: 300 } as const;
 * quantileCalibrationChart({ curve: [{ expected: 0.9, observed }] }).subtitle; // → "Of promised 90 %, 70 % was covered"
 * ```
 */
export function quantileCalibrationChart(
  { curve }: QuantileCalibrationData,
  options: ChartOptions = {},
): ChartSpec {
  const fn = "quantileCalibrationChart";
  checkNotEmpty(fn, "data.curve", curve);
  checkProbabilities(
    fn,
    "data.curve.expected",
    curve.map((p) => p.expected),
  );
  curve.forEach((p, i) => checkEstimate(fn, "data.curve.observed", p.observed, i));
  const sorted = [...curve].sort((a, b) => a.expected - b.expected);
  const nearest = (share: number): QuantilePoint =>
    sorted.reduce((best, p) => (Math.abs(p.expected - share) < Math.abs(best.expected - share) ? p : best));
  const at90 = nearest(0.9);
  const finding = `Of promised ${formatPercent(at90.expected)}, ${formatPercent(at90.observed.value)} was covered`;
  const { title = "Calibration of the forecasts", subtitle = finding } = options;
  const banded = sorted.some((p) => p.observed.interval);
  const told = [...new Set([0.25, 0.5, 0.75, 0.9].map(nearest))];
  return {
    name: "quantile-calibration",
    title,
    subtitle,
    description: `Share covered against share promised: ${told.map((p) => `${formatPercent(p.observed.value)} of promised ${formatPercent(p.expected)}`).join(", ")}.`,
    key: [
      { mark: "line", role: "estimate", label: "observed" },
      ...(banded
        ? [
            {
              mark: "band",
              role: "estimate",
              opacity: 0.18,
              label: `${formatPercent(sorted[0].observed.level)} band`,
            } satisfies KeyEntry,
          ]
        : []),
      { mark: "dash", role: "reference", label: "calibrated" },
    ],
    maxWidth: 520,
    figures: (frame) => [quantileFigure(frame, sorted)],
  };
}

function quantileFigure(frame: Frame, sorted: readonly QuantilePoint[]): Figure {
  const { palette, width } = frame;
  const margin = { marginLeft: 48, marginRight: 22, marginTop: 28, marginBottom: 42 };
  const side = width - margin.marginLeft - margin.marginRight;
  const ticks = unitTicks(side);
  const rows = sorted.map(({ expected, observed: { value, interval } }) => ({
    expected,
    value,
    low: Math.max(0, interval?.[0] ?? value),
    high: Math.min(1, interval?.[1] ?? value),
  }));
  return {
    ...margin,
    height: side + margin.marginTop + margin.marginBottom,
    x: { domain: [0, 1] },
    y: { domain: [0, 1] },
    marks: [
      ...pointerGround(frame),
      ...yAxis(frame, { label: "↑ Covered", ticks, format: formatPercent }),
      ...xAxis(frame, { label: "Promised →", ticks, format: formatPercent }),
      Plot.line([0, 1], {
        x: (d) => d,
        y: (d) => d,
        stroke: palette.reference,
        strokeWidth: 1.25,
        strokeDasharray: "4 3",
      }),
      Plot.areaY(rows, { x: "expected", y1: "low", y2: "high", fill: palette.estimate, fillOpacity: 0.18 }),
      Plot.line(rows, { x: "expected", y: "value", stroke: palette.estimate, strokeWidth: 2 }),
      ...(rows.length === 1
        ? [Plot.dot(rows, { x: "expected", y: "value", r: 4, fill: palette.estimate })]
        : []),
      ...(frame.live
        ? [
            Plot.tip(
              rows,
              Plot.pointerX({
                x: "expected",
                y: "value",
                title: (row: (typeof rows)[number]) =>
                  `promised ${formatPercent(row.expected)}\ncovered ${formatPercent(row.value)}`,
              }),
            ),
          ]
        : []),
    ],
  };
}
