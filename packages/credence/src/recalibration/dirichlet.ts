import { checkOptions } from "../numeric/check.js";
import type { Matrix } from "../numeric/matrix.js";
import { type AffineCalibrator, type AffineOptions, affineDefinition, fitAffine } from "./affineSoftmax.js";
import { readCalibrator } from "./calibrator.js";
import { checkRidge } from "./input.js";

/** Options of Dirichlet calibration. */
export interface DirichletOptions extends Omit<AffineOptions, "input"> {
  /** Strength of the off-diagonal penalty λ/(K(K−1)) Σ_{i≠j} w². At least 0. Default 1e-3. */
  lambda?: number;
  /** Strength of the intercept penalty μ/K Σ b². At least 0. Default: lambda. */
  mu?: number;
}

const definition = affineDefinition("dirichlet", "dirichletCalibration");

/**
 * Dirichlet calibration: multinomial logistic regression on the logarithms of the class probabilities, with
 * off-diagonal and intercept regularisation (ODIR; Kull et al. 2019).
 */
export const dirichletCalibration = {
  method: definition.method,

  /**
   * @param scores Class probabilities, rows × classes; each row sums to 1.
   * @param labels Class numbers from 0, one per row.
   * @returns `status` "not-converged" where the gradient tolerance was not reached, "separable" where the fit puts the
   * true class first in every row; `notes` name classes never seen.
   * @throws CredenceError "not-a-probability", "not-normalised", "unknown-class", "length-mismatch", "empty-input",
   * "out-of-range", "too-few" for fewer than two columns.
   * @example
   * ```ts
   * import { dirichletCalibration } from "credence/recalibration";
   * const scores = { data: [0.9, 0.1, 0.9, 0.1, 0.2, 0.8, 0.2, 0.8], rows: 4, columns: 2 };
   * const { data } = dirichletCalibration.fit(scores, [0, 1, 1, 0]).predict(scores);
   * data.slice(0, 2); // → [0.5, 0.5]
   * ```
   */
  fit(scores: Matrix, labels: ArrayLike<number>, options: DirichletOptions = {}): AffineCalibrator {
    const fn = "dirichletCalibration.fit";
    checkOptions(fn, options);
    const { lambda = 1e-3, mu = lambda } = options;
    checkRidge(fn, "lambda", lambda);
    checkRidge(fn, "mu", mu);
    return fitAffine(
      definition,
      fn,
      scores,
      labels,
      { ...options, input: "probabilities" } as AffineOptions,
      (_, k) => ({
        full: true,
        diagonal: 0,
        offDiagonal: (2 * lambda) / (k * (k - 1)),
        bias: (2 * mu) / k,
      }),
    );
  },

  /** @throws CredenceError "invalid-json" naming the field. */
  fromJSON: (json: unknown): AffineCalibrator => readCalibrator(definition, json),
};
