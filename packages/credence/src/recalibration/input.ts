import {
  checkFinite,
  checkNotEmpty,
  checkOutcomes,
  checkProbabilities,
  checkSameLength,
  type Outcomes,
} from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import type { JsonFields } from "../numeric/json.js";
import { logit } from "../numeric/logistic.js";

/**
 * What scores are. "probabilities": in [0, 1], turned into log-odds with exact 0 and 1 moved in by `epsilon`.
 * "logits" (or any other real scores): used as they are.
 */
export type ScoreKind = "probabilities" | "logits";

/** Probabilities are taken no nearer to 0 or 1 than this before a logarithm: the resolution of float64 at 1. */
export const EPSILON = Number.EPSILON;

/** Checks scores and outcomes: one of each per row, scores finite, in [0, 1] if they are probabilities. */
export function checkFitInput(
  fn: string,
  scores: ArrayLike<number>,
  outcomes: Outcomes,
  kind: ScoreKind = "logits",
): void {
  checkNotEmpty(fn, "scores", scores);
  checkSameLength(fn, "scores", scores, "outcomes", outcomes);
  checkScores(fn, scores, kind);
  checkOutcomes(fn, "outcomes", outcomes);
}

/** Checks the scores to predict for. */
export function checkScores(fn: string, scores: ArrayLike<number>, kind: ScoreKind): void {
  if (kind === "probabilities") checkProbabilities(fn, "scores", scores);
  else checkFinite(fn, "scores", scores);
}

/** Scores on the log-odds scale. */
export function toLogits(scores: ArrayLike<number>, kind: ScoreKind, epsilon: number): Float64Array {
  const result = Float64Array.from(scores);
  if (kind === "probabilities") for (let i = 0; i < result.length; i++) result[i] = logit(result[i], epsilon);
  return result;
}

/** Refuses an epsilon outside (0, 0.5). */
export function checkEpsilon(fn: string, epsilon: number): void {
  if (!(epsilon > 0 && epsilon < 0.5))
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument: "epsilon", value: epsilon },
      "must lie strictly between 0 and 0.5.",
    );
}

/** Reads epsilon back. */
export function readEpsilon(fields: JsonFields): number {
  const epsilon = fields.number("epsilon");
  if (!(epsilon > 0 && epsilon < 0.5)) throw fields.refuse("epsilon", "must lie strictly between 0 and 0.5.");
  return epsilon;
}

/** Checks weights: one finite, non-negative number per row, not all 0. Returns null for equal weights. */
export function checkedWeights(
  fn: string,
  weights: ArrayLike<number> | undefined,
  n: number,
): ArrayLike<number> | null {
  if (!weights) return null;
  checkSameLength(fn, "weights", weights, "outcomes", { length: n });
  let total = 0;
  for (let i = 0; i < n; i++) {
    if (!(weights[i] >= 0 && weights[i] < Infinity))
      throw new CredenceError(
        Number.isFinite(weights[i]) ? "out-of-range" : "not-finite",
        { function: fn, argument: "weights", index: i, value: weights[i] },
        "a weight is a finite number of at least 0.",
      );
    total += weights[i];
  }
  if (!(total > 0 && total < Infinity))
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument: "weights", value: total },
      "the weights must have a positive, finite sum.",
    );
  return weights;
}

/** Weight of the rows with each outcome: [failures, successes]. */
export function classWeights(outcomes: Outcomes, weights: ArrayLike<number> | null): [number, number] {
  const sums: [number, number] = [0, 0];
  for (let i = 0; i < outcomes.length; i++) sums[Number(outcomes[i])] += weights ? weights[i] : 1;
  return sums;
}

/** Refuses a negative or non-finite penalty. */
export function checkRidge(fn: string, argument: string, value: number): void {
  if (!(value >= 0 && value < Infinity))
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument, value },
      "must be a finite number of at least 0.",
    );
}
