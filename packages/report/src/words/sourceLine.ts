import { basename } from "node:path";
import type { Report } from "../analysis/report.js";
import { formatCount, formatPlural } from "./format.js";

/** What a line about the data says. */
export interface Source {
  readonly files: readonly string[];
  readonly n: number;
  readonly groups: { readonly count: number; readonly column: string } | null;
  readonly where: string | null;
  /** Rows that were counted apart, in words. */
  readonly apart: readonly (readonly [count: number, what: string])[];
}

/** What was analysed, in one line. */
export function sourceText({ files, n, groups, where, apart }: Source): string {
  return [
    files.length === 1 ? basename(files[0]) : formatPlural(files.length, "file"),
    groups
      ? `${formatPlural(n, "row")} in ${formatPlural(groups.count, "group")} (${groups.column})`
      : formatPlural(n, "row"),
    ...apart.map(([count, what]) => count > 0 && `${formatCount(count)} ${what}`),
    where && `where ${where}`,
  ]
    .filter(Boolean)
    .join(" · ");
}

/** What a report on confidences analysed, in one line. */
export function sourceLine({ origin, n, groups, missing, unlabelled }: Report): string {
  return sourceText({
    ...origin,
    n,
    groups,
    apart: [
      [missing, "without a confidence"],
      [unlabelled, "without an outcome"],
    ],
  });
}
