import { CredenceError } from "../numeric/error.js";
import { groupCodes } from "../numeric/groups.js";
import { argsort } from "../numeric/sort.js";
import { deltaEstimate } from "./delta.js";
import { type Estimate, type EstimateOptions, levelOf, pointEstimate } from "./estimate.js";
import { clopperPearson } from "./proportion.js";

/**
 * The area under the ROC curve: the probability that a positive row has a higher score than a negative one, ties counting
 * half (Mann–Whitney).
 *
 * Interval: DeLong's variance (DeLong, DeLong & Clarke-Pearson 1988), with groups Obuchowski's (1997), Student's t; it
 * may leave [0, 1]. A ranking without a single mistake (or of mistakes only) has no variance to go by. The rows then still
 * hold m pairs of a positive and a negative row that share no row, hence m independent draws of "ranked right", all alike;
 * the interval is the exact one (Clopper & Pearson 1934) for m of m. With groups the two rows of a pair come from groups
 * that no other pair uses; where there is no such pair nothing is known: [0, 1].
 * @param scores Finite, taken as checked.
 * @param isPositive 1 or true for positive rows, one per score, taken as checked.
 * @throws CredenceError "too-few" where all rows are of one kind; "length-mismatch" for groups; "out-of-range".
 */
export function aurocEstimate(
  fn: string,
  scores: ArrayLike<number>,
  isPositive: ArrayLike<number | boolean>,
  options: EstimateOptions = {},
): Estimate {
  const level = levelOf(fn, options);
  const n = scores.length;
  const order = argsort(scores);
  let positives = 0;
  for (let i = 0; i < n; i++) positives += Number(isPositive[i]);
  const negatives = n - positives;
  if (positives === 0 || negatives === 0)
    throw new CredenceError(
      "too-few",
      { function: fn, argument: "outcomes" },
      "are all of one kind; at least one row of each is needed.",
    );
  // For each row: which share of the other kind it beats (positives) or is beaten by (negatives), ties half.
  const placement = new Float64Array(n);
  let won = 0;
  let above = positives;
  let below = 0;
  for (let from = 0; from < n; ) {
    let until = from;
    let tiedPositives = 0;
    while (until < n && scores[order[until]] === scores[order[from]])
      tiedPositives += Number(isPositive[order[until++]]);
    const tiedNegatives = until - from - tiedPositives;
    above -= tiedPositives;
    for (let k = from; k < until; k++) {
      const i = order[k];
      placement[i] = isPositive[i]
        ? (below + tiedNegatives / 2) / negatives
        : (above + tiedPositives / 2) / positives;
    }
    won += tiedPositives * (below + tiedNegatives / 2);
    below += tiedNegatives;
    from = until;
  }
  const value = won / positives / negatives;
  if (options.interval === false) return pointEstimate(value, level, n);
  const influence = placement.map((v, i) => ((v - value) * n) / (isPositive[i] ? positives : negatives));
  const estimate = deltaEstimate(fn, value, influence, options);
  const clustered = options.groups ? "cluster-" : "";
  if (value > 0 && value < 1) return { ...estimate, method: `${clustered}delong` };
  const pairs = disjointPairs(fn, isPositive, n, positives, options);
  return {
    ...estimate,
    interval: pairs > 0 ? clopperPearson(value * pairs, pairs, level) : [0, 1],
    method: `${clustered}disjoint-pairs`,
  };
}

/** How many independent pairs of a positive and a negative row there are; from different groups, where there are groups. */
function disjointPairs(
  fn: string,
  isPositive: ArrayLike<number | boolean>,
  n: number,
  positives: number,
  { groups }: EstimateOptions,
): number {
  if (!groups) return Math.min(positives, n - positives);
  const { codes, count } = groupCodes(fn, groups, isPositive, "rows");
  const hasPositive = new Uint8Array(count);
  const hasNegative = new Uint8Array(count);
  for (let i = 0; i < n; i++) (isPositive[i] ? hasPositive : hasNegative)[codes[i]] = 1;
  const total = (flags: Uint8Array) => flags.reduce((sum, flag) => sum + flag, 0);
  return Math.min(total(hasPositive), total(hasNegative), count >> 1);
}
