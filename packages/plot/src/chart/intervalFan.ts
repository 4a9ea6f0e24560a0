import * as Plot from "@observablehq/plot";
import { CredenceError, checkFinite, checkNotEmpty, checkOpenUnit, checkSameLength } from "credence/numeric";
import type { ChartOptions, ChartSpec, Figure, Frame, KeyEntry } from "../spec.js";
import { pointerGround, tickMargin, xAxis, yAxis } from "./axes.js";
import { formatNumber, formatPercent, formatPlural } from "./format.js";
import { domainOf } from "./interval.js";

/** What a fan of prediction intervals shows. */
export interface IntervalFanData {
  /** When: dates, or plain numbers; ascending. */
  readonly times: readonly Date[] | ArrayLike<number>;
  /** Intervals by nominal coverage; ends may be infinite. */
  readonly intervals: readonly {
    readonly level: number;
    readonly low: ArrayLike<number>;
    readonly high: ArrayLike<number>;
  }[];
  /** The point forecast. */
  readonly center?: ArrayLike<number> | null;
  /** What came; null where it is not yet known. */
  readonly observed?: ArrayLike<number | null> | null;
  /** What is forecast, with its unit. Default "Value". */
  readonly label?: string;
}

/**
 * Prediction intervals over time as a fan, the narrowest darkest, with what came; an observation outside the widest
 * interval is marked.
 * @throws CredenceError "empty-input", "length-mismatch", "not-finite" for NaN, "out-of-range" for levels outside (0, 1).
 * @example
 * ```ts
 * import { intervalFanChart } from "@credence/plot";
 * const intervals = [{ level: 0.9, low: [1, 2], high: [5, 6] }];
 * intervalFanChart({ times: [1, 2], intervals, observed: [3, 9] }).subtitle; // → "1 of 2 observations in the 90 % interval"
 * ```
 */
export function intervalFanChart(data: IntervalFanData, options: ChartOptions = {}): ChartSpec {
  const fn = "intervalFanChart";
  const { intervals, center, observed, label = "Value" } = data;
  const times = Array.from<Date | number>(data.times);
  checkNotEmpty(fn, "data.times", times);
  checkNotEmpty(fn, "data.intervals", intervals);
  checkFinite(fn, "data.times", times.map(Number));
  for (const { level, low, high } of intervals) {
    checkOpenUnit(fn, "data.intervals.level", level);
    checkEnds(fn, "data.intervals.low", low, times);
    checkEnds(fn, "data.intervals.high", high, times);
  }
  if (center) {
    checkSameLength(fn, "data.center", center, "data.times", times);
    checkFinite(fn, "data.center", center);
  }
  if (observed) {
    checkSameLength(fn, "data.observed", observed, "data.times", times);
    checkFinite(
      fn,
      "data.observed",
      Array.from(observed, (value) => value ?? 0),
    );
  }
  const widestFirst = [...intervals].sort((a, b) => b.level - a.level);
  const widest = widestFirst[0];
  const seen = Array.from(observed ?? [], (value, i) => ({ time: times[i], value, i })).flatMap((row) =>
    row.value === null
      ? []
      : [
          {
            ...row,
            value: row.value,
            missed: row.value < widest.low[row.i] || row.value > widest.high[row.i],
          },
        ],
  );
  const held = seen.filter((row) => !row.missed).length;
  const finding =
    seen.length > 0
      ? `${held} of ${formatPlural(seen.length, "observation")} in the ${formatPercent(widest.level)} interval`
      : null;
  const { title = "Forecast", subtitle = finding } = options;
  const levels = [...widestFirst].reverse();
  const last = times.length - 1;
  return {
    name: "interval-fan",
    title,
    subtitle,
    description: [
      `Prediction intervals of ${label} at ${formatPlural(times.length, "time")}, nominal coverage ${levels.map(({ level }) => formatPercent(level)).join(", ")}.`,
      `At the end the ${formatPercent(widest.level)} interval runs from ${formatNumber(widest.low[last])} to ${formatNumber(widest.high[last])}.`,
      ...(finding ? [`${finding}.`] : []),
    ].join(" "),
    key: [
      ...levels.map(
        ({ level }, i): KeyEntry => ({
          mark: "band",
          role: "estimate",
          opacity: opacityOf(i, levels.length),
          label: formatPercent(level),
        }),
      ),
      ...(center ? [{ mark: "line", role: "estimate", label: "forecast" } as const] : []),
      ...(seen.length > 0 ? [{ mark: "dot", role: "ink", label: "observed" } as const] : []),
      ...(held < seen.length ? [{ mark: "dot", role: "alarm", label: "outside" } as const] : []),
    ],
    maxWidth: 960,
    figures: (frame) => [fanFigure(frame, { times, widestFirst, center: center ?? null, seen, label })],
  };
}

