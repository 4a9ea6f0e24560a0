import { type FitOptions, recordFit } from "../estimate/fitRecord.js";
import type { Outcomes } from "../numeric/check.js";
import { checkOptions } from "../numeric/check.js";
import { outcomeColumn } from "../numeric/columns.js";
import { type Calibrator, createCalibrator, type MethodDefinition, readCalibrator } from "./calibrator.js";
import { checkedWeights, checkFitInput, checkScores } from "./input.js";
import { readCurves, type VennAbersCurves, vennAbersBounds, vennAbersCurves } from "./vennAbersCurves.js";

/** Probabilities with the two between which a Venn–Abers predictor is calibrated. */
export interface VennAbersPrediction {
  /** p₁/(1 − p₀ + p₁), the minimax merge for log loss. */
  readonly probabilities: Float64Array;
  /** p₀: the isotonic fit had this row come out 0. */
  readonly lower: Float64Array;
  /** p₁: the isotonic fit had it come out 1. */
  readonly upper: Float64Array;
}

const definition: MethodDefinition<VennAbersCurves, ArrayLike<number>, VennAbersPrediction> = {
  method: "venn-abers",
  readParameters: readCurves,
  predictor: (curves) => (scores) => {
    checkScores("vennAbers.predict", scores, "logits");
    const probabilities = new Float64Array(scores.length);
    const lower = new Float64Array(scores.length);
    const upper = new Float64Array(scores.length);
    for (let i = 0; i < scores.length; i++) {
      const [p0, p1] = vennAbersBounds(curves, scores[i]);
      lower[i] = p0;
      upper[i] = p1;
      probabilities[i] = p1 / (1 - p0 + p1);
    }
    return { probabilities, lower, upper };
  },
};

/**
 * Inductive Venn–Abers prediction (Vovk, Petej & Fedorova 2015): isotonic regression run with the new row labelled 0 and
 * labelled 1. One of the two probabilities is perfectly calibrated for exchangeable rows, whatever the sample size.
 */
export const vennAbers = {
  method: definition.method,

  /**
   * @param scores Finite numbers on any scale.
   * @param outcomes 0/1 or booleans, one per score.
   * @returns `predict` gives `{ probabilities, lower, upper }`, each in [0, 1]; the gap upper − lower shrinks as rows
   * near that score accumulate. O(n log n) to fit, O(log n) per prediction.
   * @throws CredenceError "not-finite", "not-binary", "length-mismatch", "empty-input", "out-of-range".
   * @example
   * ```ts
   * import { vennAbers } from "credence/recalibration";
   * const { lower, upper } = vennAbers.fit([0.2, 0.4, 0.6, 0.8], [0, 0, 1, 1]).predict([0.5]);
   * [lower[0], upper[0]]; // → [0, 1]
   * ```
   */
  fit(
    scores: ArrayLike<number>,
    outcomes: Outcomes,
    options: FitOptions = {},
  ): Calibrator<VennAbersCurves, ArrayLike<number>, VennAbersPrediction> {
    const fn = "vennAbers.fit";
    checkOptions(fn, options);
    checkFitInput(fn, scores, outcomes);
    const weights = checkedWeights(fn, options.weights, scores.length);
    const curves = vennAbersCurves(scores, outcomeColumn(fn, "outcomes", outcomes), weights);
    return createCalibrator(definition, curves, recordFit(fn, scores, outcomes, options));
  },

  /** @throws CredenceError "invalid-json" naming the field. */
  fromJSON: (json: unknown): Calibrator<VennAbersCurves, ArrayLike<number>, VennAbersPrediction> =>
    readCalibrator(definition, json),
};
