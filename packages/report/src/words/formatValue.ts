import { formatCount, formatNumber } from "./format.js";

/** A number of any size with about three significant digits: 0.0123, 4.57, 1 234. */
export function formatValue(value: number): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value) || value === 0) return formatNumber(value, 0);
  if (size >= 1e7 || size < 1e-4) return value.toExponential(2).replace("-", "−");
  const text =
    size >= 1000 ? formatCount(size) : formatNumber(size, Math.max(0, 2 - Math.floor(Math.log10(size))));
  return value < 0 ? `−${text}` : text;
}
