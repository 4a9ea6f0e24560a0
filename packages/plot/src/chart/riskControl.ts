import * as Plot from "@observablehq/plot";
import { CredenceError } from "credence/numeric";
import type { ChartOptions, ChartSpec, Figure, Frame, KeyEntry } from "../spec.js";
import { halo, pointerGround, xAxis, yAxis } from "./axes.js";
import { checkRows } from "./check.js";
import { flagMarks, targetLine } from "./flag.js";
import { formatNumber, formatPercent } from "./format.js";
import { thinPoints } from "./thin.js";

/** One setting of the parameter that controls the risk. */
export interface RiskControlPoint {
  /** The setting λ, e.g. a threshold. */
  readonly parameter: number;
  /** Mean loss observed. */
  readonly risk: number;
  /** Upper bound of the risk, where the method has one. */
  readonly bound?: number | null;
}

/** What a risk control chart shows. */
export interface RiskControlData {
  /** The risk at each setting; any order. */
  readonly curve: readonly RiskControlPoint[];
  /** The risk not to be exceeded. */
  readonly target: number;
  /** The setting that was chosen; null where none keeps the promise. */
  readonly chosen: number | null;
  /** What the parameter is. Default "λ". */
  readonly parameter?: string;
  /** Settings that keep other promises, with their names in a word or two. */
  readonly others?: readonly { readonly parameter: number; readonly label: string }[];
}

/**
 * The risk against the parameter that controls it (conformal risk control, Learn Then Test), with the target and the
 * chosen setting.
 * @throws CredenceError "empty-input" without points, "not-finite" for NaN.
 * @example
 * ```ts
 * import { riskControlChart } from "@credence/plot";
 * const curve = [{ parameter: 0, risk: 0.2 }, { parameter: 1, risk: 0.04 }];
 * riskControlChart({ curve, target: 0.1, chosen: 1 }).subtitle; // → "λ = 1.000 is chosen for a risk of at most 10 %"
 * ```
 */
export function riskControlChart(data: RiskControlData, options: ChartOptions = {}): ChartSpec {
  const fn = "riskControlChart";
  const { curve, target, chosen, parameter = "λ", others = [] } = data;
  checkRows(fn, "data.curve", curve, "parameter", "risk");
  for (const [argument, value] of [
    ["target", target],
    ["chosen", chosen ?? 0],
    ...others.map((other) => ["others.parameter", other.parameter] as const),
  ] as const)
    if (!Number.isFinite(value))
      throw new CredenceError(
        "not-finite",
        { function: fn, argument: `data.${argument}`, value },
        "a finite number is needed.",
      );
  curve.forEach(({ bound }, index) => {
    if (Number.isNaN(bound))
      throw new CredenceError(
        "not-finite",
        { function: fn, argument: "data.curve.bound", index, value: bound },
        "a bound is needed, or null.",
      );
  });
  const sorted = [...curve].sort((a, b) => a.parameter - b.parameter);
  const promise =
    chosen === null
      ? `No setting is known to keep the risk at or below ${formatPercent(target)}`
      : `${parameter} = ${formatNumber(chosen, 3)} is chosen for a risk of at most ${formatPercent(target)}`;
  const { title = "Risk control", subtitle = promise } = options;
  const [first, last] = [sorted[0], sorted[sorted.length - 1]];
  const bounded = sorted.some(({ bound }) => bound != null);
  return {
    name: "risk-control",
    title,
    subtitle,
    description: `Risk against ${parameter}: ${formatPercent(first.risk)} at ${formatNumber(first.parameter, 3)}, ${formatPercent(last.risk)} at ${formatNumber(last.parameter, 3)}. ${[promise, ...others.map((other) => `${other.label}: ${formatNumber(other.parameter, 3)}`)].join(". ")}.`,
    key: bounded
      ? ([
          { mark: "line", role: "estimate", label: "observed risk" },
          { mark: "dash", role: "estimate", label: "upper bound" },
        ] satisfies KeyEntry[])
      : [],
    maxWidth: 840,
    figures: (frame) => [riskControlFigure(frame, sorted, data, parameter)],
  };
}

