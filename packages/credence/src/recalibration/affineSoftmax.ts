import { type FitOptions, recordFit } from "../estimate/fitRecord.js";
import { CredenceError } from "../numeric/error.js";
import type { Matrix } from "../numeric/matrix.js";
import { checkMatrix } from "../numeric/matrix.js";
import { lbfgsMinimum } from "../numeric/minimise.js";
import { softmaxRows } from "../numeric/softmax.js";
import { type AffineModel, affineProblem } from "./affineProblem.js";
import { type Calibrator, createCalibrator, type FitStatus, type MethodDefinition } from "./calibrator.js";
import { checkEpsilon, checkedWeights, EPSILON, readEpsilon, type ScoreKind } from "./input.js";
import { largestIsTrue } from "./largestIsTrue.js";
import {
  checkLabels,
  checkScoreMatrix,
  logitData,
  matrixKind,
  type ProbabilityMatrix,
} from "./scoreMatrix.js";

/** probabilities = softmax(weights · logits + bias). */
export interface AffineParameters {
  readonly columns: number;
  readonly input: ScoreKind;
  readonly epsilon: number;
  /** columns × columns, row-major: row k makes the logit of class k. */
  readonly weights: readonly number[];
  readonly bias: readonly number[];
}

/** A fitted affine map of logits. */
export type AffineCalibrator = Calibrator<AffineParameters, Matrix, ProbabilityMatrix>;

/** Options of the affine methods. */
export interface AffineOptions extends FitOptions {
  /**
   * Whether the matrix holds probabilities or logits. Default: probabilities where every row is a probability vector, logits
   * where a value lies outside [0, 1]; what is neither is refused.
   */
  input?: ScoreKind;
  /** Probabilities are taken no smaller than this before the logarithm. Default 2^−52. */
  epsilon?: number;
  /** Largest derivative of the mean loss that counts as converged, logits scaled to unit size. Default 1e-7. */
  tolerance?: number;
  /** Steps of the optimiser before it gives up and says so. Default 2000. */
  maxIterations?: number;
}

/** The definition of an affine method with the given name. */
export function affineDefinition(
  method: string,
  name: string,
): MethodDefinition<AffineParameters, Matrix, ProbabilityMatrix> {
  return {
    method,
    readParameters(fields) {
      const columns = fields.count("columns", 2);
      return {
        columns,
        input: fields.oneOf("input", ["probabilities", "logits"]),
        epsilon: readEpsilon(fields),
        weights: fields.numbers("weights", columns * columns),
        bias: fields.numbers("bias", columns),
      };
    },
    predictor: (parameters) => (scores) => {
      checkScoreMatrix(`${name}.predict`, scores, parameters.input, parameters.columns);
      return applyAffine(parameters, scores);
    },
  };
}

function applyAffine(parameters: AffineParameters, scores: Matrix): ProbabilityMatrix {
  const data = affineLogits(parameters, scores);
  softmaxRows(data, parameters.columns);
  return { data, rows: scores.rows, columns: parameters.columns };
}

function affineLogits(
  { columns, input, epsilon, weights, bias }: AffineParameters,
  scores: Matrix,
): Float64Array {
  const z = logitData(scores, input, epsilon);
  const data = new Float64Array(z.length);
  for (let start = 0; start < z.length; start += columns)
    for (let k = 0; k < columns; k++) {
      let sum = bias[k];
      for (let j = 0; j < columns; j++) {
        const weight = weights[k * columns + j];
        if (weight !== 0) sum += weight * z[start + j];
      }
      data[start + k] = sum;
    }
  return data;
}

/** Fits an affine method: minimises the mean log loss plus the model's penalties, which is convex, by L-BFGS. */
export function fitAffine(
  definition: MethodDefinition<AffineParameters, Matrix, ProbabilityMatrix>,
  fn: string,
  scores: Matrix,
  labels: ArrayLike<number>,
  options: AffineOptions,
  model: (rows: number, columns: number) => AffineModel,
): AffineCalibrator {
  checkMatrix(fn, "scores", scores);
  const {
    input = matrixKind(fn, scores),
    epsilon = EPSILON,
    tolerance = 1e-7,
    maxIterations = 2000,
  } = options;
  checkEpsilon(fn, epsilon);
  checkScoreMatrix(fn, scores, input);
  checkLabels(fn, labels, scores);
  const { rows, columns } = scores;
  if (columns < 2)
    throw new CredenceError(
      "too-few",
      { function: fn, argument: "scores", value: columns },
      "needs at least two columns, one per class; plattScaling takes a list of binary scores.",
    );
  const weights = checkedWeights(fn, options.weights, rows);
  const problem = affineProblem(
    logitData(scores, input, epsilon),
    columns,
    labels,
    weights,
    model(rows, columns),
  );
  const minimum = lbfgsMinimum(problem.objective, problem.start, { tolerance, maxIterations });
  const parameters = { columns, input, epsilon, ...problem.unpack(minimum.x) };
  // A fit that is right in every row proves that one is possible, and without penalty would be ever surer.
  const separable = largestIsTrue(affineLogits(parameters, scores), columns, labels, weights);
  const status: FitStatus = !minimum.converged ? "not-converged" : separable ? "separable" : "ok";
  const notes = minimum.converged
    ? []
    : [
        `Stopped after ${minimum.iterations} steps with a derivative of ${minimum.gradientNorm.toExponential(1)}.`,
      ];
  if (separable)
    notes.push(
      "The fit puts the true class first in every row: how near its probabilities are to 0 and 1 is set by the penalty and the optimiser's tolerance, not by the data.",
    );
  const unseen = Array.from({ length: columns }, (_, k) => k).filter((k) => !problem.seen[k]);
  if (unseen.length > 0) notes.push(`No row is of class ${unseen.join(", ")}; its bias is a guess.`);
  return createCalibrator(definition, parameters, recordFit(fn, scores.data, labels, options), status, notes);
}
