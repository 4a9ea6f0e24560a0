import * as Plot from "@observablehq/plot";
import { CredenceError } from "credence/numeric";
import type { ChartOptions, ChartSpec, KeyEntry } from "../spec.js";
import { pointerGround, shortTick, unitTicks, xAxis, yAxis } from "./axes.js";
import { checkInterval, checkRows } from "./check.js";
import { formatNumber, formatPercent } from "./format.js";
import { thinPoints } from "./thin.js";

/** Net benefit at one threshold probability. */
export interface DecisionCurvePoint {
  /** Who acts from this probability on values a false alarm at threshold / (1 − threshold) hits. In [0, 1). */
  readonly threshold: number;
  /** Net benefit of acting by the model. */
  readonly model: number;
  /** Net benefit of acting on every row. */
  readonly all: number;
  /** Interval of the model's net benefit. */
  readonly interval?: readonly [number, number] | null;
}

/** What a decision curve shows. */
export interface DecisionCurveData {
  /** Any order. */
  readonly curve: readonly DecisionCurvePoint[];
}

/**
 * The decision curve (Vickers & Elkin 2006): the net benefit of acting by the model against that of acting always or
 * never, over the threshold probabilities that a decision maker may hold.
 * @throws CredenceError "empty-input" without points, "out-of-range" for a threshold outside [0, 1), "not-finite" for NaN.
 * @example
 * ```ts
 * import { decisionCurveChart } from "@credence/plot";
 * const curve = [{ threshold: 0.1, model: 0.3, all: 0.28 }, { threshold: 0.5, model: 0.12, all: -0.3 }];
 * decisionCurveChart({ curve }).subtitle; // → "Acting by the model is best from threshold 0.10 to 0.50"
 * ```
 */
export function decisionCurveChart({ curve }: DecisionCurveData, options: ChartOptions = {}): ChartSpec {
  const fn = "decisionCurveChart";
  checkRows(fn, "data.curve", curve, "threshold", "model", "all");
  curve.forEach(({ threshold, interval }, index) => {
    if (!(threshold >= 0 && threshold < 1))
      throw new CredenceError(
        "out-of-range",
        { function: fn, argument: "data.curve.threshold", index, value: threshold },
        "a threshold probability lies in [0, 1).",
      );
    checkInterval(fn, "data.curve.interval", interval, index);
  });
  const sorted = [...curve].sort((a, b) => a.threshold - b.threshold);
  const best = sorted.filter((p) => p.model > Math.max(p.all, 0));
  const range =
    best.length === 0
      ? "Acting by the model is nowhere better than acting always or never"
      : best.length === 1 + sorted.indexOf(best[best.length - 1]) - sorted.indexOf(best[0])
        ? `Acting by the model is best from threshold ${formatNumber(best[0].threshold)} to ${formatNumber(best[best.length - 1].threshold)}`
        : `Acting by the model is best at ${formatPercent(best.length / sorted.length)} of the thresholds`;
  const { title = "Net benefit", subtitle = range } = options;
  const sample = sorted.filter((_, i) => i % Math.ceil(sorted.length / 5) === 0);
  const banded = sorted.some((p) => p.interval);
  return {
    name: "decision-curve",
    title,
    subtitle,
    description: `Net benefit of acting by the model, and of acting always: ${sample.map((p) => `${formatNumber(p.model, 3)} and ${formatNumber(p.all, 3)} at threshold ${formatNumber(p.threshold)}`).join("; ")}. ${range}.`,
    key: [
      { mark: "line", role: "estimate", label: "by the model" },
      ...(banded
        ? [{ mark: "band", role: "estimate", opacity: 0.18, label: "interval" } satisfies KeyEntry]
        : []),
      { mark: "line", role: "alarm", label: "always" },
      { mark: "line", role: "reference", label: "never" },
    ],
    maxWidth: 840,
    figures: (frame) => {
      const { palette, narrow, width } = frame;
      const points = thinPoints(
        sorted,
        (p) => p.threshold,
        (p) => p.model,
      );
      const most = Math.max(...points.flatMap((p) => [p.model, p.all]), 0.01) * 1.1;
      // Acting always loses without limit as the threshold nears 1; only its fall below zero is worth showing.
      const least = Math.min(-0.25 * most, ...points.map((p) => p.model * 1.1));
      const clamp = (value: number): number => Math.min(most, Math.max(least, value));
      const line = { x: "threshold", strokeWidth: 2, clip: true } as const;
      return [
        {
          height: narrow ? 300 : 360,
          marginLeft: 48,
          marginRight: 20,
          marginTop: 28,
          marginBottom: 42,
          x: { domain: [0, 1] },
          y: { domain: [least, most] },
          marks: [
            ...pointerGround(frame),
            ...yAxis(frame, { label: "↑ Net benefit" }),
            ...xAxis(frame, {
              label: "Threshold probability →",
              ticks: unitTicks(width),
              format: shortTick,
              grid: false,
            }),
            Plot.ruleY([0], { stroke: palette.reference, strokeWidth: 1.5 }),
            Plot.areaY(
              points.flatMap(({ threshold, interval }) =>
                interval ? [{ threshold, low: clamp(interval[0]), high: clamp(interval[1]) }] : [],
              ),
              { x: "threshold", y1: "low", y2: "high", fill: palette.estimate, fillOpacity: 0.18 },
            ),
            Plot.line(points, {
              ...line,
              y: (p) => Math.max(p.all, least - most),
              stroke: palette.alarm,
              strokeWidth: 1.5,
            }),
            Plot.line(points, { ...line, y: "model", stroke: palette.estimate }),
            ...(points.length === 1
              ? [Plot.dot(points, { x: "threshold", y: "model", r: 4, fill: palette.estimate })]
              : []),
            ...(frame.live
              ? [
                  Plot.tip(
                    points,
                    Plot.pointerX({
                      x: "threshold",
                      y: "model",
                      title: (p: DecisionCurvePoint) =>
                        `threshold ${formatNumber(p.threshold)}\nmodel ${formatNumber(p.model, 3)}\nalways ${formatNumber(p.all, 3)}`,
                    }),
                  ),
                ]
              : []),
          ],
        },
      ];
    },
  };
}
