import type { Estimate } from "../estimate/estimate.js";
import { shuffle } from "../numeric/distributions.js";
import { type GroupCodes, groupCodes, groupRows } from "../numeric/groups.js";
import { rowNumbers } from "../numeric/mapNumbers.js";
import { mean } from "../numeric/quantile.js";
import { createRandom } from "../numeric/random.js";
import {
  type ComparedMethod,
  foldEstimate,
  foldLosses,
  foldPairs,
  meanLogLoss,
  type Probabilities,
  type Rows,
} from "./comparison.js";

/** How candidates are compared. */
export interface ComparisonOptions {
  /** Folds of the cross-validation, at least 2. Default 10, or as many as there are groups. */
  folds?: number;
  /** Seed of the folds. Default 0. */
  seed?: number;
  /** Level of the intervals in the table. Default 0.95. */
  level?: number;
  /** Called after each fold; may throw to stop. */
  onProgress?: (done: number, total: number) => void;
}

/** One row of the table behind the choice. */
export interface ComparedCandidate {
  readonly method: string;
  /** Cross-validated mean log loss, in nats. */
  readonly logLoss: number;
  /** How much lower that is than the log loss of the scores as they are (paired by fold); below 0: worse. */
  readonly improvement: Estimate;
}

/** What nested cross-validation found. */
export interface Verdict {
  chosen: string;
  improvement: Estimate | null;
  table: ComparedCandidate[];
  notes: string[];
}

export function compareCandidates<S extends Probabilities>(
  fn: string,
  rows: Rows<S>,
  candidates: readonly ComparedMethod<S>[],
  { folds = 10, seed = 0, level = 0.95, onProgress }: ComparisonOptions,
): Verdict {
  const n = rows.outcomes.length;
  const units = groupCodes(fn, rows.groups, rows.outcomes).count;
  if (units < 4)
    return {
      chosen: "identity",
      improvement: null,
      table: [],
      notes: [`${units} independent groups cannot be compared by nested cross-validation: left as it is.`],
    };
  const pairs = foldPairs(fn, rows, Math.min(folds, units), seed);
  const alone = pairs.map(({ test }) => meanLogLoss(test.scores, test));
  const losses = candidates.map(() => [] as number[]);
  const picked: number[] = [];
  pairs.forEach((pair, fold) => {
    candidates.forEach((candidate, c) => {
      losses[c].push(...foldLosses(candidate, [pair]));
    });
    const inner = groupCodes(fn, pair.train.groups, pair.train.outcomes).count;
    const innerPairs = foldPairs(fn, pair.train, Math.min(5, inner), seed + fold + 1);
    const innerLosses = candidates.map((candidate) => mean(foldLosses(candidate, innerPairs)));
    picked.push(losses[leastOf(innerLosses)][fold]);
    onProgress?.(fold + 1, pairs.length);
  });
  const gain = (loss: readonly number[]) =>
    foldEstimate(
      loss.map((l, fold) => alone[fold] - l),
      level,
      n,
      units,
    );
  const { estimate: improvement, standardError } = gain(picked);
  const best = leastOf(losses.map(mean));
  const replace = improvement.value > 1.645 * standardError && mean(losses[best]) < mean(alone);
  const table = [{ method: "identity" }, ...candidates].map(({ method }, c) => {
    const loss = c === 0 ? alone : losses[c - 1];
    return { method, logLoss: mean(loss), improvement: gain(loss).estimate };
  });
  return { chosen: replace ? candidates[best].method : "identity", improvement, table, notes: [] };
}

const leastOf = (values: readonly number[]): number => values.indexOf(Math.min(...values));

/**
 * The rows to compare, or null for all: those with weight; where they are too many, whole groups at random until there are
 * enough rows and enough groups for the folds.
 */
export function sampleRows(
  weights: ArrayLike<number> | null,
  groups: GroupCodes | undefined,
  n: number,
  enough: number,
  seed: number,
): Int32Array | null {
  const counting = weights ? rowNumbers(n).filter((i) => weights[i] > 0) : null;
  const count = counting ? counting.length : n;
  if (count <= enough) return counting;
  const random = createRandom(seed);
  if (!groups) {
    // One row at random from each of `enough` stretches of equal length.
    const rows = rowNumbers(enough).map((k) => Math.floor(((k + random.uniform()) * count) / enough));
    return counting ? rows.map((k) => counting[k]) : rows;
  }
  const members = groupRows(groups);
  const taken: number[] = [];
  shuffle(random, rowNumbers(members.length)).forEach((g, k) => {
    if (taken.length >= enough && k >= 50) return;
    for (const i of members[g]) if (!weights || weights[i] > 0) taken.push(i);
  });
  return Int32Array.from(taken).sort();
}
