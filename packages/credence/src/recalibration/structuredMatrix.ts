import { checkOptions } from "../numeric/check.js";
import type { Matrix } from "../numeric/matrix.js";
import { type AffineCalibrator, affineDefinition, fitAffine } from "./affineSoftmax.js";
import { readCalibrator } from "./calibrator.js";
import { checkRidge } from "./input.js";
import type { RidgeOptions } from "./vectorScaling.js";

const definition = affineDefinition("structured-matrix", "structuredMatrixScaling");

/**
 * Structured matrix scaling: one free temperature, and ridges toward it that grow with the number of parameters they
 * hold back: K factors and K offsets weakly, the K(K−1) entries off the diagonal K times as strongly. With few rows it
 * is temperature scaling, with many matrix scaling (after Berta, Holzmüller, Jordan & Bach 2025).
 */
export const structuredMatrixScaling = {
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
   * import { structuredMatrixScaling } from "credence/recalibration";
   * const scores = { data: [2, 0, 2, 0, 0, 2, 0, 2], rows: 4, columns: 2 };
   * structuredMatrixScaling.fit(scores, [0, 0, 1, 0]).status; // → "ok"
   * ```
   */
  fit(scores: Matrix, labels: ArrayLike<number>, options: RidgeOptions = {}): AffineCalibrator {
    const fn = "structuredMatrixScaling.fit";
    checkOptions(fn, options);
    const { ridge = 1 } = options;
    checkRidge(fn, "ridge", ridge);
    return fitAffine(definition, fn, scores, labels, options, (rows, k) => ({
      full: true,
      diagonal: (ridge * k) / rows,
      offDiagonal: (ridge * k * k) / rows,
      bias: (ridge * k) / rows,
      freeScale: true,
    }));
  },

  /** @throws CredenceError "invalid-json" naming the field. */
  fromJSON: (json: unknown): AffineCalibrator => readCalibrator(definition, json),
};
