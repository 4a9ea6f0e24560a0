import * as Plot from "@observablehq/plot";

/** One horizontal interval: its row, its ends (perhaps infinite) and its colour. */
export interface IntervalRow {
  readonly y: number;
  readonly interval: readonly [number, number] | null;
  readonly colour: string;
}

/** Lines from end to end within the domain; an end beyond it becomes an arrow at the edge. */
export function horizontalIntervals(
  rows: readonly IntervalRow[],
  [least, most]: readonly [number, number],
): Plot.Markish[] {
  const drawn = rows.flatMap(({ y, interval, colour }) =>
    interval ? [{ y, colour, low: interval[0], high: interval[1] }] : [],
  );
  const clamp = (value: number): number => Math.min(most, Math.max(least, value));
  const colour = (row: { colour: string }): string => row.colour;
  const arrow = (open: typeof drawn, x: number, rotate: number): Plot.Markish[] =>
    open.length === 0
      ? []
      : [Plot.dot(open, { x: () => x, y: "y", fill: colour, symbol: "triangle", r: 4, rotate })];
  return [
    Plot.ruleY(drawn, {
      y: "y",
      x1: (d) => clamp(d.low),
      x2: (d) => clamp(d.high),
      stroke: colour,
      strokeWidth: 2,
    }),
    ...arrow(
      drawn.filter((d) => d.low < least),
      least,
      -90,
    ),
    ...arrow(
      drawn.filter((d) => d.high > most),
      most,
      90,
    ),
  ];
}

/**
 * A domain that holds every finite number with a little air; zero is its edge where the numbers lie on one side of it
 * and not far away.
 */
export function domainOf(values: readonly number[]): [number, number] {
  const finite = values.filter(Number.isFinite);
  let low = Math.min(...finite);
  let high = Math.max(...finite);
  const size = Math.max(Math.abs(low), Math.abs(high));
  // Never so little air that ticks would fall between neighbouring floats.
  const air = Math.max((high - low || size || 1) * 0.06, size * 1e-9, 1e-12);
  const nearZero = (inner: number, outer: number): boolean => Math.abs(inner) <= 0.5 * Math.abs(outer);
  if (low >= 0 && nearZero(low, high)) low = 0;
  else low -= air;
  if (high <= 0 && nearZero(high, low)) high = 0;
  else high += air;
  return [low, high];
}
