import {
  checkFinite,
  checkNotEmpty,
  checkOpenUnit,
  checkOptions,
  checkSameLength,
} from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { checkMatrix, type Matrix } from "../numeric/matrix.js";
import { solveQuantileProgram } from "../numeric/quantileProgram.js";
import type { ConformalThreshold } from "./quantile.js";

/** Options of {@link conditionalConformal}. */
export interface ConditionalConformalOptions {
  /** Allowed rate of misses, in (0, 1), or one per calibration row where the level depends on the features. */
  alpha: number | ArrayLike<number>;
}

/** A fitted {@link conditionalConformal}. */
export interface ConditionalConformal {
  readonly n: number;
  /** The threshold of a new row with these features. `alpha` is needed where the fit had one per row. */
  threshold(features: ArrayLike<number>, alpha?: number): ConformalThreshold;
  /** point ± threshold, for scores that are absolute residuals. */
  predict(point: number, features: ArrayLike<number>): [number, number];
}

/**
 * Conformal prediction with conditional guarantees (Gibbs, Cherian & Candès 2025): coverage is 1 − α under every shift
 * of the inputs whose weight is a combination of the given features: within each of several overlapping groups (0/1
 * columns), along smooth trends (basis functions). Always include a column of ones. Each threshold solves one quantile
 * regression of the scores on the features with the new row's own constraint.
 *
 * `fit(scores, features, { alpha })`: non-conformity scores and rows × features, few and independent.
 * @throws CredenceError "empty-input", "length-mismatch", "not-finite", "out-of-range", "too-few" for linearly
 * dependent columns.
 * @example
 * ```ts
 * import { conditionalConformal } from "credence/conformal";
 * const scores = Array.from({ length: 39 }, (_, i) => (i < 20 ? i : 10 * i));
 * const data = scores.flatMap((_, i) => (i < 20 ? [1, 0] : [0, 1]));
 * const fitted = conditionalConformal.fit(scores, { data, rows: 39, columns: 2 }, { alpha: 0.1 });
 * fitted.threshold([1, 0]).threshold; // → 18.00
 * ```
 */
export const conditionalConformal = { fit };

function fit(
  scores: ArrayLike<number>,
  features: Matrix,
  options: ConditionalConformalOptions,
): ConditionalConformal {
  const fn = "conditionalConformal";
  checkOptions(fn, options, "alpha");
  const { alpha } = options;
  checkNotEmpty(fn, "scores", scores);
  checkFinite(fn, "scores", scores);
  checkMatrix(fn, "features", features);
  checkFinite(fn, "features", features.data);
  checkSameLength(fn, "scores", scores, "rows of features", { length: features.rows });
  const { rows: n, columns: d } = features;
  const listOf = (values: ArrayLike<number>) => {
    checkSameLength(fn, "alpha", values, "scores", scores);
    return Float64Array.from(values);
  };
  const alphas = typeof alpha === "number" ? new Float64Array(n).fill(alpha) : listOf(alpha);
  for (let i = 0; i < n; i++)
    checkOpenUnit(fn, typeof alpha === "number" ? "alpha" : `alpha[${i}]`, alphas[i]);
  const phi = Float64Array.from(features.data as ArrayLike<number>);
  const targets = Float64Array.from(scores as ArrayLike<number>);
  const base = new Float64Array(d);
  for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) base[j] += alphas[i] * phi[i * d + j];
  let spread = 0;
  for (const s of targets) spread = Math.max(spread, Math.abs(s));
  if (!solveQuantileProgram(phi, d, targets, base))
    throw new CredenceError(
      "too-few",
      { function: fn, argument: "features" },
      "the columns are linearly dependent (or more than the rows); drop redundant ones.",
    );

  const threshold = (row: ArrayLike<number>, own?: number): ConformalThreshold => {
    checkSameLength(fn, "features", row, "columns of the fit", { length: d });
    checkFinite(fn, "features", row);
    const level = own ?? (typeof alpha === "number" ? alpha : Number.NaN);
    checkOpenUnit(fn, "alpha", level);
    // A hair below 1 − α takes the lower end where a whole interval is optimal: coverage is then exactly k/(n+1).
    const linear = base.map((b, j) => b - (1 - level - 1e-8) * row[j]);
    const beta = solveQuantileProgram(phi, d, targets, linear);
    let value = 0;
    if (beta) for (let j = 0; j < d; j++) value += beta[j] * row[j];
    return {
      // Rounding of the solver must not put a calibration row at the threshold outside.
      threshold: beta ? value + 1e-12 * spread : Infinity,
      alpha: level,
      n,
      reason: beta
        ? null
        : `too few calibration rows resemble this one (of ${n}) to promise ${Number((100 * (1 - level)).toPrecision(6))} % for it.`,
    };
  };
  return {
    n,
    threshold,
    predict(point, row) {
      const half = threshold(row).threshold;
      return [point - half, point + half];
    },
  };
}
