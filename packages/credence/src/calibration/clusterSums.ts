import { type Binning, binOf } from "../numeric/bins.js";
import type { Outcomes } from "../numeric/check.js";
import type { GroupCodes } from "../numeric/groups.js";

/** Sums within each cluster and bin, for what draws whole clusters; cluster g and bin b stand at g · bins + b. */
export interface ClusterSums {
  /** Rows. */
  readonly count: Float64Array;
  /** Σ(y − p). */
  readonly residual: Float64Array;
}

/** The sums of rows already checked. */
export function clusterSums(
  confidences: ArrayLike<number>,
  outcomes: Outcomes,
  binning: Binning,
  { codes, count: clusters }: GroupCodes,
): ClusterSums {
  const bins = binning.edges.length - 1;
  const count = new Float64Array(clusters * bins);
  const residual = new Float64Array(clusters * bins);
  for (let i = 0; i < codes.length; i++) {
    const at = codes[i] * bins + binOf(binning, confidences[i]);
    count[at]++;
    residual[at] += Number(outcomes[i]) - confidences[i];
  }
  return { count, residual };
}
