import type { Estimate } from "credence/estimate";
import { checkFinite, checkNotEmpty } from "credence/numeric";
import type { ChartOptions, ChartSpec } from "../spec.js";
import { checkEstimate } from "./check.js";
import { forestFigure } from "./forestFigure.js";
import {
  formatCount,
  formatEstimate,
  formatPercent,
  formatPlural,
  type NumberFormat,
  writer,
} from "./format.js";

/** One row of a forest plot. */
export interface ForestRow {
  readonly name: string;
  readonly estimate: Estimate;
}

/** What a forest plot shows. */
export interface ForestData {
  readonly rows: readonly ForestRow[];
  /** What is estimated, e.g. "Calibration error". */
  readonly metric: string;
  /** The value to compare with, such as that of all rows; null for none. Default null. */
  readonly reference?: { readonly value: number; readonly label: string } | null;
  /** Which end is bad, "far" for both (far from the reference); rows are sorted worst first. Default "high". */
  readonly worst?: "high" | "low" | "far";
  /** The intervals hold for all rows at once. Default true. */
  readonly simultaneous?: boolean;
  /** Default "number". */
  readonly format?: NumberFormat;
  /** What a row is, in the singular. Default "slice". */
  readonly unit?: string;
}

/**
 * Estimates with their intervals, one to a row, worst first. A row whose whole interval lies on the bad side of the
 * reference is marked; an infinite end is drawn as an arrow.
 * @throws CredenceError "empty-input" without rows, "not-finite" for NaN.
 * @example
 * ```ts
 * import { forestPlot } from "@credence/plot";
 * const estimate = { value: 0.12, interval: [0.08, 0.17], level: 0.95, method: "delta", n: 240 } as const;
 * const reference = { value: 0.05, label: "all" };
 * const rows = [{ name: "blurred", estimate }];
 * forestPlot({ metric: "ECE", rows, reference }).subtitle; // → "1 of 1 slice worse than all (0.050)"
 * ```
 */
export function forestPlot(data: ForestData, options: ChartOptions = {}): ChartSpec {
  const fn = "forestPlot";
  const {
    rows,
    metric,
    reference = null,
    worst = "high",
    simultaneous = true,
    format = "number",
    unit = "slice",
  } = data;
  checkNotEmpty(fn, "data.rows", rows);
  rows.forEach((row, i) => checkEstimate(fn, "data.rows.estimate", row.estimate, i));
  if (reference) checkFinite(fn, "data.reference.value", [reference.value]);
  const write = writer(format);
  const center = reference?.value ?? 0;
  const badness = (value: number): number =>
    worst === "high" ? value - center : worst === "low" ? center - value : Math.abs(value - center);
  const sorted = [...rows].sort((a, b) => badness(b.estimate.value) - badness(a.estimate.value));
  const isWorse = ({ estimate: { interval } }: ForestRow): boolean =>
    reference !== null &&
    interval !== null &&
    ((worst !== "low" && interval[0] > center) || (worst !== "high" && interval[1] < center));
  const worse = sorted.filter(isWorse);
  const differs = worst === "far" ? "apart from" : "worse than";
  const compared =
    reference &&
    `${worse.length} of ${formatPlural(rows.length, unit)} ${differs} ${reference.label} (${write(reference.value)})`;
  const level = sorted.find((row) => row.estimate.interval)?.estimate.level;
  const { title = `${metric} by ${unit}`, subtitle = compared } = options;
  const numbers = sorted
    .slice(0, 20)
    .map((row) => `${row.name} ${formatEstimate(row.estimate, write)}, n = ${formatCount(row.estimate.n)}`)
    .join("; ");
  return {
    name: "forest-plot",
    title,
    subtitle,
    description: [
      `${metric} of ${formatPlural(rows.length, unit)}, worst first${level ? `, with ${simultaneous ? "simultaneous " : ""}${formatPercent(level)} intervals` : ""}.`,
      ...(compared ? [`${compared}.`] : []),
      `${rows.length > 20 ? "The worst 20: " : ""}${numbers}.`,
    ].join(" "),
    key: [
      {
        mark: "dot",
        role: "estimate",
        label: level
          ? `${formatPercent(level)} interval${simultaneous ? `, all ${unit}s at once` : ""}`
          : "estimate",
      },
      ...(worse.length > 0
        ? [{ mark: "dot", role: "alarm", label: `${differs} ${reference?.label}` } as const]
        : []),
      ...(reference
        ? [
            {
              mark: "dash",
              role: "reference",
              label: `${reference.label} ${write(reference.value)}`,
            } as const,
          ]
        : []),
    ],
    maxWidth: 840,
    figures: (frame) => [
      forestFigure(frame, {
        rows: sorted.map((row) => ({ ...row, role: isWorse(row) ? "alarm" : "estimate" })),
        reference: reference?.value ?? null,
        axis: metric,
        format,
      }),
    ],
  };
}
