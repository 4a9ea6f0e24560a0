import type { Estimate } from "../estimate/estimate.js";
import { assignFolds, foldRows } from "../estimate/folds.js";
import { takeNumbers } from "../numeric/mapNumbers.js";
import { mean, variance } from "../numeric/quantile.js";
import { studentQuantile } from "../numeric/special.js";
import type { Candidate } from "./candidates.js";
import { EPSILON } from "./input.js";

/** The columns that cross-validation cuts into folds. */
export interface Rows {
  readonly scores: ArrayLike<number>;
  readonly outcomes: ArrayLike<number>;
  readonly weights: ArrayLike<number> | null;
  /** Group of each row; groups are never torn apart. */
  readonly groups: ArrayLike<number>;
}

/** The chosen rows of the columns. */
export function takeRows(rows: Rows, indices: Int32Array): Rows {
  return {
    scores: takeNumbers(rows.scores, indices),
    outcomes: takeNumbers(rows.outcomes, indices),
    weights: rows.weights && takeNumbers(rows.weights, indices),
    groups: takeNumbers(rows.groups, indices),
  };
}

/** Weighted mean log loss, with probabilities taken no nearer to 0 or 1 than 2^−52. */
export function meanLogLoss(probabilities: ArrayLike<number>, { outcomes, weights }: Rows): number {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < probabilities.length; i++) {
    const weight = weights ? weights[i] : 1;
    const likelihood = outcomes[i] ? probabilities[i] : 1 - probabilities[i];
    sum -= weight * Math.log(Math.max(likelihood, EPSILON));
    total += weight;
  }
  return total > 0 ? sum / total : 0;
}

/** Mean loss of a candidate in each fold, fitted to the other folds. */
export function foldLosses(candidate: Candidate, pairs: readonly FoldPair[]): number[] {
  return pairs.map(({ train, test }) => meanLogLoss(fitTo(candidate, train).predict(test.scores), test));
}

/** Fits a candidate to rows. */
export function fitTo(candidate: Candidate, { scores, outcomes, weights }: Rows) {
  return candidate.fit(scores, outcomes, { ...(weights && { weights }), fittedAt: "1970-01-01" });
}

/** One fold and its complement. */
export interface FoldPair {
  readonly train: Rows;
  readonly test: Rows;
}

/** Cuts rows into folds, groups whole. */
export function foldPairs(fn: string, rows: Rows, folds: number, seed: number): FoldPair[] {
  const assigned = assignFolds(fn, rows.outcomes.length, folds, { groups: rows.groups, seed });
  return Array.from({ length: folds }, (_, fold) => {
    const { inside, outside } = foldRows(assigned, fold);
    return { train: takeRows(rows, outside), test: takeRows(rows, inside) };
  });
}

/**
 * The mean of paired fold differences with the corrected resampled t interval of Nadeau & Bengio (2003): the variance
 * over folds is inflated by n_test/n_train, because the training sets overlap.
 */
export function foldEstimate(
  differences: readonly number[],
  level: number,
  n: number,
  groups: number,
): { estimate: Estimate; standardError: number } {
  const folds = differences.length;
  const value = mean(differences);
  const standardError = Math.sqrt(variance(differences) * (1 / folds + 1 / (folds - 1)));
  const half = studentQuantile((1 + level) / 2, folds - 1) * standardError;
  const interval = [value - half, value + half] as const;
  return { estimate: { value, interval, level, method: "nadeau-bengio", n, groups }, standardError };
}
