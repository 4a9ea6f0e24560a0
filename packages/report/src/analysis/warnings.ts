import type { Records } from "../reading/records.js";
import { formatCount, formatList, formatPercent, formatPlural } from "../words/format.js";
import type { GroupSummary, Warning } from "./report.js";

const FEW_ROWS = 100;
const FEW_GROUPS = 30;

/** What the reader must know before believing a number; alarms first. */
export function findWarnings(records: Records, groups: GroupSummary | null): Warning[] {
  const { n, missing, unlabelled, outcomes, confidences, suspects } = records;
  const warnings: Warning[] = [];
  if (suspects.length > 0) warnings.push(clusterWarning(records));
  if (outcomes.every((y) => y === outcomes[0]))
    warnings.push({
      code: "one-class",
      severity: "note",
      message: `All ${formatCount(n)} outcomes are ${outcomes[0] ? "right" : "wrong"}: nothing can be said about telling right from wrong, and no recalibration can be learnt.`,
    });
  if (n < FEW_ROWS)
    warnings.push({
      code: "few-rows",
      severity: "note",
      message: `Only ${formatPlural(n, "row")}: the intervals are as wide as that makes them.`,
    });
  if (groups && groups.count < FEW_GROUPS)
    warnings.push({
      code: "few-groups",
      severity: "note",
      message: `Only ${formatPlural(groups.count, "group")} (${groups.column}): cluster-robust intervals are approximate below about ${FEW_GROUPS}.`,
    });
  if (missing > 0)
    warnings.push({
      code: "missing",
      severity: "note",
      message: `${formatPlural(missing, "row")} (${formatPercent(missing / (n + missing + unlabelled))}) have no confidence. They are counted apart and are in no number below: the model gave no answer there.`,
    });
  if (unlabelled > 0)
    warnings.push({
      code: "unlabelled",
      severity: "note",
      message: `${formatPlural(unlabelled, "row")} have a confidence but no outcome, and are left out. If they were not left unlabelled at random, the numbers below are biased.`,
    });
  const certain = confidences.reduce((count, p) => count + (p === 0 || p === 1 ? 1 : 0), 0);
  if (certain > 0)
    warnings.push({
      code: "extreme-confidences",
      severity: "note",
      message: `${formatPlural(certain, "confidence")} are exactly 0 or 1. One that is wrong makes the log loss infinite; it is taken at 2⁻⁵² from the end instead.`,
    });
  return warnings.sort((a, b) => Number(b.severity === "alarm") - Number(a.severity === "alarm"));
}

/** Rows look clustered, and no group was named. */
export function clusterWarning({ suspects, n }: Pick<Records, "suspects" | "n">): Warning {
  const named = suspects.map(
    ({ column, values, designEffect }) =>
      `"${column}" (${formatCount(values)} values; ${formatCount(n / designEffect)} independent rows' worth of information, not ${formatCount(n)})`,
  );
  return {
    code: "clusters",
    severity: "alarm",
    message: `Rows seem to come in clusters: ${formatList(named)}. Rows of one cluster succeed and fail together, so every interval and certificate below is too optimistic. Name the cluster: --group ${JSON.stringify(suspects[0].column)}.`,
    suspects,
  };
}
