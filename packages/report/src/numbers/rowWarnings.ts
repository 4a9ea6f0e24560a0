import type { Warning } from "../analysis/report.js";
import { clusterWarning } from "../analysis/warnings.js";
import { formatPercent, formatPlural } from "../words/format.js";
import type { NumberRows } from "./readNumbers.js";

/** What rows lack that are counted apart. */
export interface Lacking {
  readonly missing: string;
  readonly unlabelled: string;
}

const FEW_ROWS = 100;
const FEW_GROUPS = 30;

/** What the reader must know of the rows before believing a number; alarms first. */
export function rowWarnings(rows: Omit<NumberRows, "values">, lacking: Lacking): Warning[] {
  const { n, missing, unlabelled, suspects, group } = rows;
  const note = (code: Warning["code"], message: string): Warning => ({ code, severity: "note", message });
  const share = (count: number) => formatPercent(count / (n + missing + unlabelled));
  const found = [
    suspects.length > 0 && clusterWarning(rows),
    n < FEW_ROWS &&
      note("few-rows", `Only ${formatPlural(n, "row")}: the intervals are as wide as that makes them.`),
    group &&
      group.count < FEW_GROUPS &&
      note(
        "few-groups",
        `Only ${formatPlural(group.count, "group")} (${group.name}): cluster-robust intervals are approximate below about ${FEW_GROUPS}.`,
      ),
    missing > 0 &&
      note(
        "missing",
        `${formatPlural(missing, "row")} (${share(missing)}) have no ${lacking.missing}. They are counted apart and are in no number below.`,
      ),
    unlabelled > 0 &&
      note(
        "unlabelled",
        `${formatPlural(unlabelled, "row")} (${share(unlabelled)}) have no ${lacking.unlabelled}, and are left out. If they do not lack it at random, the numbers below are biased.`,
      ),
  ];
  return found.filter((warning): warning is Warning => Boolean(warning));
}

/** The clusters of the rows; null where rows count as independent. */
export interface RowGroups {
  readonly column: string;
  readonly count: number;
  /** Rows of the largest. */
  readonly largest: number;
}

/** Counts the groups. */
export function summariseRowGroups({ group }: Pick<NumberRows, "group">): RowGroups | null {
  if (!group) return null;
  const sizes = new Int32Array(group.count);
  for (const code of group.codes) sizes[code]++;
  return {
    column: group.name,
    count: group.count,
    largest: sizes.reduce((most, size) => Math.max(most, size), 0),
  };
}
