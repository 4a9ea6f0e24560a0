import { checkOpenUnit, checkOptions } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { checkMatrix, type Matrix } from "../numeric/matrix.js";
import { normalCdf, normalQuantile } from "../numeric/special.js";
import { type ConformalThreshold, thresholdOf } from "./quantile.js";

/** Options of {@link robustConformal}. */
export interface RobustConformalOptions {
  /** Allowed rate of misses, in (0, 1), perturbations included. */
  alpha: number;
  /** Euclidean size of the perturbations of the input to withstand, ≥ 0. */
  radius: number;
  /** Standard deviation of the Gaussian noise the scores were smoothed with, > 0. */
  sigma: number;
  /**
   * Share of α set aside for the error of the averages over noise draws, in (0, 1): the promise then holds for the finite
   * number of draws (Yan, Romano & Weng 2024). 0 takes the averages as exact (Gendler et al. 2022). Default 0.2.
   */
  drawShare?: number;
}

/** A fitted {@link robustConformal}. */
export interface RobustConformal extends ConformalThreshold {
  /**
   * Whether a candidate belongs to the set, from the scores of the (perhaps perturbed) input under noise draws.
   * @throws CredenceError "empty-input", "length-mismatch", "out-of-range".
   */
  includes(draws: ArrayLike<number>): boolean;
}

/**
 * Robust conformal prediction by randomised smoothing: scores in [0, 1] are averaged over Gaussian noise on the input,
 * so that a perturbation of size r moves Φ⁻¹ of the average by at most r/σ; the threshold leaves room for it. Coverage
 * ≥ 1 − α for every perturbation within the radius.
 *
 * `fit(draws, { alpha, radius, sigma })`: rows × noise draws, the scores of each calibration row's true class in [0, 1].
 * @throws CredenceError "empty-input", "length-mismatch", "out-of-range".
 * @see Gendler, Weng, Daniel & Romano 2022; Yan, Romano & Weng 2024.
 * @example
 * ```ts
 * import { robustConformal } from "credence/conformal";
 * const draws = { data: new Float64Array(200 * 400).fill(0.2), rows: 200, columns: 400 };
 * const fitted = robustConformal.fit(draws, { alpha: 0.1, radius: 0.25, sigma: 0.5 });
 * fitted.includes(new Float64Array(400).fill(0.3)); // → true
 * fitted.includes(new Float64Array(400).fill(0.9)); // → false
 * ```
 */
export const robustConformal = { fit };

function fit(draws: Matrix, options: RobustConformalOptions): RobustConformal {
  const fn = "robustConformal";
  checkOptions(fn, options, "alpha");
  const { alpha, radius, sigma, drawShare = 0.2 } = options;
  checkOpenUnit(fn, "alpha", alpha);
  for (const [name, value, least] of [
    ["radius", radius, 0],
    ["sigma", sigma, Number.MIN_VALUE],
    ["drawShare", drawShare, 0],
  ] as const)
    if (!(value >= least && value < (name === "drawShare" ? 1 : Infinity)))
      throw new CredenceError(
        "out-of-range",
        { function: fn, argument: name, value },
        "must be finite and not negative; sigma positive, drawShare below 1.",
      );
  checkMatrix(fn, "draws", draws);
  const { data, rows, columns } = draws;
  const averages = Float64Array.from({ length: rows }, (_, i) =>
    average(fn, (k) => data[i * columns + k], columns),
  );
  // Two averages may err, the clean and the perturbed one of the new row: half of the share each, by Hoeffding.
  const rest = alpha * (1 - drawShare);
  const error = drawShare > 0 ? Math.sqrt(-Math.log((alpha * drawShare) / 2) / (2 * columns)) : 0;
  const clean = thresholdOf(fn, "draws", averages, rest);
  const raised = clean.threshold + error;
  const limit = raised >= 1 ? Infinity : raised <= 0 ? 0 : normalCdf(normalQuantile(raised) + radius / sigma);
  const threshold = limit === Infinity ? Infinity : limit + error;
  return {
    ...clean,
    alpha,
    threshold,
    reason:
      clean.reason ??
      (threshold === Infinity ? "the calibration averages reach 1, so nothing can be excluded." : null),
    includes(scores) {
      if (scores.length !== columns)
        throw new CredenceError(
          "length-mismatch",
          { function: fn, argument: "draws" },
          `has ${scores.length} values; the fit had ${columns} draws a row.`,
        );
      return average(fn, (k) => scores[k], columns) <= threshold;
    },
  };
}

function average(fn: string, of: (k: number) => number, n: number): number {
  let sum = 0;
  for (let k = 0; k < n; k++) {
    const score = of(k);
    if (!(score >= 0 && score <= 1))
      throw new CredenceError(
        "out-of-range",
        { function: fn, argument: "draws", index: k, value: score },
        "a score lies in [0, 1].",
      );
    sum += score;
  }
  return sum / n;
}
