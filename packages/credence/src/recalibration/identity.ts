import { type FitOptions, recordFit } from "../estimate/fitRecord.js";
import type { Outcomes } from "../numeric/check.js";
import { checkOptions } from "../numeric/check.js";
import { type Calibrator, createCalibrator, type MethodDefinition, readCalibrator } from "./calibrator.js";
import { checkedWeights, checkFitInput, checkScores } from "./input.js";

const definition: MethodDefinition<object, ArrayLike<number>, Float64Array> = {
  method: "identity",
  readParameters: () => ({}),
  predictor: () => (scores) => {
    checkScores("identity.predict", scores, "probabilities");
    return Float64Array.from(scores);
  },
};

/** Leaves probabilities as they are: the candidate that every recalibration has to beat. */
export const identity = {
  method: definition.method,

  /**
   * @param scores Probabilities in [0, 1].
   * @param outcomes 0/1 or booleans, one per score.
   * @throws CredenceError "not-a-probability", "not-binary", "length-mismatch", "empty-input".
   * @example
   * ```ts
   * import { identity } from "credence/recalibration";
   * identity.fit([0.2, 0.7], [0, 1]).predict([0.4]); // → [0.4]
   * ```
   */
  fit(scores: ArrayLike<number>, outcomes: Outcomes, options: FitOptions = {}): Calibrator {
    checkOptions("identity", options);
    checkFitInput("identity.fit", scores, outcomes, "probabilities");
    checkedWeights("identity.fit", options.weights, outcomes.length);
    return createCalibrator(definition, {}, recordFit("identity.fit", scores, outcomes, options));
  },

  /** @throws CredenceError "invalid-json" naming the field. */
  fromJSON: (json: unknown): Calibrator => readCalibrator(definition, json),
};
