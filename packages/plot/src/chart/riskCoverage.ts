import * as Plot from "@observablehq/plot";
import { CredenceError, checkProbabilities } from "credence/numeric";
import type { ChartOptions, ChartSpec, Figure, Frame } from "../spec.js";
import { pointerGround, xAxis, yAxis } from "./axes.js";
import { checkInterval, checkRows } from "./check.js";
import { flagMarks, targetLine } from "./flag.js";
import { formatNumber, formatPercent } from "./format.js";
import { thinPoints } from "./thin.js";

/** One point of a risk–coverage curve. */
export interface RiskCoveragePoint {
  /** Share of the rows that are answered, in [0, 1]. */
  readonly coverage: number;
  /** Share of errors (mean loss) among them. */
  readonly risk: number;
  /** The confidence from which rows are answered. */
  readonly threshold?: number;
  /** Interval of the risk. */
  readonly interval?: readonly [number, number] | null;
}

/** What is known about a threshold, as `certifiedThreshold` of `credence/selective` says it. */
export interface RiskCertification {
  /** Rows are answered from this confidence on; null where no threshold could be certified. */
  readonly threshold: number | null;
  /** The promise: risk ≤ `target` with probability ≥ 1 − `delta`. */
  readonly target: number;
  readonly delta: number;
  /** Upper bound of the risk at the threshold. */
  readonly bound: number | null;
  /** Share of the rows answered. */
  readonly coverage: { readonly value: number };
  /** Observed risk among them; null draws the point on its bound. */
  readonly risk: { readonly value: number } | null;
}

/** What a risk–coverage chart shows. */
export interface RiskCoverageData {
  /** A `RiskCoverageCurve` of `credence/selective`, or points of your own in any order. */
  readonly curve: {
    readonly points: readonly RiskCoveragePoint[];
    /** Nominal level of the points' intervals. Default 0.95. */
    readonly level?: number;
  };
  /** A `CertifiedThreshold` of `credence/selective`. */
  readonly certified?: RiskCertification | null;
  /** The risk not to be exceeded. Default that of the certificate. */
  readonly target?: number | null;
}

/**
 * The risk among the answered rows against the share answered, with the target and the certified point.
 * @throws CredenceError "empty-input" without points, "not-a-probability" for a coverage outside [0, 1].
 * @example
 * ```ts
 * import { riskCoverageChart } from "@credence/plot";
 * const curve = { points: [{ coverage: 0.5, risk: 0.02 }, { coverage: 1, risk: 0.11 }] };
 * riskCoverageChart({ curve, target: 0.05 }).description; // → "Risk among the answered rows against the share answered: 2 % at 50 %, 11 % at 100 %."
 * ```
 */
export function riskCoverageChart(data: RiskCoverageData, options: ChartOptions = {}): ChartSpec {
  const fn = "riskCoverageChart";
  const { certified = null } = data;
  const { points: curve, level = 0.95 } = data.curve;
  const target = data.target ?? certified?.target ?? null;
  checkRows(fn, "data.curve.points", curve, "risk");
  checkProbabilities(
    fn,
    "data.curve.points.coverage",
    curve.map((p) => p.coverage),
  );
  curve.forEach((p, i) => checkInterval(fn, "data.curve.points.interval", p.interval, i));
  if (target !== null && !(target >= 0 && target < Infinity))
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument: "data.target", value: target },
      "a risk of 0 or more is needed.",
    );
  const sorted = [...curve].sort((a, b) => a.coverage - b.coverage);
  const point = certified && pointOf(fn, certified);
  const promise =
    certified &&
    (point
      ? `Answering ${formatPercent(point.coverage)} of rows keeps the risk at or below ${formatPercent(certified.target)} (confidence ${formatPercent(1 - certified.delta)})`
      : `No threshold can be certified at a risk of ${formatPercent(certified.target)} (confidence ${formatPercent(1 - certified.delta)})`);
  const { title = "Risk and coverage", subtitle = promise } = options;
  const steps = [0.25, 0.5, 0.75].flatMap((share) => sorted.find((p) => p.coverage >= share) ?? []);
  return {
    name: "risk-coverage",
    title,
    subtitle,
    description: [
      `Risk among the answered rows against the share answered: ${[...new Set([...steps, sorted[sorted.length - 1]])].map((p) => `${formatPercent(p.risk)} at ${formatPercent(p.coverage)}`).join(", ")}.`,
      ...(promise ? [`${promise}.`] : []),
      ...(point
        ? [
            `The threshold is ${formatNumber(point.threshold, 3)}${certified?.bound == null ? "" : `; the bound on the risk is ${formatPercent(certified.bound)}`}.`,
          ]
        : []),
    ].join(" "),
    key: curve.some((p) => p.interval)
      ? [
          { mark: "line", role: "estimate", label: "observed risk" },
          {
            mark: "band",
            role: "estimate",
            opacity: 0.16,
            label: `${formatPercent(level)} interval, each point`,
          },
        ]
      : [],
    maxWidth: 840,
    figures: (frame) => [riskCoverageFigure(frame, sorted, target, point)],
  };
}