function riskControlFigure(
  frame: Frame,
  sorted: readonly RiskControlPoint[],
  { target, chosen, others = [] }: RiskControlData,
  parameter: string,
): Figure {
  const { width, narrow, palette } = frame;
  const points = thinPoints(
    sorted,
    (p) => p.parameter,
    (p) => p.risk,
  );
  const settings = [...(chosen === null ? [] : [chosen]), ...others.map((other) => other.parameter)];
  const least = Math.min(sorted[0].parameter, ...settings);
  const most = Math.max(sorted[sorted.length - 1].parameter, ...settings);
  const domain = least < most ? [least, most] : [least - 0.5, most + 0.5];
  const top = Math.max(...points.map((p) => p.risk), target * 1.5) * 1.06 || 1;
  const margin = { marginLeft: 48, marginRight: 22, marginTop: 44, marginBottom: 42 };
  // A bound beyond the frame is cut off there; it may be infinite.
  const bounds = points.flatMap((p) =>
    p.bound == null ? [] : [{ ...p, bound: Math.min(p.bound, 2 * top) }],
  );
  const nearest = sorted.reduce((best, p) =>
    Math.abs(p.parameter - (chosen ?? 0)) < Math.abs(best.parameter - (chosen ?? 0)) ? p : best,
  );
  return {
    ...margin,
    height: narrow ? 300 : 360,
    x: { domain },
    y: { domain: [Math.min(0, ...points.map((p) => p.risk)), top] },
    marks: [
      ...pointerGround(frame),
      ...yAxis(frame, { label: "↑ Risk", format: formatPercent }),
      ...xAxis(frame, { label: `${parameter} →`, grid: false }),
      ...(bounds.length > 0
        ? [
            Plot.line(bounds, {
              x: "parameter",
              y: "bound",
              stroke: palette.estimate,
              strokeWidth: 1.5,
              strokeDasharray: "4 3",
              clip: true,
            }),
          ]
        : []),
      Plot.line(points, { x: "parameter", y: "risk", stroke: palette.estimate, strokeWidth: 2 }),
      ...(points.length === 1
        ? [Plot.dot(points, { x: "parameter", y: "risk", r: 4, fill: palette.estimate })]
        : []),
      ...(frame.live
        ? [
            Plot.tip(
              points,
              Plot.pointerX({
                x: "parameter",
                y: "risk",
                title: (p: RiskControlPoint) =>
                  `${parameter} = ${formatNumber(p.parameter, 3)}\nrisk ${formatPercent(p.risk)}`,
              }),
            ),
          ]
        : []),
      ...otherMarks(frame, others, domain),
      ...targetLine(frame, target, `target ${formatPercent(target)}`),
      ...(chosen === null
        ? []
        : flagMarks(frame, {
            x: chosen,
            y: nearest.risk,
            label: `chosen: ${parameter} = ${formatNumber(chosen, 3)}`,
            share: (chosen - domain[0]) / (domain[1] - domain[0]),
            inner: width - margin.marginLeft - margin.marginRight,
          })),
    ],
  };
}

/** Dashed lines with their names inside the frame, one below the other, on the side that has room. */
function otherMarks(
  frame: Frame,
  others: NonNullable<RiskControlData["others"]>,
  [low, high]: readonly number[],
): Plot.Markish[] {
  const { palette } = frame;
  return others.flatMap(({ parameter, label }, i) => {
    const right = (parameter - low) / (high - low) < 0.5;
    return [
      Plot.ruleX([parameter], { stroke: palette.muted, strokeWidth: 1.5, strokeDasharray: "2 3" }),
      Plot.text([parameter], {
        x: parameter,
        text: () => `${label}: ${formatNumber(parameter, 3)}`,
        frameAnchor: "top",
        textAnchor: right ? "start" : "end",
        lineAnchor: "top",
        dx: right ? 6 : -6,
        dy: 4 + 16 * i,
        fill: palette.muted,
        fontSize: 12,
        ...halo(frame),
      }),
    ];
  });
}
