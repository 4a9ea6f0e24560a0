import { checkOpenUnit, checkOptions } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { createRandom } from "../numeric/random.js";
import { checkOrdered } from "./quantile.js";

/** Options of {@link fullConformal}. */
export interface FullConformalOptions {
  /** Allowed rate of misses, in (0, 1). */
  alpha: number;
  /** Breaks ties at random: coverage is then exactly 1 − α. Default false. */
  smoothed?: boolean;
  /** Seed of the smoothing. Default 0. */
  seed?: number;
}

/** The candidates that full conformal prediction keeps. */
export interface FullConformalSet<T> {
  readonly set: T[];
  /** The p-value of every candidate. */
  readonly pValues: Float64Array;
}

/**
 * Full (transductive) conformal prediction: for every candidate label the model is refitted on all rows and the new one
 * with that label, and the candidate is kept if the new row is not stranger than α of the rows. No row is set aside;
 * the price is one fit per candidate. Coverage ≥ 1 − α (exactly so when smoothed) for fits that treat rows alike.
 * @param candidates The labels to try: classes, or a grid of values.
 * @param scoresWith Fits with the candidate as the new row's label; returns the non-conformity scores of all n rows and,
 * last, of the new one.
 * @throws CredenceError "out-of-range", "empty-input" where no scores come back, "not-finite".
 * @see Vovk, Gammerman & Shafer 2005.
 * @example
 * ```ts
 * import { fullConformal } from "credence/conformal";
 * const ys = [1, 2, 3, 4];
 * const scoresWith = (candidate: number) => {
 *   const all = [...ys, candidate];
 *   const mean = all.reduce((a, b) => a + b) / all.length;
 *   return all.map((y) => Math.abs(y - mean));
 * };
 * fullConformal([2, 5, 50], scoresWith, { alpha: 0.2 }).set; // → [2,5]
 * ```
 */
export function fullConformal<T>(
  candidates: readonly T[],
  scoresWith: (candidate: T) => ArrayLike<number>,
  options: FullConformalOptions,
): FullConformalSet<T> {
  const fn = "fullConformal";
  checkOptions(fn, options, "alpha");
  const { alpha, smoothed = false, seed = 0 } = options;
  checkOpenUnit(fn, "alpha", alpha);
  const u = createRandom(seed).uniform(); // one draw for all candidates
  const pValues = Float64Array.from({ length: candidates.length }, (_, c) => {
    const scores = scoresWith(candidates[c]);
    if (scores.length === 0)
      throw new CredenceError(
        "empty-input",
        { function: fn, argument: "scoresWith", index: c },
        "must return the scores of all rows and, last, of the new one.",
      );
    checkOrdered(fn, "scoresWith", scores);
    const own = scores[scores.length - 1];
    let above = 0;
    let equal = 0;
    for (let i = 0; i < scores.length; i++) {
      if (scores[i] > own) above++;
      else if (scores[i] === own) equal++;
    }
    return (above + (smoothed ? u : 1) * equal) / scores.length;
  });
  // p > α; a hair of slack so that p = k/(n+1) and α = 0.2 compare as the fractions they are.
  const set = candidates.filter((_, c) => pValues[c] > alpha * (1 + 1e-12));
  return { set, pValues };
}
