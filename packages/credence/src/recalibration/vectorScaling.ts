import { checkOptions } from "../numeric/check.js";
import type { Matrix } from "../numeric/matrix.js";
import { type AffineCalibrator, type AffineOptions, affineDefinition, fitAffine } from "./affineSoftmax.js";
import { readCalibrator } from "./calibrator.js";
import { checkRidge } from "./input.js";

/** Options of vector and matrix scaling. */
export interface RidgeOptions extends AffineOptions {
  /**
   * Pull toward leaving the logits alone, in prior observations: ridge/(2n) · ‖(W, b) − (I, 0)‖² is added to the mean
   * log loss. At least 0; 0 is plain maximum likelihood, which may run to infinity. Default 1.
   */
  ridge?: number;
}

const definition = affineDefinition("vector", "vectorScaling");

/** Vector scaling: each logit gets its own factor and offset (Guo et al. 2017), with a weak ridge toward identity. */
export const vectorScaling = {
  method: definition.method,

  /**
   * @param scores Logits or probabilities, rows × classes.
   * @param labels Class numbers from 0, one per row.
   * @returns `status` "not-converged" where the gradient tolerance was not reached, "separable" where the fit puts the
   * true class first in every row; `notes` name classes never seen.
   * @throws CredenceError "unknown-class", "not-finite", "not-normalised", "length-mismatch", "empty-input",
   * "out-of-range", "too-few" for fewer than two columns.
   * @example
   * ```ts
   * import { vectorScaling } from "credence/recalibration";
   * const scores = { data: [2, 0, 2, 0, 0, 2, 0, 2], rows: 4, columns: 2 };
   * const { data } = vectorScaling.fit(scores, [0, 1, 1, 1]).predict(scores);
   * data[0] < data[5]; // → true
   * ```
   */
  fit(scores: Matrix, labels: ArrayLike<number>, options: RidgeOptions = {}): AffineCalibrator {
    const fn = "vectorScaling.fit";
    checkOptions(fn, options);
    const { ridge = 1 } = options;
    checkRidge(fn, "ridge", ridge);
    return fitAffine(definition, fn, scores, labels, options, (rows) => ({
      full: false,
      diagonal: ridge / rows,
      offDiagonal: 0,
      bias: ridge / rows,
    }));
  },

  /** @throws CredenceError "invalid-json" naming the field. */
  fromJSON: (json: unknown): AffineCalibrator => readCalibrator(definition, json),
};
