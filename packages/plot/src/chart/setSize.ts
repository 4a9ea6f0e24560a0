import * as Plot from "@observablehq/plot";
import { CredenceError, checkFinite, checkNotEmpty } from "credence/numeric";
import type { ChartOptions, ChartSpec } from "../spec.js";
import { xAxis, yAxis } from "./axes.js";
import { formatCount, formatNumber, formatPercent, formatPlural } from "./format.js";

/** What a histogram of set sizes shows. */
export interface SetSizeData {
  /** `counts[k]` sets hold k labels; from 0, the empty sets, on. */
  readonly counts: ArrayLike<number>;
}

const mostBars = 30;

/**
 * How many labels the prediction sets hold: a set of one is an answer, a large one a confession, an empty one says that
 * no label fits. Beyond 30 sizes each bar takes in several.
 * @throws CredenceError "empty-input" without counts, "out-of-range" where they are negative or all zero.
 * @example
 * ```ts
 * import { setSizeChart } from "@credence/plot";
 * setSizeChart({ counts: [2, 60, 30, 8] }).subtitle; // → "Mean size 1.44; 60 % hold one label, 2 % are empty"
 * ```
 */
export function setSizeChart({ counts }: SetSizeData, options: ChartOptions = {}): ChartSpec {
  const fn = "setSizeChart";
  checkNotEmpty(fn, "data.counts", counts);
  checkFinite(fn, "data.counts", counts);
  const sizes = Array.from(counts);
  const total = sizes.reduce((sum, count) => sum + count, 0);
  if (total <= 0 || sizes.some((count) => count < 0))
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument: "data.counts" },
      "counts are 0 or more, and at least one set is needed.",
    );
  const mean = sizes.reduce((sum, count, size) => sum + count * size, 0) / total;
  const share = (size: number): string => formatPercent((sizes[size] ?? 0) / total);
  const {
    title = "Sizes of the prediction sets",
    subtitle = `Mean size ${formatNumber(mean)}; ${share(1)} hold one label, ${share(0)} are empty`,
  } = options;
  const largest = sizes.findLastIndex((count) => count > 0);
  const per = Math.ceil((largest + 1) / mostBars);
  const bars = Array.from({ length: Math.ceil((largest + 1) / per) }, (_, i) => {
    const [from, to] = [i * per, Math.min(largest, i * per + per - 1)];
    return { from, to, count: sizes.slice(from, to + 1).reduce((sum, count) => sum + count, 0) };
  });
  const name = ({ from, to }: { from: number; to: number }): string =>
    from === to ? String(from) : `${from}–${to}`;
  return {
    name: "set-size",
    title,
    subtitle,
    description: `Sizes of ${formatPlural(total, "prediction set")}: mean ${formatNumber(mean)}. ${bars.map((bar) => `${name(bar)}: ${formatCount(bar.count)}`).join("; ")}.`,
    key: [],
    maxWidth: 640,
    figures: (frame) => [
      {
        height: 260,
        marginLeft: 48,
        marginRight: 16,
        marginTop: 28,
        marginBottom: 42,
        x: { domain: [-0.6 * per, largest + 0.6 * per] },
        y: { domain: [0, Math.max(...bars.map((bar) => bar.count)) / total], zero: true },
        marks: [
          ...yAxis(frame, { label: "↑ Share of sets", format: formatPercent }),
          ...xAxis(frame, {
            label: "Labels in the set →",
            grid: false,
            ticks: integerTicks(largest, Math.floor(frame.width / 45)),
            format: String,
          }),
          Plot.rectY(bars, {
            x1: ({ from }) => from - 0.5,
            x2: ({ from }) => from + per - 0.5,
            y: ({ count }) => count / total,
            insetLeft: 1,
            insetRight: 1,
            fill: ({ from, to }) => frame.palette[to === 0 && from === 0 ? "alarm" : "estimate"],
            title: (bar) =>
              `size ${name(bar)}\n${formatPlural(bar.count, "set")}, ${formatPercent(bar.count / total)}`,
            tip: frame.live,
          }),
          Plot.ruleY([0], { stroke: frame.palette.reference }),
        ],
      },
    ],
  };
}

function integerTicks(largest: number, most: number): number[] {
  const step =
    [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((s) => largest / s < most) ?? Math.ceil(largest / most);
  return Array.from({ length: Math.floor(largest / step) + 1 }, (_, i) => i * step);
}
