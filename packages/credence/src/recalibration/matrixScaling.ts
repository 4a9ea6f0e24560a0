import { checkOptions } from "../numeric/check.js";
import type { Matrix } from "../numeric/matrix.js";
import { type AffineCalibrator, affineDefinition, fitAffine } from "./affineSoftmax.js";
import { readCalibrator } from "./calibrator.js";
import { checkRidge } from "./input.js";
import type { RidgeOptions } from "./vectorScaling.js";

const definition = affineDefinition("matrix", "matrixScaling");

/** Matrix scaling: a full affine map of the logits (Guo et al. 2017), with a weak ridge toward identity. */
export const matrixScaling = {
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
   * import { matrixScaling } from "credence/recalibration";
   * const scores = { data: [2, 0, 2, 0, 0, 2, 0, 2], rows: 4, columns: 2 };
   * matrixScaling.fit(scores, [0, 0, 1, 1]).status; // → "separable"
   * ```
   */
  fit(scores: Matrix, labels: ArrayLike<number>, options: RidgeOptions = {}): AffineCalibrator {
    const fn = "matrixScaling.fit";
    checkOptions(fn, options);
    const { ridge = 1 } = options;
    checkRidge(fn, "ridge", ridge);
    return fitAffine(definition, fn, scores, labels, options, (rows) => ({
      full: true,
      diagonal: ridge / rows,
      offDiagonal: ridge / rows,
      bias: ridge / rows,
    }));
  },

  /** @throws CredenceError "invalid-json" naming the field. */
  fromJSON: (json: unknown): AffineCalibrator => readCalibrator(definition, json),
};
