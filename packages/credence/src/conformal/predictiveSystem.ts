import { checkNotEmpty, checkOpenUnit, checkOptions, checkSameLength } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { sortedCopy } from "../numeric/sort.js";
import { checkedDifficulty } from "./difficulty.js";
import { firstAbove } from "./pValues.js";
import { checkOrdered, rankOf } from "./quantile.js";

/** Options of {@link conformalPredictiveSystem}. */
export interface PredictiveSystemOptions {
  /** How hard each calibration row is, > 0: distributions then widen with difficulty. */
  difficulties?: ArrayLike<number>;
}

/** A predictive distribution: for every y the share of calibration residuals that would make it too large. */
export interface PredictiveDistribution {
  /** P(Y ≤ y) between its two bounds: (#{C < y} + τ(1 + #{C = y}))/(n + 1). τ in [0, 1], default ½. */
  cdf(y: number, tau?: number): number;
  /** The least y with cdf(y, 1) ≥ p: a one-sided bound with P(Y ≤ quantile) ≥ p; ±∞ where n is too small. */
  quantile(p: number): number;
  /** A central interval with coverage ≥ 1 − α. */
  interval(alpha: number): [number, number];
  /** The calibration points prediction + residual · difficulty, ascending. */
  readonly support: Float64Array;
}

/** A fitted {@link conformalPredictiveSystem}. */
export interface PredictiveSystem {
  readonly n: number;
  /** The distribution at one point. */
  predict(point: number, difficulty?: number): PredictiveDistribution;
}

/**
 * Split conformal predictive system (Vovk, Petej, Nouretdinov, Manokhin & Gammerman 2020): a whole calibrated
 * distribution per point instead of one interval. With random τ, cdf(Y) of a new row is exactly uniform.
 *
 * `fit(residuals)`: signed residuals, observed − predicted, of rows the model was not fitted on.
 * @throws CredenceError "empty-input", "not-finite" (NaN), "length-mismatch", "out-of-range".
 * @example
 * ```ts
 * import { conformalPredictiveSystem } from "credence/conformal";
 * const distribution = conformalPredictiveSystem.fit([-2, 1, 0, 3]).predict(10);
 * distribution.cdf(10.5); // → 0.5
 * distribution.interval(0.4); // → [8, 13]
 * ```
 */
export const conformalPredictiveSystem = { fit };

function fit(residuals: ArrayLike<number>, options: PredictiveSystemOptions = {}): PredictiveSystem {
  const fn = "conformalPredictiveSystem";
  checkOptions(fn, options);
  const { difficulties } = options;
  checkNotEmpty(fn, "residuals", residuals);
  const n = residuals.length;
  checkOrdered(fn, "residuals", residuals);
  if (difficulties) checkSameLength(fn, "difficulties", difficulties, "residuals", residuals);
  const scores = sortedCopy(
    Float64Array.from(
      { length: n },
      (_, i) => residuals[i] / (difficulties ? checkedDifficulty(fn, difficulties[i], i) : 1),
    ),
  );
  return {
    n,
    predict(point, difficulty) {
      if ((difficulty !== undefined) !== (difficulties !== undefined))
        throw new CredenceError(
          "length-mismatch",
          { function: fn, argument: "difficulty", value: difficulty },
          "give a difficulty to predict if, and only if, the fit had difficulties.",
        );
      const scale = difficulty === undefined ? 1 : checkedDifficulty(fn, difficulty);
      return distribution(
        fn,
        scores.map((score) => point + score * scale),
      );
    },
  };
}

function distribution(fn: string, support: Float64Array): PredictiveDistribution {
  const n = support.length;
  const quantile = (p: number) => {
    checkOpenUnit(fn, "p", p);
    const k = rankOf(n, 1 - p);
    return k > n ? Infinity : support[k - 1];
  };
  return {
    support,
    cdf(y, tau = 0.5) {
      if (!(tau >= 0 && tau <= 1))
        throw new CredenceError(
          "out-of-range",
          { function: fn, argument: "tau", value: tau },
          "must lie in [0, 1].",
        );
      checkOrdered(fn, "y", [y]);
      const less = firstAbove(support, y, true);
      const equal = firstAbove(support, y, false) - less;
      return (less + tau * (1 + equal)) / (n + 1);
    },
    quantile,
    interval(alpha) {
      checkOpenUnit(fn, "alpha", alpha);
      // The lower end mirrors the upper: the ⌊(n+1)α/2⌋-th smallest.
      const k = rankOf(n, alpha / 2);
      return k > n ? [-Infinity, Infinity] : [support[n - k], support[k - 1]];
    },
  };
}
