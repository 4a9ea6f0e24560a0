import { basename } from "node:path";
import type { Report } from "../analysis/report.js";
import { formatCount, formatPlural } from "./format.js";

/** What was analysed, in one line. */
export function sourceLine({ origin, n, groups, missing, unlabelled }: Report): string {
  const files =
    origin.files.length === 1 ? basename(origin.files[0]) : formatPlural(origin.files.length, "file");
  return [
    files,
    groups
      ? `${formatPlural(n, "row")} in ${formatPlural(groups.count, "group")} (${groups.column})`
      : formatPlural(n, "row"),
    missing > 0 && `${formatCount(missing)} without a confidence`,
    unlabelled > 0 && `${formatCount(unlabelled)} without an outcome`,
    origin.where && `where ${origin.where}`,
  ]
    .filter(Boolean)
    .join(" · ");
}
