import type { Estimate } from "credence/estimate";

/** A whole number with thin groups of three: 12 345. */
export function formatCount(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, " ");
}

/** A number with so many decimals; infinities by their sign. */
export function formatNumber(value: number, decimals = 3): string {
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const text = Math.abs(value).toFixed(decimals);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** A share as a percentage: one decimal near 0 and 100, where it matters, else none. */
export function formatPercent(share: number): string {
  if (!Number.isFinite(share)) return share > 0 ? "∞" : "−∞";
  const percent = 100 * share;
  const size = Math.abs(percent);
  return `${formatNumber(percent, size < 9.95 || (size >= 90 && size < 99.95) ? 1 : 0)} %`.replace(
    ".0 %",
    " %",
  );
}

/** A share as a percentage with one decimal, for columns of numbers. */
export function formatShare(share: number): string {
  return `${formatNumber(100 * share, 1)}${Number.isFinite(share) ? " %" : ""}`;
}

/** A confidence: two decimals where that is all there is, else as many as tell it apart, up to four. */
export function formatConfidence(value: number): string {
  const text = value.toFixed(4).replace(/0{1,2}$/, "");
  return Number(text) === value || text.length > 4 ? text : value.toFixed(4);
}

/** [low, high] of an estimate; empty without an interval. */
export function formatInterval({ interval }: Estimate, write: (value: number) => string): string {
  return interval ? `[${write(interval[0])}, ${write(interval[1])}]` : "";
}

/** value [low, high]. */
export function formatEstimate(estimate: Estimate, write: (value: number) => string): string {
  return `${write(estimate.value)} ${formatInterval(estimate, write)}`.trim();
}

/** "1 row", "12 345 rows". */
export function formatPlural(count: number, unit: string): string {
  return `${formatCount(count)} ${unit}${count === 1 ? "" : "s"}`;
}

/** "a", "a and b", "a, b and c". */
export function formatList(items: readonly string[]): string {
  return items.length < 2
    ? items.join("")
    : `${items.slice(0, -1).join(", ")} and ${items[items.length - 1]}`;
}
