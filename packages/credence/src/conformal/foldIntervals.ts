import { checkList } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { type Groups, groupCodes } from "../numeric/groups.js";
import { selectSmallest } from "../numeric/select.js";
import { sortedCopy } from "../numeric/sort.js";
import { checkOrdered, groupedQuantile, rankOf } from "./quantile.js";

/**
 * Order statistics of all (prediction of the row's fold) ± (the row's score), without the n × test-points matrix: scores
 * are sorted once per fold, and for each test point the order statistic is found across the sorted lists.
 */
export interface FoldScores {
  readonly n: number;
  readonly folds: number;
  /** Independent groups, where there are groups; each then counts once, its rows sharing its weight. */
  readonly groups?: number;
  /** The k-th smallest of center[fold of i] + score i, k = ⌈(n+1)(1−α)⌉; +∞ where k > n. */
  upper(centers: ArrayLike<number>): number;
  /** The ⌊(n+1)α⌋-th smallest of center[fold of i] − score i; −∞ where that is 0. */
  lower(centers: ArrayLike<number>): number;
}

/**
 * Sorts the scores by fold; folds are numbered 0 … K − 1, as are the predictions of a test point later. With groups the
 * order statistics are those of the groups' weights, 1/(G + 1) spread evenly over the rows of each and as much at ±∞.
 */
export function foldScores(
  fn: string,
  scores: Float64Array,
  folds: ArrayLike<number>,
  alpha: number,
  groups?: Groups,
): FoldScores {
  const n = scores.length;
  checkOrdered(fn, "scores", scores); // the difference of two infinities
  let count = 0;
  for (let i = 0; i < n; i++) {
    if (!Number.isInteger(folds[i]) || folds[i] < 0 || folds[i] >= n)
      throw new CredenceError(
        "out-of-range",
        { function: fn, argument: "folds", index: i, value: folds[i] },
        `a fold is a whole number from 0 on and below ${n}, the number of rows: which model did not see this row.`,
      );
    count = Math.max(count, folds[i] + 1);
  }
  if (groups) return groupedScores(fn, scores, folds, count, alpha, groups);
  const sizes = new Int32Array(count);
  for (let i = 0; i < n; i++) sizes[folds[i]]++;
  const lists = Array.from(sizes, (size) => new Float64Array(size));
  sizes.fill(0);
  for (let i = 0; i < n; i++) lists[folds[i]][sizes[folds[i]]++] = scores[i];
  const sorted = lists.map((list) => sortedCopy(list));
  const k = rankOf(n, alpha);
  const negated = new Float64Array(count);
  const select = count > n / 4 ? selectOneByOne(sorted, n) : selectAcross(sorted, n);
  const upper = (centers: ArrayLike<number>) => {
    checkCenters(fn, centers, count);
    return k > n ? Infinity : select(centers, k);
  };
  return {
    n,
    folds: count,
    upper,
    // The j-th smallest of center − score is minus the j-th largest of score − center, j = n + 1 − k.
    lower(centers) {
      checkCenters(fn, centers, count);
      for (let f = 0; f < count; f++) negated[f] = -centers[f];
      return k > n ? -Infinity : 0 - select(negated, k);
    },
  };
}

/** The same where groups count once: all n sums are sorted, O(n log n) per test point. */
function groupedScores(
  fn: string,
  scores: Float64Array,
  folds: ArrayLike<number>,
  count: number,
  alpha: number,
  groups: Groups,
): FoldScores {
  const n = scores.length;
  const { codes, count: G } = groupCodes(fn, groups, scores, "residuals");
  const sizes = new Float64Array(G);
  const foldOf = new Int32Array(G).fill(-1);
  for (let i = 0; i < n; i++) {
    const g = codes[i];
    sizes[g]++;
    if (foldOf[g] < 0) foldOf[g] = folds[i];
    if (foldOf[g] !== folds[i])
      throw new CredenceError(
        "rows-overlap",
        { function: fn, argument: "folds", index: i, value: folds[i] },
        `the group of this row also has rows in fold ${foldOf[g]}; keep groups whole, so that no model saw the group it is judged by.`,
      );
  }
  const sums = new Float64Array(n);
  const end = (centers: ArrayLike<number>, sign: 1 | -1): number => {
    checkCenters(fn, centers, count);
    for (let i = 0; i < n; i++) sums[i] = sign * centers[folds[i]] + scores[i];
    const at = groupedQuantile(sums, codes, sizes, alpha);
    return at < 0 ? sign * Infinity : sign * sums[at] + 0;
  };
  return {
    n,
    folds: count,
    groups: G,
    upper: (centers) => end(centers, 1),
    lower: (centers) => end(centers, -1),
  };
}

