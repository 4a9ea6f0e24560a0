import type { Estimate } from "credence/estimate";
import { checkNotEmpty } from "credence/numeric";
import type { ChartOptions, ChartSpec, KeyEntry } from "../spec.js";
import { checkEstimate } from "./check.js";
import { forestFigure } from "./forestFigure.js";
import { formatEstimate, formatPercent, formatPlural, type NumberFormat, writer } from "./format.js";

/** What a chart of paired differences shows. */
export interface ComparisonData {
  /** Each candidate's difference from the baseline on the same rows: candidate − baseline. */
  readonly candidates: readonly { readonly name: string; readonly difference: Estimate }[];
  /** What is compared, e.g. "Log loss". */
  readonly metric: string;
  /** What the candidates are compared with. */
  readonly baseline: string;
  /** Which direction is an improvement. Default "lower". */
  readonly better?: "lower" | "higher";
  /** Default "number". */
  readonly format?: NumberFormat;
}

/**
 * Candidates against a baseline: paired differences with intervals, best first. Only an interval that leaves zero out
 * is called a difference.
 * @throws CredenceError "empty-input" without candidates, "not-finite" for NaN.
 * @example
 * ```ts
 * import { comparisonChart } from "@credence/plot";
 * const difference = { value: -0.02, interval: [-0.03, -0.01], level: 0.95, method: "delta", n: 900 } as const;
 * const candidates = [{ name: "isotonic", difference }];
 * comparisonChart({ metric: "Log loss", baseline: "as is", candidates }).subtitle; // → "1 of 1 candidate better than as is"
 * ```
 */
export function comparisonChart(data: ComparisonData, options: ChartOptions = {}): ChartSpec {
  const fn = "comparisonChart";
  const { candidates, metric, baseline, better = "lower", format = "number" } = data;
  checkNotEmpty(fn, "data.candidates", candidates);
  candidates.forEach(({ difference }, i) => checkEstimate(fn, "data.candidates.difference", difference, i));
  const sign = better === "lower" ? 1 : -1;
  const sorted = [...candidates].sort((a, b) => sign * (a.difference.value - b.difference.value));
  const roleOf = ({ interval }: Estimate): "second" | "alarm" | "estimate" => {
    if (!interval || (interval[0] <= 0 && interval[1] >= 0)) return "estimate";
    return interval[0] > 0 === (better === "higher") ? "second" : "alarm";
  };
  const roles = sorted.map(({ difference }) => roleOf(difference));
  const count = (role: string): number => roles.filter((r) => r === role).length;
  const found = `${count("second")} of ${formatPlural(sorted.length, "candidate")} better than ${baseline}${count("alarm") ? `, ${count("alarm")} worse` : ""}`;
  const { title = `Difference from ${baseline}: ${metric}`, subtitle = found } = options;
  const level = sorted.find(({ difference }) => difference.interval)?.difference.level;
  const write = writer(format);
  const labels: Record<string, string> = { second: "better", alarm: "worse", estimate: "undecided" };
  return {
    name: "comparison",
    title,
    subtitle,
    description: [
      `Paired differences in ${metric} from ${baseline}, best first${level ? `, with ${formatPercent(level)} intervals` : ""}; ${better} is better.`,
      `${found}.`,
      `${sorted.map(({ name, difference }) => `${name} ${formatEstimate(difference, write)}`).join("; ")}.`,
    ].join(" "),
    key: (["second", "estimate", "alarm"] as const)
      .filter((role) => roles.includes(role))
      .map((role): KeyEntry => ({ mark: "dot", role, label: labels[role] })),
    maxWidth: 840,
    figures: (frame) => [
      forestFigure(frame, {
        rows: sorted.map(({ name, difference }, i) => ({ name, estimate: difference, role: roles[i] })),
        reference: 0,
        axis:
          better === "lower" ? `← better · difference in ${metric}` : `difference in ${metric} · better →`,
        format,
      }),
    ],
  };
}
