import type { Estimate } from "credence/estimate";
import { checkOpenUnit } from "credence/numeric";
import type { ChartOptions, ChartSpec } from "../spec.js";
import { type ForestRow, forestPlot } from "./forest.js";
import { formatPercent } from "./format.js";

/** What a chart of coverage by group shows. */
export interface CoverageByGroupData {
  readonly groups: readonly { readonly name: string; readonly coverage: Estimate }[];
  /** The coverage promised, 1 − α. */
  readonly target: number;
  /** The intervals hold for all groups at once. Default true. */
  readonly simultaneous?: boolean;
}

/**
 * How often the sets or intervals held the truth, group by group, worst first, against the coverage promised. A promise
 * that holds on average may be broken in a group.
 * @throws CredenceError "empty-input" without groups, "out-of-range" for a target outside (0, 1), "not-finite" for NaN.
 * @example
 * ```ts
 * import { coverageByGroupChart } from "@credence/plot";
 * const coverage = { value: 0.82, interval: [0.76, 0.87], level: 0.95, method: "clopper-pearson", n: 200 } as const;
 * const groups = [{ name: "Danish", coverage }];
 * coverageByGroupChart({ target: 0.9, groups }).subtitle; // → "1 of 1 group worse than promised (90 %)"
 * ```
 */
export function coverageByGroupChart(data: CoverageByGroupData, options: ChartOptions = {}): ChartSpec {
  const { groups, target, simultaneous = true } = data;
  checkOpenUnit("coverageByGroupChart", "data.target", target);
  const rows: ForestRow[] = groups.map(({ name, coverage }) => ({ name, estimate: coverage }));
  const spec = forestPlot(
    {
      rows,
      metric: "Coverage",
      reference: { value: target, label: "promised" },
      worst: "low",
      simultaneous,
      format: "percent",
      unit: "group",
    },
    options,
  );
  return {
    ...spec,
    name: "coverage-by-group",
    description: `${spec.description} Promised: ${formatPercent(target)}.`,
  };
}
