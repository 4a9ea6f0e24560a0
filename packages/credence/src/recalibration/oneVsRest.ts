import { type FitOptions, recordFit } from "../estimate/fitRecord.js";
import { checkOptions } from "../numeric/check.js";
import { checkProbabilityRows, type Matrix } from "../numeric/matrix.js";
import {
  type Calibrator,
  type CalibratorJSON,
  createCalibrator,
  type MethodDefinition,
  readCalibrator,
} from "./calibrator.js";
import { type Candidate, type CandidateName, resolveCandidate } from "./candidates.js";
import { checkedWeights } from "./input.js";
import { readBinaryCalibrator } from "./readBinaryCalibrator.js";
import { checkLabels, checkScoreMatrix, type ProbabilityMatrix } from "./scoreMatrix.js";

/** Options of one-vs-rest calibration. */
export interface OneVsRestOptions extends FitOptions {
  /** The binary method fitted to each class. Default "isotonic". */
  method?: CandidateName | Candidate;
}

/** One binary calibrator per class. */
export interface OneVsRestParameters {
  readonly calibrators: readonly CalibratorJSON[];
}

/** A fitted one-vs-rest calibrator. */
export type OneVsRestCalibrator = Calibrator<OneVsRestParameters, Matrix, ProbabilityMatrix>;

const definition: MethodDefinition<OneVsRestParameters, Matrix, ProbabilityMatrix> = {
  method: "one-vs-rest",
  readParameters: (fields) => ({
    calibrators: fields
      .values("calibrators")
      .map((json) => readBinaryCalibrator("oneVsRest.fromJSON", json).toJSON()),
  }),
  predictor: ({ calibrators }) =>
    predictor(calibrators.map((json) => readBinaryCalibrator("oneVsRest.fromJSON", json))),
};

function predictor(calibrators: readonly Calibrator[]): (scores: Matrix) => ProbabilityMatrix {
  const columns = calibrators.length;
  return (scores) => {
    checkScoreMatrix("oneVsRest.predict", scores, "probabilities", columns);
    const { rows } = scores;
    const data = new Float64Array(rows * columns);
    calibrators.forEach((calibrator, k) => {
      calibrator.predict(column(scores, k)).forEach((p, i) => {
        data[i * columns + k] = p;
      });
    });
    for (let start = 0; start < data.length; start += columns) {
      let sum = 0;
      for (let k = start; k < start + columns; k++) sum += data[k];
      // Every class denied: nothing learnt about this row, so its scores stay.
      for (let k = start; k < start + columns; k++) data[k] = sum > 0 ? data[k] / sum : scores.data[k];
    }
    return { data, rows, columns };
  };
}

function column({ data, rows, columns }: Matrix, k: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, i) => data[i * columns + k]);
}

/**
 * Any binary method for several classes: each class against the rest, then every row divided by its sum (Zadrozny &
 * Elkan 2002). A row that every class denies keeps its scores.
 */
export const oneVsRest = {
  method: definition.method,

  /**
   * @param scores Class probabilities, rows × classes; each row sums to 1.
   * @param labels Class numbers from 0, one per row.
   * @throws CredenceError "not-a-probability", "not-normalised", "unknown-class", "length-mismatch", "empty-input",
   * "out-of-range", "unknown-option".
   * @example
   * ```ts
   * import { oneVsRest } from "credence/recalibration";
   * const scores = { data: [0.6, 0.4, 0.6, 0.4, 0.3, 0.7, 0.3, 0.7], rows: 4, columns: 2 };
   * const { data } = oneVsRest.fit(scores, [0, 1, 1, 1]).predict(scores);
   * data.slice(0, 2); // → [0.5, 0.5]
   * ```
   */
  fit(scores: Matrix, labels: ArrayLike<number>, options: OneVsRestOptions = {}): OneVsRestCalibrator {
    const fn = "oneVsRest.fit";
    checkOptions(fn, options);
    const candidate = resolveCandidate(fn, "method", options.method ?? "isotonic");
    checkProbabilityRows(fn, "scores", scores);
    checkLabels(fn, labels, scores);
    checkedWeights(fn, options.weights, labels.length);
    const record = recordFit(fn, scores.data, labels, options);
    const { weights } = options;
    const calibrators = Array.from({ length: scores.columns }, (_, k) =>
      candidate.fit(
        column(scores, k),
        Array.from(labels, (label) => label === k),
        { ...(weights && { weights }), fittedAt: record.fittedAt },
      ),
    );
    const seen = new Set<number>();
    for (let i = 0; i < labels.length; i++) if (!weights || weights[i] > 0) seen.add(labels[i]);
    const notes = calibrators.flatMap(({ notes }, k) =>
      seen.has(k)
        ? notes.map((note) => `Class ${k}: ${note}`)
        : [`No row is of class ${k}: it may be given the probability 0.`],
    );
    return createCalibrator(
      { ...definition, predictor: () => predictor(calibrators) },
      { calibrators: calibrators.map((calibrator) => calibrator.toJSON()) },
      record,
      "ok",
      notes,
    );
  },

  /** @throws CredenceError "invalid-json" naming the field. */
  fromJSON: (json: unknown): OneVsRestCalibrator => readCalibrator(definition, json),
};
