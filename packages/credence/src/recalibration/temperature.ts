import { type FitOptions, recordFit } from "../estimate/fitRecord.js";
import type { Outcomes } from "../numeric/check.js";
import { checkList, checkOptions } from "../numeric/check.js";
import { sigmoid } from "../numeric/logistic.js";
import { mapNumbers } from "../numeric/mapNumbers.js";
import type { Matrix } from "../numeric/matrix.js";
import { checkMatrix, isMatrix } from "../numeric/matrix.js";
import { softmaxRows } from "../numeric/softmax.js";
import { type Calibrator, createCalibrator, type MethodDefinition, readCalibrator } from "./calibrator.js";
import {
  checkEpsilon,
  checkedWeights,
  checkFitInput,
  checkScores,
  EPSILON,
  readEpsilon,
  type ScoreKind,
  toLogits,
} from "./input.js";
import {
  checkLabels,
  checkScoreMatrix,
  logitData,
  matrixKind,
  type ProbabilityMatrix,
} from "./scoreMatrix.js";
import { minimiseTemperature } from "./temperatureFit.js";
import { sigmoidObjective, softmaxObjective } from "./temperatureObjective.js";

/** Options of temperature scaling. */
export interface TemperatureOptions extends FitOptions {
  /**
   * Whether the scores are probabilities or logits (log-odds). Default: "probabilities" for a list; for a matrix
   * "probabilities" where every row is a probability vector, "logits" where a value lies outside [0, 1]; what is neither is
   * refused.
   */
  input?: ScoreKind;
  /** Probabilities are taken no nearer to 0 or 1 than this. Default 2^−52. */
  epsilon?: number;
}

/** probabilities = softmax(inverseTemperature · logits). */
export interface TemperatureParameters {
  /** β = 1/T ≥ 0; 0 predicts every class alike. */
  readonly inverseTemperature: number;
  readonly input: ScoreKind;
  readonly epsilon: number;
  /** Columns of the score matrix; 1 for a list of binary scores. */
  readonly columns: number;
}

/** Scores of a binary event (a list), or of several classes (a matrix). */
type Scores = ArrayLike<number> | Matrix;
type Prediction<S extends Scores> = S extends Matrix ? ProbabilityMatrix : Float64Array;
/** A fitted temperature. */
export type TemperatureCalibrator<S extends Scores = ArrayLike<number>> = Calibrator<
  TemperatureParameters,
  S,
  Prediction<S>
>;

const definition = <S extends Scores>(): MethodDefinition<TemperatureParameters, S, Prediction<S>> => ({
  method: "temperature",
  readParameters(fields) {
    const inverseTemperature = fields.number("inverseTemperature");
    if (inverseTemperature < 0) throw fields.refuse("inverseTemperature", "must be at least 0.");
    return {
      inverseTemperature,
      input: fields.oneOf("input", ["probabilities", "logits"]),
      epsilon: readEpsilon(fields),
      columns: fields.count("columns", 1),
    };
  },
  predictor: (parameters) => (scores) =>
    (isMatrix(scores) ? predictMatrix(parameters, scores) : predictList(parameters, scores)) as Prediction<S>,
});

const PREDICT = "temperatureScaling.predict";

function predictMatrix(
  { inverseTemperature, input, epsilon, columns }: TemperatureParameters,
  scores: Matrix,
): ProbabilityMatrix {
  checkScoreMatrix(PREDICT, scores, input, columns);
  const data = mapNumbers(logitData(scores, input, epsilon), (z) => inverseTemperature * z);
  softmaxRows(data, columns);
  return { data, rows: scores.rows, columns };
}

function predictList(
  { inverseTemperature, input, epsilon, columns }: TemperatureParameters,
  scores: ArrayLike<number>,
): Float64Array {
  if (columns > 1)
    checkScoreMatrix(PREDICT, { data: scores, rows: scores.length, columns: 1 }, input, columns);
  checkScores(PREDICT, scores, input);
  return toLogits(scores, input, epsilon).map((z) => sigmoid(inverseTemperature * z));
}

/**
 * Temperature scaling: all logits are divided by one number T, fitted by maximum likelihood (Guo et al. 2017). The log
 * loss is convex in β = 1/T; it is minimised by safeguarded third-order steps on streaming log-sum-exp moments.
 */
export const temperatureScaling = { method: "temperature", fit, fromJSON };

/**
 * @param scores Binary: a list of probabilities (or log-odds, with `input: "logits"`). Several classes: a matrix of
 * logits or of probabilities, rows × classes.
 * @param outcomes Binary: 0/1 or booleans. Several classes: class numbers from 0.
 * @returns `parameters.inverseTemperature` is β. `status` "separable" where the data want β → ∞: fitted then to targets
 * that give every class 1/(n+K) of a pseudo-observation; "anti-informative" where β ≤ 0 is best: β is 0;
 * "constant-scores" where β changes nothing: β is 1.
 * @throws CredenceError "not-a-probability", "not-normalised", "not-finite", "not-binary", "unknown-class",
 * "length-mismatch", "empty-input", "out-of-range".
 * @example
 * ```ts
 * import { temperatureScaling } from "credence/recalibration";
 * const calibrator = temperatureScaling.fit([0.9, 0.9, 0.9, 0.9, 0.1], [1, 1, 1, 0, 0]);
 * calibrator.predict([0.9, 0.5]); // → [0.8, 0.5]
 * ```
 */
function fit(
  scores: Matrix,
  outcomes: ArrayLike<number>,
  options?: TemperatureOptions,
): TemperatureCalibrator<Matrix>;
function fit(
  scores: ArrayLike<number>,
  outcomes: Outcomes,
  options?: TemperatureOptions,
): TemperatureCalibrator;
function fit(
  scores: Scores,
  outcomes: Outcomes,
  options: TemperatureOptions = {},
): TemperatureCalibrator | TemperatureCalibrator<Matrix> {
  const fn = "temperatureScaling.fit";
  checkOptions(fn, options);
  const { epsilon = EPSILON } = options;
  checkEpsilon(fn, epsilon);
  checkList(fn, "outcomes", outcomes);
  const weights = checkedWeights(fn, options.weights, outcomes.length);
  if (isMatrix(scores)) {
    checkMatrix(fn, "scores", scores);
    const { input = matrixKind(fn, scores) } = options;
    checkScoreMatrix(fn, scores, input);
    checkLabels(fn, outcomes, scores);
    const { columns } = scores;
    const objective = softmaxObjective(logitData(scores, input, epsilon), columns, outcomes, weights);
    const { beta, status, notes } = minimiseTemperature(objective, outcomes.length, columns);
    const parameters = { inverseTemperature: beta, input, epsilon, columns };
    const record = recordFit(fn, scores.data, outcomes, options);
    return createCalibrator(definition<Matrix>(), parameters, record, status, notes);
  }
  const { input = "probabilities" } = options;
  checkFitInput(fn, scores, outcomes, input);
  const objective = sigmoidObjective(toLogits(scores, input, epsilon), outcomes, weights);
  const { beta, status, notes } = minimiseTemperature(objective, outcomes.length, 2);
  const parameters = { inverseTemperature: beta, input, epsilon, columns: 1 };
  const record = recordFit(fn, scores, outcomes, options);
  return createCalibrator(definition<ArrayLike<number>>(), parameters, record, status, notes);
}

/** @throws CredenceError "invalid-json" naming the field. */
function fromJSON(json: unknown): TemperatureCalibrator<never> {
  return readCalibrator(definition<never>(), json);
}
