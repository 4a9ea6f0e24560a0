import { type FitOptions, recordFit } from "../estimate/fitRecord.js";
import { checkFinite, checkNotEmpty, checkOptions, checkSameLength } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { mapNumbers } from "../numeric/mapNumbers.js";
import { type Calibrator, createCalibrator, type MethodDefinition, readCalibrator } from "./calibrator.js";
import { checkedWeights, checkScores } from "./input.js";
import { readCurves, type VennAbersCurves, vennAbersBounds, vennAbersCurves } from "./vennAbersCurves.js";

/** Options of Venn–Abers regression. */
export interface VennAbersRegressionOptions extends FitOptions {
  /** The range that outcomes cannot leave, [low, high]; known beforehand, not read off the data. */
  range: readonly [number, number];
}

/** Calibrated predictions with the two values between which they lie. */
export interface VennAbersRegressionPrediction {
  /** The minimax merge for squared error. */
  readonly values: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

interface VennAbersRegressionParameters extends VennAbersCurves {
  readonly range: readonly [number, number];
}

/** A fitted Venn–Abers regression. */
export type VennAbersRegressionCalibrator = Calibrator<
  VennAbersRegressionParameters,
  ArrayLike<number>,
  VennAbersRegressionPrediction
>;

const definition: MethodDefinition<
  VennAbersRegressionParameters,
  ArrayLike<number>,
  VennAbersRegressionPrediction
> = {
  method: "venn-abers-regression",
  readParameters(fields) {
    const [low, high] = fields.numbers("range", 2);
    if (!(low < high)) throw fields.refuse("range", "must be [low, high] with low < high.");
    return { ...readCurves(fields), range: [low, high] };
  },
  predictor: (curves) => (scores) => {
    checkScores("vennAbersRegression.predict", scores, "logits");
    const [low, high] = curves.range;
    const scaled = (share: number) => low + share * (high - low);
    const values = new Float64Array(scores.length);
    const lower = new Float64Array(scores.length);
    const upper = new Float64Array(scores.length);
    for (let i = 0; i < scores.length; i++) {
      const [p0, p1] = vennAbersBounds(curves, scores[i]);
      lower[i] = scaled(p0);
      upper[i] = scaled(p1);
      values[i] = scaled(p1 + (p0 * p0 - p1 * p1) / 2);
    }
    return { values, lower, upper };
  },
};

/**
 * Venn–Abers calibration of predicted numbers in a known range: isotonic regression run with the new row at the lowest and
 * at the highest possible outcome (Vovk, Petej & Fedorova 2015 for 0/1; van der Laan & Alaa 2025 for numbers). Whatever
 * the new outcome is, the isotonic fit that knows it lies between the two.
 */
export const vennAbersRegression = {
  method: definition.method,

  /**
   * @param predictions Finite numbers, higher meaning a higher outcome.
   * @param outcomes Numbers within `options.range`, one per prediction.
   * @throws CredenceError "not-finite", "length-mismatch", "empty-input", "out-of-range".
   * @example
   * ```ts
   * import { vennAbersRegression } from "credence/recalibration";
   * const calibrator = vennAbersRegression.fit([1, 2, 3, 3], [10, 20, 30, 40], { range: [0, 50] });
   * calibrator.predict([3]).lower; // → [23.3]
   * ```
   */
  fit(
    predictions: ArrayLike<number>,
    outcomes: ArrayLike<number>,
    options: VennAbersRegressionOptions,
  ): VennAbersRegressionCalibrator {
    const fn = "vennAbersRegression.fit";
    checkOptions(fn, options, "range");
    checkNotEmpty(fn, "predictions", predictions);
    checkSameLength(fn, "predictions", predictions, "outcomes", outcomes);
    checkFinite(fn, "predictions", predictions);
    checkFinite(fn, "outcomes", outcomes);
    checkSameLength(fn, "range", options.range, "[low, high]", { length: 2 });
    const [low, high] = options.range;
    if (!(low < high && Number.isFinite(high - low)))
      throw new CredenceError(
        "out-of-range",
        { function: fn, argument: "range", value: options.range },
        "must be [low, high] with low < high, both finite.",
      );
    const outside = Array.from(outcomes).findIndex((y) => y < low || y > high);
    if (outside >= 0)
      throw new CredenceError(
        "out-of-range",
        { function: fn, argument: "outcomes", index: outside, value: outcomes[outside] },
        `lies outside the range [${low}, ${high}].`,
      );
    const weights = checkedWeights(fn, options.weights, outcomes.length);
    const shares = mapNumbers(outcomes, (y) => (y - low) / (high - low));
    const parameters = { ...vennAbersCurves(predictions, shares, weights), range: [low, high] as const };
    return createCalibrator(definition, parameters, recordFit(fn, predictions, outcomes, options));
  },

  /** @throws CredenceError "invalid-json" naming the field. */
  fromJSON: (json: unknown): VennAbersRegressionCalibrator => readCalibrator(definition, json),
};
