import type { Estimate } from "credence/estimate";

/** A number to `digits` decimals, with a true minus sign and ∞; from a million on with a power of ten. */
export function formatNumber(value: number, digits = 2): string {
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  const text = size < 1e6 ? size.toFixed(digits) : size.toExponential(2).replace("+", "");
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** A share as a percentage with at least two significant digits: 0.4 %, 3.1 %, 71 %. */
export function formatPercent(value: number): string {
  if (!Number.isFinite(value)) return formatNumber(value);
  const percent = value * 100;
  const digits =
    Math.abs(percent) >= 9.95 || percent === Math.round(percent) ? 0 : Math.abs(percent) >= 0.095 ? 1 : 2;
  return `${formatNumber(percent, digits)} %`;
}

/** A count with its thousands apart: 4 164. */
export function formatCount(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, " ");
}

/** A number of things: 1 row, 2 rows. */
export function formatPlural(count: number, thing: string): string {
  return `${formatCount(count)} ${thing}${count === 1 ? "" : "s"}`;
}

/** How a chart writes its numbers. */
export type NumberFormat = "number" | "percent";

/** The writer of a format; `digits` counts for plain numbers. */
export function writer(format: NumberFormat, digits = 3): (value: number) => string {
  return format === "percent" ? formatPercent : (value) => formatNumber(value, digits);
}

/** An estimate with its interval: 0.081 [0.061, 0.102]. */
export function formatEstimate(estimate: Estimate, write: (value: number) => string): string {
  const { value, interval } = estimate;
  return interval ? `${write(value)} ${formatInterval(interval, write)}` : write(value);
}

/** An interval: [0.061, 0.102]; a percent sign is written once. */
export function formatInterval(
  [low, high]: readonly [number, number],
  write: (value: number) => string,
): string {
  const sign = " %";
  const start = write(low);
  const end = write(high);
  return `[${end.endsWith(sign) ? start.replace(sign, "") : start}, ${end}]`;
}
