import { deltaEstimate } from "../estimate/delta.js";
import { type Estimate, type EstimateOptions, levelOf } from "../estimate/estimate.js";
import { checkCount, checkOptions, checkScored, type Outcomes } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { type Groups, groupCodes, groupRows } from "../numeric/groups.js";
import { argsort } from "../numeric/sort.js";

/** Options of {@link bestOfN}. */
export interface BestOfNOptions extends EstimateOptions {
  /** Numbers of candidates to look at. Default: 1, 2, 4 … up to the smallest number of candidates of any prompt. */
  n?: readonly number[];
  /** A cluster id per row for the interval, where prompts come in clusters themselves. Default: the prompts. */
  groups?: Groups;
}

/** What happens if the most confident of n candidates is answered. */
export interface BestOfN {
  /** Number of candidates. */
  readonly n: number;
  /** Share of prompts answered right. */
  readonly accuracy: Estimate;
  /** Mean confidence of the candidates picked. */
  readonly confidence: Estimate;
  /** Mean confidence minus accuracy: how much the confidence of a picked answer overstates. */
  readonly overconfidence: Estimate;
  /** Share of prompts with at least one right candidate among n: what a perfect choice would reach (pass@n). */
  readonly oracle: Estimate;
}

/**
 * What picking the most confident of n candidates does. It raises accuracy as far as the confidence ranks candidates of
 * one prompt, but it also picks the luckiest noise: a confidence that is calibrated for single answers is overconfident
 * for the best of n. Calibrate and certify on answers picked the same way as they will be in use.
 *
 * For each prompt with k ≥ n candidates all choices of n of them are averaged exactly (the candidate of rank j is the most
 * confident of n drawn with probability C(k−j, n−1)/C(k, n)), ties shared equally.
 * @param confidences One per candidate, in [0, 1].
 * @param outcomes 1 or true where the candidate is right.
 * @param prompts The prompt of each candidate.
 * @throws CredenceError "too-few" where a prompt has fewer than n candidates; "empty-input", "length-mismatch",
 *   "not-a-probability", "not-finite", "not-binary", "out-of-range".
 * @example
 * ```ts
 * import { bestOfN } from "credence/selective";
 * const [one, two] = bestOfN([0.9, 0.6, 0.7, 0.8], [1, 0, 0, 1], ["a", "a", "b", "b"]);
 * one.accuracy.value; // → 0.5
 * two.accuracy.value; // → 1
 * ```
 */
export function bestOfN(
  confidences: ArrayLike<number>,
  outcomes: Outcomes,
  prompts: Groups,
  options: BestOfNOptions = {},
): BestOfN[] {
  const fn = "bestOfN";
  checkOptions(fn, options);
  levelOf(fn, options);
  checkScored(fn, confidences, outcomes);
  const coded = groupCodes(fn, prompts, confidences);
  const candidates = groupRows(coded).map((rows) => rankCandidates(confidences, outcomes, rows));
  const fewest = Math.min(...candidates.map((ranked) => ranked.length));
  const clusters = options.groups && clusterOfPrompts(fn, options.groups, coded.codes, coded.count);
  const counts = options.n ?? powersOfTwo(fewest);
  return counts.map((n) => {
    checkCount(fn, "n", n);
    if (n > fewest) {
      const prompt = candidates.findIndex((ranked) => ranked.length < n);
      throw new CredenceError(
        "too-few",
        { function: fn, argument: "n", value: n },
        `prompt ${JSON.stringify(coded.labels[prompt])} has only ${candidates[prompt].length} candidates.`,
      );
    }
    const picked = candidates.map((ranked) => pick(ranked, n));
    const estimate = (read: (p: Picked) => number): Estimate => {
      const values = Float64Array.from(picked, read);
      const value = values.reduce((sum, x) => sum + x, 0) / values.length;
      return deltaEstimate(fn, value, values, { ...options, groups: clusters });
    };
    return {
      n,
      accuracy: estimate((p) => p.right),
      confidence: estimate((p) => p.confidence),
      overconfidence: estimate((p) => p.confidence - p.right),
      oracle: estimate((p) => p.oracle),
    };
  });
}

interface Candidate {
  readonly confidence: number;
  /** Share of right candidates among those of the same confidence. */
  readonly right: number;
}

/** The candidates of one prompt, most confident first; ties share their outcomes. */
function rankCandidates(confidences: ArrayLike<number>, outcomes: Outcomes, rows: Int32Array): Candidate[] {
  const own = Float64Array.from(rows, (row) => confidences[row]);
  const order = argsort(own).reverse();
  const ranked: Candidate[] = [];
  for (let start = 0; start < order.length; ) {
    let end = start;
    let right = 0;
    for (; end < order.length && own[order[end]] === own[order[start]]; end++)
      right += Number(outcomes[rows[order[end]]]);
    const candidate = { confidence: own[order[start]], right: right / (end - start) };
    for (; start < end; start++) ranked.push(candidate);
  }
  return ranked;
}

interface Picked {
  readonly confidence: number;
  readonly right: number;
  readonly oracle: number;
}

function pick(ranked: readonly Candidate[], n: number): Picked {
  const k = ranked.length;
  let confidence = 0;
  let right = 0;
  let rightCandidates = 0;
  // C(k−j, n−1)/C(k, n) for rank j = 1, 2, …
  let share = n / k;
  for (let j = 1; j <= k - n + 1; j++) {
    confidence += share * ranked[j - 1].confidence;
    right += share * ranked[j - 1].right;
    share *= (k - j - n + 1) / (k - j);
  }
  for (const candidate of ranked) rightCandidates += candidate.right;
  // C(wrong, n)/C(k, n): no right one among n.
  let none = 1;
  for (let i = 0; i < n; i++) none *= Math.max(0, k - Math.round(rightCandidates) - i) / (k - i);
  return { confidence, right, oracle: 1 - none };
}

function powersOfTwo(most: number): number[] {
  const powers = [];
  for (let n = 1; n <= most; n *= 2) powers.push(n);
  return powers;
}

/** The cluster of each prompt: that of its candidates, which must agree. */
function clusterOfPrompts(fn: string, groups: Groups, codes: Int32Array, count: number): Groups {
  groupCodes(fn, groups, codes);
  const clusters: (number | string)[] = new Array(count);
  for (let i = 0; i < codes.length; i++) {
    if (clusters[codes[i]] !== undefined && clusters[codes[i]] !== groups[i])
      throw new CredenceError(
        "unknown-group",
        { function: fn, argument: "groups", index: i, value: groups[i] },
        "differs from the group of another candidate of the same prompt; a prompt belongs to one group.",
      );
    clusters[codes[i]] = groups[i];
  }
  return clusters;
}
