import type { Estimate } from "../estimate/estimate.js";
import type { FitOptions } from "../estimate/fitRecord.js";
import { assignFolds, foldRows } from "../estimate/folds.js";
import { takeNumbers } from "../numeric/mapNumbers.js";
import { isMatrix, type Matrix } from "../numeric/matrix.js";
import { mean, variance } from "../numeric/quantile.js";
import { studentQuantile } from "../numeric/special.js";
import { EPSILON } from "./input.js";

/** Binary probabilities (a list), or those of several classes (a matrix). */
export type Probabilities = ArrayLike<number> | Matrix;

/** A method that is compared: `Candidate` for binary probabilities. */
export interface ComparedMethod<S extends Probabilities> {
  readonly method: string;
  fit(
    scores: S,
    outcomes: ArrayLike<number>,
    options: FitOptions,
  ): { readonly predict: (scores: S) => Probabilities };
}

/** The columns that cross-validation cuts into folds. */
export interface Rows<S extends Probabilities = ArrayLike<number>> {
  readonly scores: S;
  /** 0 or 1; class numbers where the scores are a matrix. */
  readonly outcomes: ArrayLike<number>;
  readonly weights: ArrayLike<number> | null;
  /** Group of each row; groups are never torn apart. */
  readonly groups: ArrayLike<number>;
}

/** The chosen rows of the columns. */
export function takeRows<S extends Probabilities>(rows: Rows<S>, indices: Int32Array): Rows<S> {
  const { scores } = rows;
  return {
    scores: (isMatrix(scores) ? takeMatrix(scores, indices) : takeNumbers(scores, indices)) as S,
    outcomes: takeNumbers(rows.outcomes, indices),
    weights: rows.weights && takeNumbers(rows.weights, indices),
    groups: takeNumbers(rows.groups, indices),
  };
}

function takeMatrix({ data, columns }: Matrix, indices: Int32Array): Matrix {
  const taken = new Float64Array(indices.length * columns);
  for (let i = 0; i < indices.length; i++)
    for (let k = 0; k < columns; k++) taken[i * columns + k] = data[indices[i] * columns + k];
  return { data: taken, rows: indices.length, columns };
}

/** Weighted mean log loss, with probabilities taken no nearer to 0 or 1 than 2^−52. */
export function meanLogLoss(
  probabilities: Probabilities,
  { outcomes, weights }: Pick<Rows, "outcomes" | "weights">,
): number {
  const of = isMatrix(probabilities)
    ? (i: number) => probabilities.data[i * probabilities.columns + outcomes[i]]
    : (i: number) => (outcomes[i] ? probabilities[i] : 1 - probabilities[i]);
  let sum = 0;
  let total = 0;
  for (let i = 0; i < outcomes.length; i++) {
    const weight = weights ? weights[i] : 1;
    const likelihood = of(i);
    sum -= weight * Math.log(Math.max(likelihood, EPSILON));
    total += weight;
  }
  return total > 0 ? sum / total : 0;
}

/** Mean loss of a candidate in each fold, fitted to the other folds. */
export function foldLosses<S extends Probabilities>(
  candidate: ComparedMethod<S>,
  pairs: readonly FoldPair<S>[],
): number[] {
  return pairs.map(({ train, test }) => meanLogLoss(fitTo(candidate, train).predict(test.scores), test));
}

/** Fits a candidate to rows. */
export function fitTo<S extends Probabilities>(
  candidate: ComparedMethod<S>,
  { scores, outcomes, weights }: Rows<S>,
) {
  return candidate.fit(scores, outcomes, { ...(weights && { weights }), fittedAt: "1970-01-01" });
}

/** One fold and its complement. */
export interface FoldPair<S extends Probabilities = ArrayLike<number>> {
  readonly train: Rows<S>;
  readonly test: Rows<S>;
}

/** Cuts rows into folds, groups whole. */
export function foldPairs<S extends Probabilities>(
  fn: string,
  rows: Rows<S>,
  folds: number,
  seed: number,
): FoldPair<S>[] {
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
