import * as Plot from "@observablehq/plot";
import type { Figure, Frame } from "../spec.js";
import { shortTick, xAxis, yAxis } from "./axes.js";
import { formatCount, formatNumber, formatPlural } from "./format.js";
import type { ReliabilityData } from "./reliabilityData.js";

/** A reliability curve with the name of its panel. */
export interface ReliabilityPanel {
  readonly panel: string;
  readonly data: ReliabilityData;
}

/** How the confidences are spread, and how many of each came true; one column for each panel. */
export function reliabilityHistogram(
  panels: readonly ReliabilityPanel[],
  frame: Frame,
  shared: Omit<Figure, "height">,
  facet: object,
  ticks: readonly number[],
): Figure {
  const { palette } = frame;
  const bars = panels.flatMap(({ panel, data }) => barsOf(data).map((bar) => ({ panel, ...bar })));
  const most = Math.max(...bars.map((bar) => bar.count));
  const position = {
    x1: "low",
    x2: "high",
    fill: palette.estimate,
    insetLeft: 0.5,
    insetRight: 0.5,
    ...facet,
  };
  return {
    ...shared,
    height: 110,
    marginTop: 10,
    marginBottom: 40,
    y: { domain: [0, most] },
    marks: [
      ...yAxis(frame, {
        label: null,
        ticks: [0, most],
        format: (count) => (count === 0 ? "" : shortCount(count)),
        grid: false,
      }),
      ...xAxis(frame, { label: "Confidence →", ticks, format: shortTick, grid: false }),
      Plot.rectY(bars, { ...position, y: "count", fillOpacity: 0.35, title: describeBar }),
      Plot.rectY(bars, { ...position, y: "positives", fillOpacity: 0.65, title: describeBar }),
      Plot.ruleY([0], { stroke: palette.reference }),
    ],
  };
}

interface Bar {
  readonly low: number;
  readonly high: number;
  readonly count: number;
  readonly positives: number;
}

function barsOf({ histogram, points }: ReliabilityData): Bar[] {
  if (histogram)
    return Array.from(histogram.counts, (count, i) => ({
      low: histogram.edges[i],
      high: histogram.edges[i + 1],
      count,
      positives: histogram.positives?.[i] ?? 0,
    }));
  // Without edges a bin is a bar around its mean confidence, as wide as the closest neighbours allow.
  const sorted = points.map((p) => p.meanConfidence).sort((a, b) => a - b);
  const gaps = sorted.slice(1).map((x, i) => x - sorted[i]);
  const half = Math.min(0.025, Math.max(0.004, Math.min(...gaps, 1) / 2));
  return points.map((p) => ({
    low: p.lower ?? Math.max(0, p.meanConfidence - half),
    high: p.upper ?? Math.min(1, p.meanConfidence + half),
    count: p.n,
    positives: p.n * p.frequency,
  }));
}

function describeBar({ low, high, count, positives }: Bar): string {
  return `confidence ${formatNumber(low)} to ${formatNumber(high)}\n${formatPlural(count, "row")}, ${formatCount(Math.round(positives))} came true`;
}

function shortCount(count: number): string {
  if (count < 10_000) return formatCount(count);
  const [unit, letter] = count < 1e6 ? [1e3, "k"] : [1e6, "M"];
  return `${Math.round((count / unit) * 10) / 10}${letter}`;
}
