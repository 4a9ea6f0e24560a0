import { type FitOptions, recordFit } from "../estimate/fitRecord.js";
import type { Outcomes } from "../numeric/check.js";
import { checkList, checkOptions } from "../numeric/check.js";
import { isMatrix, type Matrix } from "../numeric/matrix.js";
import { type Calibrator, createCalibrator, type MethodDefinition, readCalibrator } from "./calibrator.js";
import { checkedWeights, checkFitInput, checkScores } from "./input.js";
import { checkLabels, checkScoreMatrix, type ProbabilityMatrix } from "./scoreMatrix.js";

type Scores = ArrayLike<number> | Matrix;
type Prediction<S extends Scores> = S extends Matrix ? ProbabilityMatrix : Float64Array;

const definition = <S extends Scores>(): MethodDefinition<object, S, Prediction<S>> => ({
  method: "identity",
  readParameters: () => ({}),
  predictor: () => (scores) => predict(scores) as Prediction<S>,
});

function predict(scores: Scores): ProbabilityMatrix | Float64Array {
  if (!isMatrix(scores)) {
    checkScores("identity.predict", scores, "probabilities");
    return Float64Array.from(scores);
  }
  checkScoreMatrix("identity.predict", scores, "probabilities");
  return { ...scores, data: Float64Array.from(scores.data) };
}

/** Leaves probabilities as they are: the candidate that every recalibration has to beat. */
export const identity = { method: "identity", fit, fromJSON };

/**
 * @param scores Binary: a list of probabilities in [0, 1]. Several classes: a matrix of them, rows × classes.
 * @param outcomes Binary: 0/1 or booleans. Several classes: class numbers from 0.
 * @throws CredenceError "not-a-probability", "not-normalised", "not-binary", "unknown-class", "length-mismatch",
 * "empty-input".
 * @example
 * ```ts
 * import { identity } from "credence/recalibration";
 * identity.fit([0.2, 0.7], [0, 1]).predict([0.4]); // → [0.4]
 * ```
 */
function fit(
  scores: Matrix,
  outcomes: ArrayLike<number>,
  options?: FitOptions,
): Calibrator<object, Matrix, ProbabilityMatrix>;
function fit(scores: ArrayLike<number>, outcomes: Outcomes, options?: FitOptions): Calibrator;
function fit(
  scores: Scores,
  outcomes: Outcomes,
  options: FitOptions = {},
): Calibrator | Calibrator<object, Matrix, ProbabilityMatrix> {
  const fn = "identity.fit";
  checkOptions(fn, options);
  checkList(fn, "outcomes", outcomes);
  checkedWeights(fn, options.weights, outcomes.length);
  if (isMatrix(scores)) {
    checkScoreMatrix(fn, scores, "probabilities");
    checkLabels(fn, outcomes, scores);
    return createCalibrator(definition<Matrix>(), {}, recordFit(fn, scores.data, outcomes, options));
  }
  checkFitInput(fn, scores, outcomes, "probabilities");
  return createCalibrator(definition<ArrayLike<number>>(), {}, recordFit(fn, scores, outcomes, options));
}

/** @throws CredenceError "invalid-json" naming the field. */
function fromJSON(json: unknown): Calibrator<object, never> {
  return readCalibrator(definition<never>(), json);
}