// How dark the band looks with all wider ones below it.
const opacityOf = (i: number, count: number): number =>
  0.18 + (0.42 * (count - 1 - i)) / Math.max(1, count - 1 || 1);

function checkEnds(fn: string, argument: string, ends: ArrayLike<number>, times: readonly unknown[]): void {
  checkSameLength(fn, argument, ends, "data.times", times);
  const index = Array.from(ends).findIndex(Number.isNaN);
  if (index >= 0)
    throw new CredenceError(
      "not-finite",
      { function: fn, argument, index, value: Number.NaN },
      "an end may be infinite but not NaN.",
    );
}

interface Fan {
  readonly times: readonly (Date | number)[];
  readonly widestFirst: IntervalFanData["intervals"];
  readonly center: ArrayLike<number> | null;
  readonly seen: readonly {
    readonly time: Date | number;
    readonly value: number;
    readonly missed: boolean;
  }[];
  readonly label: string;
}

function fanFigure(frame: Frame, { times, widestFirst, center, seen, label }: Fan): Figure {
  const { palette, narrow } = frame;
  const [low, high] = domainOf([
    ...widestFirst.flatMap((band) => [...Array.from(band.low), ...Array.from(band.high)]),
    ...Array.from(center ?? []),
    ...seen.map((row) => row.value),
  ]);
  const clamp = (value: number): number => Math.min(high, Math.max(low, value));
  const lone = times.length === 1;
  const bands = widestFirst.map((band, i) => {
    const rows = times.map((time, t) => ({ time, low: clamp(band.low[t]), high: clamp(band.high[t]) }));
    // Each band lies on the wider ones: it adds what is missing to its own shade.
    const own = opacityOf(widestFirst.length - 1 - i, widestFirst.length);
    const below = i === 0 ? 0 : opacityOf(widestFirst.length - i, widestFirst.length);
    const fillOpacity = 1 - (1 - own) / (1 - below);
    return lone
      ? Plot.ruleX(rows, {
          x: "time",
          y1: "low",
          y2: "high",
          stroke: palette.estimate,
          strokeOpacity: fillOpacity,
          strokeWidth: 10,
        })
      : Plot.areaY(rows, { x: "time", y1: "low", y2: "high", fill: palette.estimate, fillOpacity });
  });
  return {
    height: narrow ? 280 : 340,
    marginLeft: tickMargin([low, high]),
    marginRight: 20,
    marginTop: 28,
    marginBottom: 42,
    ...(lone && {
      x: {
        domain: [Number(times[0]) - 1, Number(times[0]) + 1].map((t) =>
          times[0] instanceof Date ? new Date(t) : t,
        ),
      },
    }),
    y: { domain: [low, high] },
    marks: [
      ...pointerGround(frame),
      ...yAxis(frame, { label: `↑ ${label}` }),
      ...xAxis(frame, { label: null, grid: false }),
      ...bands,
      ...(center
        ? [
            Plot.line(
              times.map((time, i) => ({ time, value: center[i] })),
              { x: "time", y: "value", stroke: palette.estimate, strokeWidth: 1.75 },
            ),
          ]
        : []),
      Plot.dot(seen, {
        x: "time",
        y: "value",
        r: (row) => (row.missed ? 3 : seen.length > 200 ? 1.2 : 2.2),
        fill: (row) => palette[row.missed ? "alarm" : "ink"],
        ...(frame.live && {
          title: (row) =>
            `${row.time instanceof Date ? row.time.toISOString().slice(0, 10) : row.time}\n${formatNumber(row.value)}`,
          tip: true,
        }),
      }),
    ],
    r: { type: "identity" },
  };
}
