import * as Plot from "@observablehq/plot";
import { CredenceError, checkFinite, checkNotEmpty } from "credence/numeric";
import type { ChartOptions, ChartSpec, Figure, Frame, KeyEntry } from "../spec.js";
import { shortTick, unitTicks, xAxis, yAxis } from "./axes.js";
import { checkInterval } from "./check.js";
import { formatCount, formatNumber, formatPercent, formatPlural } from "./format.js";

/** Lower and upper ends of a band, one each per bin. */
type Band = readonly [ArrayLike<number>, ArrayLike<number>];

/** What a PIT histogram shows: a `PitHistogram` of `credence/forecast`, or counts of your own. */
export interface PitHistogramData {
  /** Forecasts in each of the equal-width bins of [0, 1]. */
  readonly counts: ArrayLike<number>;
  /** Where the density of a bin (1 where flat) would lie, were the forecasts calibrated. */
  readonly pointwise?: Band | null;
  /** The same for all bins at once. */
  readonly simultaneous?: Band | null;
  /** Nominal level of the bands. Default 0.95. */
  readonly level?: number;
}

/**
 * The histogram of probability integral transforms: flat where forecasts are calibrated, ∪-shaped where they are too
 * narrow, ∩-shaped where too wide.
 * @throws CredenceError "empty-input" without bins, "out-of-range" where counts are negative or all zero.
 * @example
 * ```ts
 * import { pitHistogramChart } from "@credence/plot";
 * const simultaneous = [[0.6, 0.6], [1.4, 1.4]] as const;
 * pitHistogramChart({ counts: [30, 10], simultaneous }).subtitle; // → "2 of 2 bins outside the 95 % band"
 * ```
 */
export function pitHistogramChart(data: PitHistogramData, options: ChartOptions = {}): ChartSpec {
  const fn = "pitHistogramChart";
  const { level = 0.95, pointwise, simultaneous } = data;
  checkNotEmpty(fn, "data.counts", data.counts);
  checkFinite(fn, "data.counts", data.counts);
  const counts = Array.from(data.counts);
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total <= 0 || counts.some((count) => count < 0))
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument: "data.counts" },
      "counts are 0 or more, and not all are 0.",
    );
  const bars = counts.map((count, i) => {
    const density = (count * counts.length) / total;
    const band = simultaneous ?? pointwise;
    for (const [name, ends] of [
      ["pointwise", pointwise],
      ["simultaneous", simultaneous],
    ] as const)
      if (ends) checkInterval(fn, `data.${name}`, [ends[0][i], ends[1][i]], i);
    const outside = band ? density < band[0][i] || density > band[1][i] : false;
    return { low: i / counts.length, high: (i + 1) / counts.length, density, count, outside };
  });
  const outside = bars.filter((bar) => bar.outside).length;
  const bins = formatPlural(counts.length, "bin");
  const shown = formatPercent(level);
  const finding = simultaneous || pointwise ? `${outside} of ${bins} outside the ${shown} band` : null;
  const { title = "PIT histogram", subtitle = finding } = options;
  const key: KeyEntry[] = [{ mark: "bar", role: "estimate", opacity: 0.75, label: "forecasts" }];
  if (outside > 0) key.push({ mark: "bar", role: "alarm", opacity: 0.75, label: "outside the band" });
  key.push({ mark: "dash", role: "reference", label: "calibrated" });
  if (pointwise)
    key.push({ mark: "band", role: "reference", opacity: 0.5, label: `${shown} band, each bin` });
  if (simultaneous)
    key.push({ mark: "band", role: "reference", opacity: 0.25, label: `${shown} band, all bins` });
  return {
    name: "pit-histogram",
    title,
    subtitle,
    description: [
      `Histogram of the probability integral transforms of ${formatPlural(total, "forecast")} in ${bins}; calibrated forecasts have density 1 everywhere.`,
      ...(finding ? [`${finding}.`] : []),
      `Densities: ${bars.map((bar) => formatNumber(bar.density)).join(", ")}.`,
    ].join(" "),
    key,
    maxWidth: 640,
    figures: (frame) => [pitFigure(frame, bars, data)],
  };
}

interface Bar {
  readonly low: number;
  readonly high: number;
  readonly density: number;
  readonly count: number;
  readonly outside: boolean;
}

function pitFigure(
  frame: Frame,
  bars: readonly Bar[],
  { pointwise, simultaneous }: PitHistogramData,
): Figure {
  const { palette } = frame;
  const ends = [pointwise, simultaneous].flatMap((band) => (band ? Array.from(band[1]) : []));
  const most = Math.max(1, ...bars.map((bar) => bar.density), ...ends.filter(Number.isFinite)) * 1.08;
  const band = (of: Band | null | undefined, fillOpacity: number): Plot.Markish[] =>
    of
      ? [
          Plot.rect(bars, {
            x1: "low",
            x2: "high",
            y1: (_, i) => Math.max(0, of[0][i]),
            y2: (_, i) => Math.min(most, of[1][i]),
            fill: palette.reference,
            fillOpacity,
          }),
        ]
      : [];
  return {
    height: 280,
    marginLeft: 44,
    marginRight: 16,
    marginTop: 28,
    marginBottom: 42,
    x: { domain: [0, 1] },
    y: { domain: [0, most] },
    marks: [
      ...yAxis(frame, { label: "↑ Density" }),
      ...xAxis(frame, {
        label: "Probability integral transform →",
        ticks: unitTicks(frame.width),
        format: shortTick,
        grid: false,
      }),
      Plot.rectY(bars, {
        x1: "low",
        x2: "high",
        y: "density",
        insetLeft: 0.75,
        insetRight: 0.75,
        fill: (bar) => palette[bar.outside ? "alarm" : "estimate"],
        fillOpacity: 0.75,
        title: (bar) =>
          `PIT ${formatNumber(bar.low)} to ${formatNumber(bar.high)}\n${formatCount(bar.count)} forecasts, density ${formatNumber(bar.density)}`,
        tip: frame.live,
      }),
      ...band(simultaneous, 0.25),
      ...band(pointwise, 0.3),
      Plot.ruleY([1], { stroke: palette.ink, strokeOpacity: 0.7, strokeDasharray: "4 3" }),
      Plot.ruleY([0], { stroke: palette.reference }),
    ],
  };
}
