import * as Plot from "@observablehq/plot";
import { CredenceError, checkFinite, checkNotEmpty, checkSameLength } from "credence/numeric";
import type { Palette } from "../draw/theme.js";
import type { ChartOptions, ChartSpec, Figure, Frame } from "../spec.js";
import { pointerGround, tickMargin, xAxis, yAxis } from "./axes.js";
import { formatNumber, formatPercent, formatPlural } from "./format.js";

/** Where the spread of precision–recall curves comes from, ray by ray. */
export interface VarianceBarsData {
  /** Angles θ of the rays in (0, π/2), ascending: recall weighs most at 0, precision at π/2. */
  readonly angles: ArrayLike<number>;
  /** Variances of the radius by source, each at every angle; at most five, stacked from below in this order. */
  readonly components: readonly { readonly label: string; readonly variance: ArrayLike<number> }[];
}

const ROLES: readonly (keyof Palette)[] = ["estimate", "alarm", "second", "reference", "muted"];
/** Bars over the quarter circle: neighbouring rays are averaged. */
const BARS = 18;

/**
 * Stacked bars of variance components over the angle: where on the curve the spread is, and what causes it. Rays are
 * averaged over slices of five degrees.
 * @throws CredenceError "empty-input", "too-large" for more than five components, "length-mismatch", "not-finite",
 *   "out-of-range" for a negative variance.
 * @example
 * ```ts
 * import { varianceBarsChart } from "@credence/plot";
 * const components = [{ label: "training seed", variance: [3, 3] }, { label: "reference", variance: [1, 1] }];
 * varianceBarsChart({ angles: [0.5, 1], components }).subtitle; // → "training seed 75 %, reference 25 % of the variance"
 * ```
 */
export function varianceBarsChart(data: VarianceBarsData, options: ChartOptions = {}): ChartSpec {
  const fn = "varianceBarsChart";
  const { angles, components } = data;
  checkNotEmpty(fn, "data.angles", angles);
  checkNotEmpty(fn, "data.components", components);
  checkFinite(fn, "data.angles", angles);
  if (components.length > ROLES.length)
    throw new CredenceError(
      "too-large",
      { function: fn, argument: "data.components", value: components.length },
      `at most ${ROLES.length} components can be told apart; add the small ones up.`,
    );
  for (const { variance } of components) {
    checkSameLength(fn, "data.components.variance", variance, "data.angles", angles);
    checkFinite(fn, "data.components.variance", variance);
    const index = Array.from(variance).findIndex((value) => value < 0);
    if (index >= 0)
      throw new CredenceError(
        "out-of-range",
        { function: fn, argument: "data.components.variance", index, value: variance[index] },
        "a variance is 0 or more; show negative estimates as 0.",
      );
  }
  const sums = components.map(({ variance }) => Array.from(variance).reduce((a, b) => a + b, 0));
  const total = sums.reduce((a, b) => a + b, 0);
  const shares =
    total > 0
      ? `${components.map(({ label }, c) => `${label} ${formatPercent(sums[c] / total)}`).join(", ")} of the variance`
      : "no variance at all";
  const { title = "Where the spread comes from", subtitle = shares } = options;
  return {
    name: "variance-bars",
    title,
    subtitle,
    description: `Variance of precision–recall curves over ${formatPlural(angles.length, "ray")}, from recall to precision: ${shares}.`,
    key: components.map(({ label }, c) => ({ mark: "bar", role: ROLES[c], label })),
    maxWidth: 840,
    figures: (frame) => [figure(frame, data)],
  };
}

function figure(frame: Frame, { angles, components }: VarianceBarsData): Figure {
  const { palette, narrow } = frame;
  const width = 90 / BARS;
  const bars = components.map(({ variance }) => {
    const sums = Array.from({ length: BARS }, () => ({ sum: 0, count: 0 }));
    for (let i = 0; i < angles.length; i++) {
      const degrees = (angles[i] * 180) / Math.PI;
      const bar = sums[Math.min(BARS - 1, Math.max(0, Math.floor(degrees / width)))];
      bar.sum += variance[i];
      bar.count++;
    }
    return sums.map(({ sum, count }) => (count > 0 ? sum / count : 0));
  });
  const tops = new Float64Array(BARS);
  const rows = components.flatMap(({ label }, c) =>
    bars[c].map((value, b) => {
      const y1 = tops[b];
      tops[b] += value;
      return { x1: b * width, x2: (b + 1) * width, y1, y2: tops[b], label, value, role: ROLES[c] };
    }),
  );
  const most = Math.max(...tops) * 1.06 || 1;
  return {
    height: narrow ? 260 : 320,
    marginLeft: tickMargin([0, most]),
    marginRight: 22,
    marginTop: 28,
    marginBottom: 42,
    x: { domain: [0, 90] },
    y: { domain: [0, most] },
    marks: [
      ...pointerGround(frame),
      ...yAxis(frame, { label: "↑ Variance of the radius" }),
      ...xAxis(frame, {
        label: narrow ? "Angle: recall → precision" : "Angle of the ray: 0° recall, 90° precision →",
        ticks: [0, 15, 30, 45, 60, 75, 90],
        format: (value) => `${value}°`,
        grid: false,
      }),
      Plot.rect(rows, {
        x1: "x1",
        x2: "x2",
        y1: "y1",
        y2: "y2",
        insetLeft: 0.5,
        insetRight: 0.5,
        fill: (d) => palette[d.role as keyof Palette],
        ...(frame.live && { title: (d) => `${d.label}\n${formatNumber(d.value, 6)}`, tip: true }),
      }),
    ],
  };
}
