import type { AnyReport } from "../anyReport.js";

/** A report as one JSON object; infinities become "Infinity" and "-Infinity". */
export function renderJson(report: AnyReport): string {
  return `${JSON.stringify(report, replaceInfinity, 2)}\n`;
}

/** For `JSON.stringify`, which would write infinities as null. */
export function replaceInfinity(_key: string, value: unknown): unknown {
  if (typeof value !== "number" || Number.isFinite(value)) return value;
  return String(value);
}
