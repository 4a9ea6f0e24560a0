import {
  checkFields,
  checkList,
  checkNotEmpty,
  checkOpenUnit,
  checkOptions,
  checkSameLength,
} from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { argsort } from "../numeric/sort.js";
import { intervalOf } from "./intervals.js";
import { firstAbove } from "./pValues.js";
import { type ConformalThreshold, checkOrdered } from "./quantile.js";

/** Options of {@link weightedConformal}. */
export interface WeightedConformalOptions {
  /** Allowed rate of misses, in (0, 1). */
  alpha: number;
}

/** A fitted {@link weightedConformal}. */
export interface WeightedConformal {
  readonly alpha: number;
  readonly n: number;
  /** (Σw)²/Σw²: how many unweighted calibration rows these are worth. */
  readonly effectiveSize: number;
  /** The threshold for a new row with this weight (its likelihood ratio, on the same scale). */
  threshold(weight: number): ConformalThreshold;
  /** point ± threshold, for scores that are absolute residuals. */
  predict(point: number, weight: number): [number, number];
}

/**
 * Weighted conformal prediction under covariate shift (Tibshirani, Barber, Candès & Ramdas 2019): calibration scores are
 * weighted by how much likelier their inputs are where predictions are made. Coverage ≥ 1 − α with the true ratios;
 * with estimated ones only as good as they are (the loss is at most half their mean absolute error, Lei & Candès 2021).
 *
 * `fit(scores, weights, { alpha })`: non-conformity scores and likelihood ratios dP_new/dP_calibration, up to a factor.
 * @throws CredenceError "empty-input", "length-mismatch", "not-finite", "out-of-range" for α or a negative weight.
 * @example
 * ```ts
 * import { weightedConformal } from "credence/conformal";
 * const fitted = weightedConformal.fit([1, 2, 3, 4], [1, 1, 1, 5], { alpha: 0.5 });
 * fitted.threshold(1).threshold; // → 4
 * ```
 */
export const weightedConformal = { fit };

function fit(
  scores: ArrayLike<number>,
  weights: ArrayLike<number>,
  options: WeightedConformalOptions,
): WeightedConformal {
  const fn = "weightedConformal";
  checkOptions(fn, options, "alpha");
  const { alpha } = options;
  checkOpenUnit(fn, "alpha", alpha);
  checkNotEmpty(fn, "scores", scores);
  checkOrdered(fn, "scores", scores);
  checkSameLength(fn, "weights", weights, "scores", scores);
  const n = scores.length;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += checkWeight(fn, weights[i], i) ** 2;
  const order = argsort(scores);
  const filled = new Float64Array(n);
  let total = 0;
  order.forEach((i, k) => {
    total += weights[i];
    filled[k] = total;
  });
  const threshold = (weight: number): ConformalThreshold => {
    // The new row's own weight sits at +∞. A hair of slack, so that equal weights give the exact rank.
    const needed = (1 - alpha) * (total + checkWeight(fn, weight)) * (1 - 1e-12);
    const k = firstAbove(filled, needed, true);
    const value = k < n && total > 0 ? scores[order[k]] : Infinity;
    const reason =
      value < Infinity
        ? null
        : k < n
          ? "calibration scores are infinite."
          : `the new row outweighs the calibration rows: its share of the weight is above alpha = ${alpha}; more calibration rows like it are needed.`;
    return { threshold: value, alpha, n, reason };
  };
  return {
    alpha,
    n,
    effectiveSize: squares > 0 ? (total * total) / squares : 0,
    threshold,
    predict(point, weight) {
      const half = threshold(weight).threshold;
      return intervalOf(fn, point - half, point + half);
    },
  };
}

/**
 * Likelihood ratios dP_new/dP_calibration from a classifier that tells new inputs from calibration inputs: odds p/(1−p),
 * divided by the odds of the two sample sizes. Use probabilities of held-out rows.
 * @param probabilities P(new | input), in [0, 1).
 * @throws CredenceError "out-of-range" for a probability of 1 (an input that calibration cannot speak for), "not-finite".
 * @example
 * ```ts
 * import { likelihoodRatios } from "credence/conformal";
 * Array.from(likelihoodRatios([0.5, 0.75], { calibration: 100, fresh: 100 })); // → [1, 3]
 * ```
 */
export function likelihoodRatios(
  probabilities: ArrayLike<number>,
  sizes: { calibration: number; fresh: number },
): Float64Array {
  const fn = "likelihoodRatios";
  checkList(fn, "probabilities", probabilities);
  checkFields(fn, "sizes", sizes);
  const prior = sizes.calibration / sizes.fresh;
  if (!(prior > 0 && prior < Infinity))
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument: "sizes", value: prior },
      "both sample sizes must be positive.",
    );
  return Float64Array.from({ length: probabilities.length }, (_, i) => {
    const p = probabilities[i];
    if (!(p >= 0 && p < 1))
      throw new CredenceError(
        "out-of-range",
        { function: fn, argument: "probabilities", index: i, value: p },
        "must lie in [0, 1): no calibration row can stand for an input that is surely new.",
      );
    return (p / (1 - p)) * prior;
  });
}

function checkWeight(fn: string, weight: number, index?: number): number {
  if (!(weight >= 0 && weight < Infinity))
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument: "weights", ...(index !== undefined && { index }), value: weight },
      "a likelihood ratio is finite and not negative.",
    );
  return weight;
}
