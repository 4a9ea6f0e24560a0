import { checkFinite, checkNotEmpty, checkProbabilities, checkSameLength } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { sortedCopy } from "../numeric/sort.js";
import { requireThat } from "./rowScores.js";

/** A fitted {@link isotonicForecast}: maps levels between what forecasts promise and what happens. */
export interface IsotonicForecast {
  readonly n: number;
  /** The recalibrated distribution function where the forecast's own is p: R(F(y)). */
  probability(p: number): number;
  /** The level at which to ask the forecast for its quantile so that it becomes the p-quantile: R⁻¹(p). */
  level(p: number): number;
}

/**
 * Recalibration of predictive distribution functions (Kuleshov et al. 2018): R(p) = how often the PIT was at most p,
 * which is monotone by itself. Knots (u₍ᵢ₎, i/(n+1)) with (0, 0) and (1, 1), linear in between.
 *
 * `fit(pits)`: PIT values of rows the forecasts were not fitted on.
 * @throws CredenceError "empty-input", "not-a-probability".
 * @example
 * ```ts
 * import { isotonicForecast } from "credence/forecast";
 * const recalibrated = isotonicForecast.fit([0.4, 0.5, 0.6]);
 * recalibrated.probability(0.5); // → 0.5
 * recalibrated.level(0.25); // → 0.4
 * ```
 */
export const isotonicForecast = {
  fit(pits: ArrayLike<number>): IsotonicForecast {
    const fn = "isotonicForecast";
    checkNotEmpty(fn, "pits", pits);
    checkProbabilities(fn, "pits", pits);
    const n = pits.length;
    const sorted = sortedCopy(pits);
    const from = Float64Array.of(0, ...sorted, 1);
    const to = Float64Array.from({ length: n + 2 }, (_, i) => i / (n + 1));
    return {
      n,
      probability: (p) => interpolate(fn, from, to, p),
      level: (p) => interpolate(fn, to, from, p),
    };
  },
};

/** Linear between knots; where knots share their x, halfway between the lowest and highest y. */
function interpolate(fn: string, xs: Float64Array, ys: Float64Array, x: number): number {
  checkProbabilities(fn, "p", [x]);
  const low = firstAtLeast(xs, x);
  if (xs[low] === x) {
    let high = low;
    while (high + 1 < xs.length && xs[high + 1] === x) high++;
    return (ys[low] + ys[high]) / 2;
  }
  const share = (x - xs[low - 1]) / (xs[low] - xs[low - 1]);
  return ys[low - 1] + share * (ys[low] - ys[low - 1]);
}

function firstAtLeast(sorted: Float64Array, x: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] >= x) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** A fitted {@link varianceScaling}. */
export interface VarianceScaling {
  /** Every predicted sd is multiplied by this. */
  readonly scale: number;
  readonly n: number;
  predict(sd: ArrayLike<number>): Float64Array;
}

/**
 * Variance scaling (Laves et al. 2020; Levi et al. 2022): one factor on all predicted standard deviations, by maximum
 * likelihood √mean(((y − μ)/σ)²).
 * @throws CredenceError "empty-input", "length-mismatch", "not-finite", "out-of-range" for sd ≤ 0 or where all
 * residuals are 0.
 * @example
 * ```ts
 * import { varianceScaling } from "credence/forecast";
 * varianceScaling.fit([0, 0], [1, 2], [2, -4]).scale; // → 2
 * ```
 */
export const varianceScaling = {
  fit(mean: ArrayLike<number>, sd: ArrayLike<number>, observed: ArrayLike<number>): VarianceScaling {
    const fn = "varianceScaling";
    checkNotEmpty(fn, "mean", mean);
    checkSameLength(fn, "sd", sd, "mean", mean);
    checkSameLength(fn, "observed", observed, "mean", mean);
    for (const [name, values] of [
      ["mean", mean],
      ["sd", sd],
      ["observed", observed],
    ] as const)
      checkFinite(fn, name, values);
    const n = mean.length;
    let squares = 0;
    for (let i = 0; i < n; i++) {
      requireThat(fn, `sd[${i}]`, sd[i], sd[i] > 0, "must be positive.");
      squares += ((observed[i] - mean[i]) / sd[i]) ** 2;
    }
    if (squares === 0)
      throw new CredenceError(
        "out-of-range",
        { function: fn, argument: "observed" },
        "equals the mean in every row; no positive spread fits that.",
      );
    const scale = Math.sqrt(squares / n);
    return {
      scale,
      n,
      predict: (sds) => {
        checkFinite(fn, "sd", sds);
        return Float64Array.from(sds as ArrayLike<number>, (s) => s * scale);
      },
    };
  },
};
