import { influenceVariance } from "../estimate/delta.js";
import { type Estimate, type EstimateOptions, levelOf, pointEstimate } from "../estimate/estimate.js";
import { wilson } from "../estimate/proportion.js";
import { checkOpenUnit, checkOptions } from "../numeric/check.js";
import type { Groups } from "../numeric/groups.js";
import type { Matrix } from "../numeric/matrix.js";
import { nearestNeighbours } from "../numeric/neighbours.js";
import { argsort, sortedCopy } from "../numeric/sort.js";
import { normalQuantile } from "../numeric/special.js";
import { checkedTriple } from "./dataCopying.js";

/** Options of {@link membershipInference}. */
export interface MembershipOptions extends Omit<EstimateOptions, "groups"> {
  /** False-positive rate at which the attack's hit rate is reported. Default 0.01. */
  falsePositiveRate?: number;
  /** Cluster ids of the members and of the others (one person's rows, say). */
  groups?: { readonly members?: Groups; readonly others?: Groups };
}

/** How well an attacker tells training rows from others by looking at generated rows. */
export interface MembershipInference {
  /** Area under the attack's ROC curve; ½ is private. */
  readonly auc: Estimate;
  /** Share of training rows found at the given false-positive rate, which is its own value without leakage. */
  readonly hitRate: Estimate;
}

/**
 * A membership-inference attack as a measure of privacy: rows are called training rows where a generated row lies near.
 * It is one simple attack: a high area proves a leak, ½ proves nothing against a cleverer one.
 *
 * The area's interval is DeLong's (cluster-robust with groups), the hit rate's is Wilson's at the threshold found.
 * @param members Rows the model was trained on. @param others Rows it was not.
 * @throws CredenceError "empty-input", "shape-mismatch", "not-finite", "out-of-range".
 * @see Chen et al. 2020 (GAN-Leaks); DeLong et al. 1988.
 * @example
 * ```ts
 * import { membershipInference } from "credence/fidelity";
 * const column = (data: number[]) => ({ data, rows: data.length, columns: 1 });
 * membershipInference(column([0, 1, 2]), column([3, 4, 5]), column([0, 1.1, 3.5])).auc.value; // → 0.7778
 * ```
 */
export function membershipInference(
  members: Matrix,
  others: Matrix,
  generated: Matrix,
  options: MembershipOptions = {},
): MembershipInference {
  const fn = "membershipInference";
  checkOptions(fn, options);
  const { falsePositiveRate = 0.01, groups = {} } = options;
  checkOpenUnit(fn, "falsePositiveRate", falsePositiveRate);
  const level = levelOf(fn, options);
  const [inside, outside, made] = checkedTriple(fn, members, others, generated);
  // Scores rise with nearness.
  const [a, b] = [inside, outside].map((matrix) =>
    nearestNeighbours(made, 1, matrix).distances.map((d) => -d),
  );
  const [above, below] = placements(a, b);
  const value = above.reduce((sum, x) => sum + x, 0) / a.length;
  const n = a.length + b.length;
  const threshold =
    sortedCopy(b)[b.length - 1 - Math.min(b.length - 1, Math.floor(falsePositiveRate * b.length))];
  const hits = a.reduce((count, score) => count + (score > threshold ? 1 : 0), 0);
  if (options.interval === false)
    return { auc: pointEstimate(value, level, n), hitRate: pointEstimate(hits / a.length, level, a.length) };
  const error = Math.hypot(
    influenceVariance(fn, above, { groups: groups.members }).standardError,
    influenceVariance(fn, below, { groups: groups.others }).standardError,
  );
  const half = Number.isFinite(error) ? normalQuantile((1 + level) / 2) * error : Infinity;
  return {
    auc: {
      value,
      interval: [value - half, value + half],
      level,
      method: groups.members || groups.others ? "cluster-delong" : "delong",
      n,
    },
    hitRate: {
      value: hits / a.length,
      interval: wilson(hits, a.length, level),
      level,
      method: "wilson",
      n: a.length,
    },
  };
}

/** For each score of one list the share of the other that it beats, ties half; for the second list, that beats it. */
function placements(a: Float64Array, b: Float64Array): [Float64Array, Float64Array] {
  const share = (values: Float64Array, others: Float64Array) => {
    const sorted = sortedCopy(others);
    const result = new Float64Array(values.length);
    let below = 0;
    let upTo = 0;
    for (const i of argsort(values)) {
      while (below < sorted.length && sorted[below] < values[i]) below++;
      while (upTo < sorted.length && sorted[upTo] <= values[i]) upTo++;
      result[i] = (below + upTo) / (2 * sorted.length);
    }
    return result;
  };
  return [share(a, b), share(b, a).map((x) => 1 - x)];
}