type Select = (centers: ArrayLike<number>, k: number) => number;

/** For folds of few rows each: all n sums, then selection. */
function selectOneByOne(sorted: readonly Float64Array[], n: number): Select {
  const sums = new Float64Array(n);
  return (centers, k) => {
    let at = 0;
    for (let f = 0; f < sorted.length; f++) {
      const list = sorted[f];
      for (let i = 0; i < list.length; i++) sums[at++] = centers[f] + list[i];
    }
    return selectSmallest(sums, k);
  };
}

/**
 * For few folds of many rows: each round takes the weighted median of the middles of what is left of each list as pivot,
 * which discards at least a quarter. O(K log² n) per test point. Infinite scores are ordered like others.
 */
function selectAcross(sorted: readonly Float64Array[], n: number): Select {
  const folds = sorted.length;
  const from = new Int32Array(folds);
  const until = new Int32Array(folds);
  const below = new Int32Array(folds);
  const within = new Int32Array(folds);
  const order = Array.from({ length: folds }, (_, f) => f);
  const middles = new Float64Array(folds);
  return (centers, k) => {
    for (let f = 0; f < folds; f++) {
      from[f] = 0;
      until[f] = sorted[f].length;
    }
    let left = n;
    let rank = k; // among what is left
    for (;;) {
      for (let f = 0; f < folds; f++)
        middles[f] = until[f] > from[f] ? centers[f] + sorted[f][(from[f] + until[f]) >> 1] : Infinity;
      order.sort((a, b) => middles[a] - middles[b] || a - b);
      let weight = 0;
      let pivot = 0;
      for (const f of order) {
        weight += until[f] - from[f];
        pivot = middles[f];
        if (2 * weight >= left) break;
      }
      let less = 0;
      let atMost = 0;
      for (let f = 0; f < folds; f++) {
        below[f] = firstSumAbove(sorted[f], centers[f], pivot, true, from[f], until[f]);
        within[f] = firstSumAbove(sorted[f], centers[f], pivot, false, below[f], until[f]);
        less += below[f] - from[f];
        atMost += within[f] - from[f];
      }
      if (rank <= less) {
        until.set(below);
        left = less;
      } else if (rank > atMost) {
        from.set(within);
        left -= atMost;
        rank -= atMost;
      } else return pivot;
    }
  };
}

/** The first index in [from, until) with center + value > x (≥ x with `orEqual`), else `until`. */
function firstSumAbove(
  sorted: Float64Array,
  center: number,
  x: number,
  orEqual: boolean,
  from: number,
  until: number,
): number {
  let low = from;
  let high = until;
  while (low < high) {
    const middle = (low + high) >> 1;
    const sum = center + sorted[middle];
    if (orEqual ? sum >= x : sum > x) high = middle;
    else low = middle + 1;
  }
  return low;
}

function checkCenters(fn: string, centers: ArrayLike<number>, folds: number): void {
  checkList(fn, "predictions", centers);
  if (centers.length !== folds)
    throw new CredenceError(
      "length-mismatch",
      { function: fn, argument: "predictions" },
      `has ${centers.length} values; one per model is needed, and there were ${folds}.`,
    );
  for (let f = 0; f < folds; f++)
    if (!Number.isFinite(centers[f]))
      throw new CredenceError(
        "not-finite",
        { function: fn, argument: "predictions", index: f, value: centers[f] },
        "a finite prediction is needed.",
      );
}
