import * as Plot from "@observablehq/plot";
import { textWidth } from "../draw/text.js";
import type { Frame } from "../spec.js";

interface AxisOptions {
  label: string | null;
  /** Tick values; default about one every 70 pixels. */
  ticks?: readonly number[];
  /** Writes a tick. Default Plot's own format. */
  format?: (value: number) => string;
  /** Default true. */
  grid?: boolean;
  /** Where the label stands. Default at the end of the axis. */
  labelAnchor?: "center";
}

/** The x axis of the house: a quiet grid, no tick marks, the label at the end of the axis. */
export function xAxis(
  { palette }: Frame,
  { label, ticks, format, grid = true, labelAnchor }: AxisOptions,
): Plot.Markish[] {
  const at = { ...(ticks ? { ticks: [...ticks] } : { tickSpacing: 70 }) };
  return [
    ...(grid ? [Plot.gridX({ stroke: palette.grid, strokeOpacity: 1, ...at })] : []),
    Plot.axisX({
      color: palette.muted,
      tickSize: 0,
      tickPadding: 7,
      label,
      labelOffset: 34,
      ...(labelAnchor && { labelAnchor, labelArrow: "none" }),
      ...at,
      ...(format && { tickFormat: format }),
    }),
  ];
}

/** The y axis of the house. */
export function yAxis(
  { palette }: Frame,
  { label, ticks, format, grid = true }: AxisOptions,
): Plot.Markish[] {
  const at = { ...(ticks ? { ticks: [...ticks] } : { tickSpacing: 45 }) };
  return [
    ...(grid ? [Plot.gridY({ stroke: palette.grid, strokeOpacity: 1, ...at })] : []),
    Plot.axisY({
      color: palette.muted,
      tickSize: 0,
      tickPadding: 7,
      label,
      ...at,
      ...(format && { tickFormat: format }),
    }),
  ];
}

/** Ticks of the unit interval, fewer where it is narrow. */
export function unitTicks(pixels: number): number[] {
  return pixels < 200 ? [0, 0.5, 1] : [0, 0.2, 0.4, 0.6, 0.8, 1];
}

/** A tick as short as it can be: 0, 0.2, 1. */
export const shortTick = (value: number): string => String(value).replace("-", "−");

/** The margin that Plot's own tick labels (1,200 or 0.0025) need beside a domain. */
export function tickMargin([low, high]: readonly [number, number]): number {
  const decimals = Math.max(0, Math.ceil(-Math.log10((high - low) / 8)));
  const label = (value: number): string =>
    value.toLocaleString("en-US", {
      maximumFractionDigits: Math.min(20, decimals),
      minimumFractionDigits: Math.min(20, decimals),
    });
  return Math.max(48, 18 + textWidth(label(low), 12), 18 + textWidth(label(high), 12));
}

/** Something to point at: in a page, the pointer is felt everywhere in the frame. */
export function pointerGround({ live }: Frame): Plot.Markish[] {
  return live ? [Plot.frame({ fill: "none", stroke: "none", pointerEvents: "all" })] : [];
}

/** Text that stays readable on whatever is below. */
export function halo({ palette }: Frame): Plot.TextOptions {
  return { stroke: palette.surface, strokeWidth: 4, strokeLinejoin: "round" };
}