interface CertifiedPoint {
  readonly threshold: number;
  readonly coverage: number;
  readonly risk: number;
}

function pointOf(fn: string, { threshold, coverage, risk, bound }: RiskCertification): CertifiedPoint | null {
  if (threshold === null) return null;
  const point = { threshold, coverage: coverage.value, risk: risk?.value ?? bound ?? Number.NaN };
  checkRows(fn, "data.certified", [point], "threshold", "risk");
  checkProbabilities(fn, "data.certified.coverage", [point.coverage]);
  return point;
}

function riskCoverageFigure(
  frame: Frame,
  curve: readonly RiskCoveragePoint[],
  target: number | null,
  certified: CertifiedPoint | null,
): Figure {
  const { width, narrow, palette } = frame;
  const points = thinPoints(
    curve,
    (p) => p.coverage,
    (p) => p.risk,
  );
  const most = Math.max(...points.map((p) => p.risk), (target ?? 0) * 1.5, certified?.risk ?? 0) * 1.06 || 1;
  const margin = { marginLeft: 48, marginRight: 22, marginTop: certified ? 44 : 28, marginBottom: 42 };
  const banded = points.flatMap(({ coverage, interval }) =>
    interval ? [{ coverage, low: Math.max(0, interval[0]), high: Math.min(most, interval[1]) }] : [],
  );
  return {
    ...margin,
    height: narrow ? 300 : 380,
    x: { domain: [0, 1] },
    y: { domain: [0, most] },
    marks: [
      ...pointerGround(frame),
      ...(certified
        ? [
            Plot.rect([certified], {
              x1: 0,
              x2: "coverage",
              y1: 0,
              y2: most,
              fill: palette.second,
              fillOpacity: 0.09,
            }),
          ]
        : []),
      ...yAxis(frame, { label: "↑ Risk among the answered", format: formatPercent }),
      ...xAxis(frame, { label: "Coverage: share answered →", format: formatPercent, grid: false }),
      ...(banded.length > 0
        ? [
            Plot.areaY(banded, {
              x: "coverage",
              y1: "low",
              y2: "high",
              fill: palette.estimate,
              fillOpacity: 0.16,
            }),
          ]
        : []),
      Plot.line(points, {
        x: "coverage",
        y: "risk",
        stroke: palette.estimate,
        strokeWidth: 2,
      }),
      ...(points.length === 1
        ? [Plot.dot(points, { x: "coverage", y: "risk", r: 4, fill: palette.estimate })]
        : []),
      ...(frame.live ? [Plot.tip(points, Plot.pointerX({ x: "coverage", y: "risk", title: describe }))] : []),
      ...(target === null ? [] : targetLine(frame, target, `target ${formatPercent(target)}`)),
      ...(certified
        ? flagMarks(frame, {
            x: certified.coverage,
            y: certified.risk,
            label: `certified: answer ${formatPercent(certified.coverage)}, confidence ≥ ${formatNumber(certified.threshold, 3)}`,
            share: certified.coverage,
            inner: width - margin.marginLeft - margin.marginRight,
          })
        : []),
    ],
  };
}

function describe({ coverage, risk, threshold }: RiskCoveragePoint): string {
  const at = threshold === undefined ? "" : `\nconfidence ≥ ${formatNumber(threshold, 3)}`;
  return `${formatPercent(risk)} risk at ${formatPercent(coverage)} coverage${at}`;
}
