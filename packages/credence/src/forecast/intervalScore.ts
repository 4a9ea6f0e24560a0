import { meanEstimate } from "../estimate/delta.js";
import type { Estimate, EstimateOptions } from "../estimate/estimate.js";
import { checkFields, checkFinite, checkOpenUnit, checkOptions, checkSameLength } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { checkMatrix, type Matrix } from "../numeric/matrix.js";
import { type Column, type RowScores, requireThat, rowScores } from "./rowScores.js";

/** Width + 2/α for every unit by which the observation lies outside. */
function scoreInterval(low: number, high: number, y: number, alpha: number): number {
  return high - low + (2 / alpha) * (Math.max(low - y, 0) + Math.max(y - high, 0));
}

/**
 * Interval score, also called Winkler score, of central (1 − α) intervals: width + 2/α × the distance of the
 * observation from the interval. Numbers give a number; lists give the mean as an Estimate.
 * @param alpha 1 − the nominal coverage, in (0, 1).
 * @throws CredenceError "not-finite", "length-mismatch", "out-of-range" for α, or where low > high.
 * @see Gneiting & Raftery 2007, equation 43.
 * @example
 * ```ts
 * import { intervalScore } from "credence/forecast";
 * intervalScore(0, 10, 12, 0.2); // → 30
 * intervalScore([0, 0], [10, 10], [12, 5], 0.2).value; // → 20
 * ```
 */
export function intervalScore<L extends Column, H extends Column, Y extends Column>(
  lower: L,
  upper: H,
  observed: Y,
  alpha: number,
  options: EstimateOptions = {},
): RowScores<[L, H, Y]> {
  const fn = "intervalScore";
  checkOpenUnit(fn, "alpha", alpha);
  const score = (low: number, high: number, y: number) => {
    requireThat(fn, "upper", high, high >= low, `must not be below lower, which is ${low}.`);
    return scoreInterval(low, high, y, alpha);
  };
  return rowScores(fn, ["lower", "upper", "observed"], [lower, upper, observed] as [L, H, Y], score, options);
}

/** A median and K central intervals per row. */
export interface IntervalForecasts {
  /** One per row. */
  readonly median: ArrayLike<number>;
  /** Rows × K. */
  readonly lower: Matrix;
  /** Rows × K. */
  readonly upper: Matrix;
  /** 1 − nominal coverage of each of the K intervals. */
  readonly alphas: ArrayLike<number>;
}

/**
 * Weighted interval score (Bracher et al. 2021): (½ |y − median| + Σ α/2 · interval score) / (K + ½), an approximation
 * of the CRPS from K intervals and the median.
 * @throws CredenceError "empty-input", "length-mismatch", "not-finite", "out-of-range".
 * @example
 * ```ts
 * import { weightedIntervalScore } from "credence/forecast";
 * const column = (value: number) => ({ data: [value], rows: 1, columns: 1 });
 * const forecasts = { median: [5], lower: column(0), upper: column(10), alphas: [0.2] };
 * weightedIntervalScore(forecasts, [12]).value; // → 4.3333
 * ```
 */
export function weightedIntervalScore(
  forecasts: IntervalForecasts,
  observed: ArrayLike<number>,
  options: EstimateOptions = {},
): Estimate {
  const fn = "weightedIntervalScore";
  checkOptions(fn, options);
  checkFields(fn, "forecasts", forecasts);
  const { median, lower, upper, alphas } = forecasts;
  checkMatrix(fn, "lower", lower);
  checkMatrix(fn, "upper", upper);
  const k = alphas.length;
  for (const [name, matrix] of [
    ["lower", lower],
    ["upper", upper],
  ] as const)
    if (matrix.rows !== observed.length || matrix.columns !== k)
      throw new CredenceError(
        "length-mismatch",
        { function: fn, argument: name },
        `is ${matrix.rows} × ${matrix.columns}; ${observed.length} observations and ${k} alphas need ${observed.length} × ${k}.`,
      );
  checkSameLength(fn, "median", median, "observed", observed);
  for (const [name, values] of [
    ["median", median],
    ["lower", lower.data],
    ["upper", upper.data],
    ["observed", observed],
  ] as const)
    checkFinite(fn, name, values);
  for (let j = 0; j < k; j++) checkOpenUnit(fn, `alphas[${j}]`, alphas[j]);
  const scores = Float64Array.from({ length: observed.length }, (_, i) => {
    let sum = Math.abs(observed[i] - median[i]) / 2;
    for (let j = 0; j < k; j++) {
      const [low, high] = [lower.data[i * k + j], upper.data[i * k + j]];
      requireThat(fn, "upper", high, high >= low, `must not be below lower, which is ${low}, in row ${i}.`);
      sum += (alphas[j] / 2) * scoreInterval(low, high, observed[i], alphas[j]);
    }
    return sum / (k + 0.5);
  });
  return meanEstimate(scores, options, fn);
}
