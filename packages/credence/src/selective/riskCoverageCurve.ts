import { type EstimateOptions, levelOf } from "../estimate/estimate.js";
import type { Outcomes } from "../numeric/check.js";
import { checkOptions } from "../numeric/check.js";
import { groupCodes } from "../numeric/groups.js";
import { createTally } from "./clusterTally.js";
import { confidenceLevels } from "./confidenceLevels.js";

/** What happens if answers are given from one confidence upwards. */
export interface RiskCoveragePoint {
  /** Answers with at least this confidence are given. */
  readonly threshold: number;
  /** Share of the rows that are answered, in (0, 1]. */
  readonly coverage: number;
  /** Share of wrong answers among those given: the selective risk. */
  readonly risk: number;
  /** Interval for the risk at this threshold alone; null with `interval: false`. */
  readonly interval: readonly [number, number] | null;
  /** Rows answered. */
  readonly accepted: number;
  /** Wrong ones among them. */
  readonly errors: number;
}

/** A risk–coverage curve. */
export interface RiskCoverageCurve {
  /** One point per distinct confidence, highest threshold (lowest coverage) first. */
  readonly points: readonly RiskCoveragePoint[];
  /** Nominal coverage of each interval. */
  readonly level: number;
  /** How the intervals were made. */
  readonly method: string;
  readonly n: number;
  readonly groups?: number;
}

/**
 * Risk against coverage: how many answers could be given from each confidence upwards, and how many of those would be
 * wrong (El-Yaniv & Wiener 2010; Geifman & El-Yaniv 2017).
 *
 * Rows of equal confidence enter together, so the curve does not depend on the order of the rows. The intervals are
 * exact (Clopper–Pearson), at the effective sample size with groups, and **pointwise**: picking the best-looking
 * threshold off the curve and quoting its interval is not a guarantee. {@link certifiedThreshold} gives one.
 * @param confidences One per row, in [0, 1].
 * @param outcomes 1 or true where the answer was right.
 * @throws CredenceError "empty-input", "length-mismatch", "not-a-probability", "not-finite", "not-binary", "out-of-range".
 * @example
 * ```ts
 * import { riskCoverageCurve } from "credence/selective";
 * const { points } = riskCoverageCurve([0.9, 0.8, 0.8, 0.3], [1, 1, 0, 0]);
 * points.map((point) => point.coverage); // → [0.25, 0.75, 1]
 * points.map((point) => point.risk); // → [0, 0.333, 0.5]
 * ```
 */
export function riskCoverageCurve(
  confidences: ArrayLike<number>,
  outcomes: Outcomes,
  options: EstimateOptions = {},
): RiskCoverageCurve {
  const fn = "riskCoverageCurve";
  checkOptions(fn, options);
  const { groups, interval = true } = options;
  const level = levelOf(fn, options);
  const levels = confidenceLevels(fn, confidences, outcomes);
  const coded = groups ? groupCodes(fn, groups, confidences) : null;
  const tally = createTally(coded);
  let at = 0;
  const points = Array.from(levels.confidences, (threshold, l) => {
    for (const end = at + levels.counts[l]; at < end; at++)
      tally.add(levels.order[at], 1 - Number(outcomes[levels.order[at]]));
    return {
      threshold,
      coverage: tally.accepted / levels.n,
      risk: tally.errors / tally.accepted,
      interval: interval ? tally.riskInterval(level) : null,
      accepted: tally.accepted,
      errors: tally.errors,
    };
  });
  return {
    points,
    level,
    method: interval ? (coded ? "cluster-clopper-pearson" : "clopper-pearson") : "none",
    n: levels.n,
    ...(coded && { groups: coded.count }),
  };
}
