import * as Plot from "@observablehq/plot";
import { CredenceError, checkFinite, checkNotEmpty, checkSameLength } from "credence/numeric";
import type { Palette } from "../draw/theme.js";
import type { ChartOptions, ChartSpec, Figure, Frame, KeyEntry } from "../spec.js";
import { pointerGround, unitTicks, xAxis, yAxis } from "./axes.js";
import { formatNumber, formatPercent, formatPlural } from "./format.js";

/** What a chart of precision–recall curves shows; all curves are radii on the same rays. */
export interface PrecisionRecallData {
  /** Angles θ of the rays in (0, π/2), ascending: recall is ρ cos θ, precision ρ sin θ. */
  readonly angles: ArrayLike<number>;
  /** The curves the chart is about: one generator, the mean of an ensemble, or several generators (at most four). */
  readonly curves: readonly {
    readonly label: string;
    readonly radius: ArrayLike<number>;
    /** Where the curve may lie. */
    readonly band?: { readonly low: ArrayLike<number>; readonly high: ArrayLike<number> } | null;
  }[];
  /** What the bands are, e.g. "95 % band". Default "band". */
  readonly bandLabel?: string;
  /** Single models behind a mean, drawn faintly. */
  readonly members?: readonly ArrayLike<number>[];
  /** The worst of them. */
  readonly worst?: { readonly label: string; readonly radius: ArrayLike<number> } | null;
  /** Real against real: what a perfect generator would get. */
  readonly noiseFloor?: ArrayLike<number> | null;
}

const ROLES: readonly (keyof Palette)[] = ["estimate", "second", "alarm", "muted"];

/**
 * Precision–recall curves of generators with their bands, the members of an ensemble, its worst, and the noise floor.
 * The nearer to the corner at (1, 1), the better; a curve at the noise floor is as good as this sample size can show.
 * @throws CredenceError "empty-input" without curves or rays, "too-large" for more than four curves, "length-mismatch",
 *   "not-finite".
 * @example
 * ```ts
 * import { precisionRecallChart } from "@credence/plot";
 * const angles = [0.4, 0.8, 1.2];
 * const curves = [{ label: "diffusion", radius: [0.9, 1.2, 0.9] }];
 * precisionRecallChart({ angles, curves }).key[0].label; // → "diffusion"
 * ```
 */
export function precisionRecallChart(data: PrecisionRecallData, options: ChartOptions = {}): ChartSpec {
  const fn = "precisionRecallChart";
  const { angles, curves, members = [], worst = null, noiseFloor = null, bandLabel = "band" } = data;
  checkNotEmpty(fn, "data.angles", angles);
  checkNotEmpty(fn, "data.curves", curves);
  if (curves.length > ROLES.length)
    throw new CredenceError(
      "too-large",
      { function: fn, argument: "data.curves", value: curves.length },
      `at most ${ROLES.length} curves can be told apart; draw a chart for each.`,
    );
  const checked = (argument: string, radius: ArrayLike<number>) => {
    checkSameLength(fn, argument, radius, "data.angles", angles);
    checkFinite(fn, argument, radius);
  };
  checkFinite(fn, "data.angles", angles);
  for (const { radius, band } of curves) {
    checked("data.curves.radius", radius);
    if (band) {
      checked("data.curves.band.low", band.low);
      checked("data.curves.band.high", band.high);
    }
  }
  for (const member of members) checked("data.members", member);
  if (worst) checked("data.worst.radius", worst.radius);
  if (noiseFloor) checked("data.noiseFloor", noiseFloor);
  const { title = "Precision and recall", subtitle = null } = options;
  const middle = Array.from(angles).reduce(
    (best, angle, i) => (Math.abs(angle - Math.PI / 4) < Math.abs(angles[best] - Math.PI / 4) ? i : best),
    0,
  );
  const at = (radius: ArrayLike<number>) => formatPercent(radius[middle] * Math.sin(angles[middle]));
  const banded = curves.some(({ band }) => band);
  return {
    name: "precision-recall",
    title,
    subtitle,
    description: [
      "Precision against recall.",
      `Where they are equal: ${curves.map(({ label, radius }) => `${label} ${at(radius)}`).join(", ")}.`,
      ...(worst ? [`The worst, ${worst.label}, has ${at(worst.radius)}.`] : []),
      ...(members.length > 0 ? [`${formatPlural(members.length, "model")} in all.`] : []),
      ...(noiseFloor ? [`A perfect generator would show ${at(noiseFloor)}.`] : []),
    ].join(" "),
    key: [
      ...curves.map(({ label }, c): KeyEntry => ({ mark: "line", role: ROLES[c], label })),
      ...(banded ? [{ mark: "band", role: "estimate", opacity: 0.18, label: bandLabel } as const] : []),
      ...(members.length > 0
        ? [{ mark: "line", role: "estimate", opacity: 0.35, label: "single models" } as const]
        : []),
      ...(worst ? [{ mark: "line", role: "alarm", label: worst.label } as const] : []),
      ...(noiseFloor
        ? [{ mark: "dash", role: "reference", label: "real against real: the best there is" } as const]
        : []),
    ],
    maxWidth: 560,
    figures: (frame) => [figure(frame, data)],
  };
}

