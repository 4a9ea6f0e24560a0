import { type FitOptions, recordFit } from "../estimate/fitRecord.js";
import { checkOneOf, checkOptions } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { checkProbabilityRows, type Matrix } from "../numeric/matrix.js";
import { type Calibrator, createCalibrator, type MethodDefinition, readCalibrator } from "./calibrator.js";
import { effectiveSampleSize } from "./covariateShift.js";
import { checkedWeights } from "./input.js";
import { checkLabels, checkScoreMatrix, type ProbabilityMatrix } from "./scoreMatrix.js";
import { blackBoxShift, expectationMaximisation, reweight } from "./shiftEstimators.js";

/** Options of the correction for shifted class shares. */
export interface LabelShiftOptions extends FitOptions {
  /** Class probabilities of unlabelled rows from where the model is used now; the same classes. */
  target: Matrix;
  /**
   * "em": maximum likelihood by expectation–maximisation (Saerens, Latinne & Decaestecker 2002); needs calibrated
   * probabilities. "bbse": black-box shift estimation from the confusion matrix of the largest probability (Lipton, Wang
   * & Smola 2018); needs only a confusion matrix that can be inverted. Default "em".
   */
  estimator?: "em" | "bbse";
}

/** Class shares before and after, and what follows. */
export interface LabelShiftParameters {
  readonly estimator: "em" | "bbse";
  /** Shares of the classes among the labelled rows. */
  readonly source: readonly number[];
  /** Estimated shares of the classes among the target rows. */
  readonly target: readonly number[];
  /** target/source: the weight of a labelled row of each class; 0 for a class never seen. */
  readonly weights: readonly number[];
  /** (Σw)²/Σw² of the labelled rows under these weights: what they are worth for the target. */
  readonly effectiveSampleSize: number;
}

/** A fitted label-shift correction. */
export type LabelShiftCalibrator = Calibrator<LabelShiftParameters, Matrix, ProbabilityMatrix>;

const definition: MethodDefinition<LabelShiftParameters, Matrix, ProbabilityMatrix> = {
  method: "label-shift",
  readParameters(fields) {
    const weights = fields.numbers("weights");
    if (weights.length < 2 || weights.some((w) => w < 0) || weights.every((w) => w === 0))
      throw fields.refuse("weights", "must be non-negative, one per class, not all 0.");
    return {
      estimator: fields.oneOf("estimator", ["em", "bbse"]),
      source: fields.numbers("source", weights.length),
      target: fields.numbers("target", weights.length),
      weights,
      effectiveSampleSize: fields.number("effectiveSampleSize"),
    };
  },
  predictor:
    ({ weights }) =>
    (scores) => {
      checkScoreMatrix("labelShift.predict", scores, "probabilities", weights.length);
      return { data: reweight(scores, weights), rows: scores.rows, columns: scores.columns };
    },
};

/**
 * Correction for label shift: the shares of the classes differ between where the model was calibrated and where it is
 * used, while each class looks the same. The new shares are estimated from unlabelled rows, and probabilities are
 * multiplied by new/old share and normalised.
 */
export const labelShift = {
  method: definition.method,

  /**
   * @param scores Class probabilities of the labelled rows, rows × classes.
   * @param labels Class numbers from 0, one per row.
   * @param options `target`: class probabilities of unlabelled rows from the new population.
   * @returns `status` "not-converged" where EM did not settle, or where the confusion matrix is singular.
   * @throws CredenceError "not-a-probability", "not-normalised", "unknown-class", "length-mismatch", "empty-input",
   * "out-of-range", "unknown-option".
   * @example
   * ```ts
   * import { labelShift } from "credence/recalibration";
   * const scores = { data: [0.9, 0.1, 0.1, 0.9], rows: 2, columns: 2 };
   * const target = { data: [0.9, 0.1, 0.9, 0.1, 0.9, 0.1, 0.1, 0.9], rows: 4, columns: 2 };
   * const { parameters } = labelShift.fit(scores, [0, 1], { target, estimator: "bbse" });
   * parameters.target; // → [0.75, 0.25]
   * ```
   */
  fit(scores: Matrix, labels: ArrayLike<number>, options: LabelShiftOptions): LabelShiftCalibrator {
    const fn = "labelShift.fit";
    checkOptions(fn, options, "target");
    const { target, estimator = "em" } = options;
    checkOneOf(fn, "estimator", estimator, ["em", "bbse"]);
    checkProbabilityRows(fn, "scores", scores);
    checkProbabilityRows(fn, "target", target);
    checkLabels(fn, labels, scores);
    const { columns } = scores;
    if (target.columns !== columns)
      throw new CredenceError(
        "length-mismatch",
        { function: fn, argument: "target" },
        `has ${target.columns} columns, but scores has ${columns}; both need the same classes.`,
      );
    const rowWeights = checkedWeights(fn, options.weights, labels.length);
    const source = new Array<number>(columns).fill(0);
    let total = 0;
    for (let i = 0; i < labels.length; i++) {
      const weight = rowWeights ? rowWeights[i] : 1;
      source[labels[i]] += weight;
      total += weight;
    }
    for (let k = 0; k < columns; k++) source[k] /= total;
    const found =
      estimator === "em"
        ? expectationMaximisation(target, source)
        : blackBoxShift(scores, labels, rowWeights, target, source);
    const notes = [...found.notes];
    const unseen = source.flatMap((share, k) => (share === 0 ? [k] : []));
    if (unseen.length > 0)
      notes.push(
        `No labelled row is of class ${unseen.join(", ")}: it is taken as absent from the target too.`,
      );
    const ofRow = Float64Array.from(labels, (k, i) => found.weights[k] * (rowWeights ? rowWeights[i] : 1));
    const parameters: LabelShiftParameters = {
      estimator,
      source,
      target: found.weights.map((w, k) => w * source[k]),
      weights: found.weights,
      effectiveSampleSize: effectiveSampleSize(ofRow),
    };
    const record = recordFit(fn, scores.data, labels, options);
    return createCalibrator(definition, parameters, record, found.status, notes);
  },

  /** @throws CredenceError "invalid-json" naming the field. */
  fromJSON: (json: unknown): LabelShiftCalibrator => readCalibrator(definition, json),
};
