import * as Plot from "@observablehq/plot";
import type { Estimate } from "credence/estimate";
import { cleanText, textWidth, truncateText } from "../draw/text.js";
import type { Palette } from "../draw/theme.js";
import type { Figure, Frame } from "../spec.js";
import { halo, xAxis } from "./axes.js";
import { formatCount, formatEstimate, type NumberFormat, writer } from "./format.js";
import { domainOf, horizontalIntervals } from "./interval.js";

/** What the figure of a forest plot shows, top to bottom. */
export interface ForestFigure {
  readonly rows: readonly {
    readonly name: string;
    readonly estimate: Estimate;
    readonly role: keyof Palette;
  }[];
  /** A vertical line to compare with. */
  readonly reference: number | null;
  /** The label of the axis. */
  readonly axis: string;
  readonly format: NumberFormat;
}

const fontSize = 12;
const widest = (texts: readonly string[]): number =>
  Math.max(...texts.map((text) => textWidth(text, fontSize)));

/** Names, intervals and numbers in columns; where there is no room, name and numbers stand above their interval. */
export function forestFigure(frame: Frame, { rows, reference, axis, format }: ForestFigure): Figure {
  const { width, narrow, palette } = frame;
  const write = writer(format);
  const values = rows.map((row) => formatEstimate(row.estimate, write));
  const counts = rows.map((row) => formatCount(row.estimate.n));
  const valueWidth = widest(values);
  const countWidth = widest([...counts, "n"]);
  const column = Math.min(widest(rows.map((row) => cleanText(row.name))), Math.max(80, width * 0.3));
  const beside = { left: column + 16, right: valueWidth + countWidth + 34 };
  const stacked = narrow || width - beside.left - beside.right < 120;
  const nameWidth = stacked ? Math.max(40, width - valueWidth - 12) : column;
  const marginLeft = stacked ? 20 : beside.left;
  const marginRight = stacked ? 20 : beside.right;
  const rowHeight = stacked ? 38 : rows.length > 30 ? 20 : 26;
  const marginTop = stacked ? 4 : 22;
  const marginBottom = 42;
  const apart = stacked ? 0.24 : 0; // of a row, between its text and its interval
  const items = rows.map((row, i) => ({
    ...row,
    text: i - apart,
    y: i + apart,
    x: row.estimate.value,
    interval: row.estimate.interval,
    colour: palette[row.role],
  }));
  const domain = domainOf([
    ...rows.flatMap(({ estimate: { value, interval } }) => [value, ...(interval ?? [])]),
    ...(reference === null ? [] : [reference]),
  ]);
  const cells = (texts: readonly string[], end: "start" | "end", x: number, fill: string): Plot.Markish =>
    Plot.text(items, {
      y: "text",
      text: (_, i) => texts[i],
      title: (row) => cleanText(row.name),
      frameAnchor: "left",
      dx: x - marginLeft,
      textAnchor: end,
      fontSize,
      fill,
      fontVariant: "tabular-nums",
      ...halo(frame),
    });
  return {
    height: marginTop + rows.length * rowHeight + marginBottom,
    marginLeft,
    marginRight,
    marginTop,
    marginBottom,
    x: { domain },
    y: { domain: [rows.length - 0.5, -0.5] },
    marks: [
      ...xAxis(frame, { label: axis, labelAnchor: "center", ...(format === "percent" && { format: write }) }),
      ...(reference === null
        ? []
        : [
            Plot.ruleX([reference], { stroke: palette.reference, strokeWidth: 1.25, strokeDasharray: "4 3" }),
          ]),
      ...horizontalIntervals(items, domain),
      Plot.dot(items, {
        x: "x",
        y: "y",
        r: 4.5,
        fill: (row) => row.colour,
        stroke: palette.surface,
        strokeWidth: 1.25,
        title: (row) => `${cleanText(row.name)}\n${formatEstimate(row.estimate, write)}`,
      }),
      cells(
        rows.map((row) => truncateText(row.name, nameWidth, fontSize)),
        "start",
        0,
        palette.ink,
      ),
      cells(values, "end", stacked ? width : width - countWidth - 18, palette.ink),
      ...(stacked
        ? []
        : [
            cells(counts, "end", width, palette.muted),
            Plot.text(["n"], {
              frameAnchor: "top-left",
              dx: width - marginLeft,
              dy: 6 - marginTop,
              textAnchor: "end",
              fontSize,
              fill: palette.muted,
            }),
          ]),
    ],
  };
}
