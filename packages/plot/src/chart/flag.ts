import * as Plot from "@observablehq/plot";
import { textWidth } from "../draw/text.js";
import type { Frame } from "../spec.js";
import { halo } from "./axes.js";

/** A dashed line across the chart with its name above its left end: what must not be exceeded. */
export function targetLine(frame: Frame, y: number, label: string): Plot.Markish[] {
  const { palette } = frame;
  return [
    Plot.ruleY([y], { stroke: palette.alarm, strokeWidth: 1.5, strokeDasharray: "5 3" }),
    Plot.text([y], {
      y,
      text: () => label,
      frameAnchor: "left",
      textAnchor: "start",
      lineAnchor: "bottom",
      dx: 6,
      dy: -5,
      fill: palette.alarm,
      fontSize: 12,
      ...halo(frame),
    }),
  ];
}

/** A point that was chosen, with a line through it that carries its label above the frame. */
export interface Flag {
  readonly x: number;
  readonly y: number | null;
  readonly label: string;
  /** Where `x` stands between the left (0) and the right (1) edge of the frame. */
  readonly share: number;
  /** Width of the frame in pixels. */
  readonly inner: number;
}

/** Draws a flag; its label is centred over the line, but never leaves the frame. */
export function flagMarks({ palette }: Frame, { x, y, label, share, inner }: Flag): Plot.Markish[] {
  const half = textWidth(label, 12) / 2;
  const at = share * inner;
  const dx = Math.min(Math.max(at, half), Math.max(inner - half, half)) - at;
  const second = palette.second;
  return [
    Plot.ruleX([x], { stroke: second, strokeWidth: 1.5 }),
    ...(y === null
      ? []
      : [Plot.dot([x], { x, y, r: 5.5, fill: second, stroke: palette.surface, strokeWidth: 1.5 })]),
    Plot.text([x], {
      x,
      text: () => label,
      frameAnchor: "top",
      lineAnchor: "bottom",
      dx,
      dy: -6,
      fill: second,
      fontSize: 12,
    }),
  ];
}