interface Point {
  readonly recall: number;
  readonly precision: number;
}

function figure(frame: Frame, data: PrecisionRecallData): Figure {
  const { width, palette } = frame;
  const { angles, curves, members = [], worst = null, noiseFloor = null } = data;
  const margin = { marginLeft: 48, marginRight: 22, marginTop: 28, marginBottom: 42 };
  const inner = width - margin.marginLeft - margin.marginRight;
  const points = (radius: ArrayLike<number>): Point[] =>
    Array.from(angles, (angle, i) => ({
      // A band may reach beyond what precision and recall can be.
      recall: Math.min(1, Math.max(0, radius[i] * Math.cos(angle))),
      precision: Math.min(1, Math.max(0, radius[i] * Math.sin(angle))),
    }));
  const line = (radius: ArrayLike<number>, stroke: string, more: Plot.LineOptions = {}) =>
    Plot.line(points(radius), { x: "recall", y: "precision", stroke, strokeWidth: 2, ...more });
  const ticks = unitTicks(inner);
  return {
    ...margin,
    height: inner + margin.marginTop + margin.marginBottom,
    x: { domain: [0, 1] },
    y: { domain: [0, 1] },
    marks: [
      ...pointerGround(frame),
      ...yAxis(frame, { label: "↑ Precision: do they look real?", ticks, format: formatPercent }),
      ...xAxis(frame, { label: "Recall: is everything there? →", ticks, format: formatPercent }),
      ...curves.flatMap(({ band }, c) =>
        band
          ? [
              Plot.line([...points(band.low), ...points(band.high).reverse()], {
                x: "recall",
                y: "precision",
                fill: palette[ROLES[c]],
                fillOpacity: 0.18,
                stroke: "none",
              }),
            ]
          : [],
      ),
      ...members.map((member) => line(member, palette.estimate, { strokeWidth: 0.75, strokeOpacity: 0.35 })),
      ...(noiseFloor
        ? [line(noiseFloor, palette.reference, { strokeDasharray: "5 4", strokeWidth: 1.5 })]
        : []),
      ...(worst ? [line(worst.radius, palette.alarm, { strokeWidth: 1.5 })] : []),
      ...curves.map(({ radius }, c) => line(radius, palette[ROLES[c]])),
      ...(frame.live
        ? [
            Plot.tip(
              curves.flatMap(({ label, radius }) => points(radius).map((point) => ({ ...point, label }))),
              Plot.pointer({
                x: "recall",
                y: "precision",
                title: (d: Point & { label: string }) =>
                  `${d.label}\nprecision ${formatNumber(d.precision, 3)}\nrecall ${formatNumber(d.recall, 3)}`,
              }),
            ),
          ]
        : []),
    ],
  };
}
