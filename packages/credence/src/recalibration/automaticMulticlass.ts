import { levelOf } from "../estimate/estimate.js";
import { type FitOptions, recordFit } from "../estimate/fitRecord.js";
import { checkCount, checkOptions } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { groupCodes } from "../numeric/groups.js";
import { rowNumbers } from "../numeric/mapNumbers.js";
import { checkProbabilityRows, type Matrix } from "../numeric/matrix.js";
import type { AutomaticParameters } from "./automatic.js";
import { createCalibrator, type MethodDefinition, readCalibrator } from "./calibrator.js";
import { type Rows, takeRows } from "./comparison.js";
import { dirichletCalibration } from "./dirichlet.js";
import { identity } from "./identity.js";
import { checkedWeights } from "./input.js";
import { type ComparisonOptions, compareCandidates, sampleRows } from "./nestedComparison.js";
import { readEstimate } from "./readEstimate.js";
import { type MulticlassCalibrator, readMulticlassCalibrator } from "./readMulticlassCalibrator.js";
import { checkLabels, type ProbabilityMatrix } from "./scoreMatrix.js";
import { temperatureScaling } from "./temperature.js";
import { vectorScaling } from "./vectorScaling.js";

/** A method that turns class probabilities into better ones. */
export interface MulticlassCandidate {
  /** Name in tables; the `method` of the calibrators it fits. */
  readonly method: string;
  fit(scores: Matrix, labels: ArrayLike<number>, options: FitOptions): MulticlassCalibrator;
}

/** The fit, and the same with an optimiser that stops earlier: enough to tell which of two is better. */
interface Compared {
  readonly fitted: MulticlassCandidate;
  readonly compared: MulticlassCandidate;
}

/** Largest derivative of the mean log loss at which fits that are only compared stop. */
const COARSE = 1e-4;

const CANDIDATES = {
  temperature: {
    fitted: temperatureScaling,
    compared: temperatureScaling,
  },
  vector: {
    fitted: vectorScaling,
    compared: {
      method: "vector",
      fit: (scores, labels, options) => vectorScaling.fit(scores, labels, { ...options, tolerance: COARSE }),
    },
  },
  dirichlet: {
    fitted: dirichletCalibration,
    compared: {
      method: "dirichlet",
      fit: (scores, labels, options) =>
        dirichletCalibration.fit(scores, labels, { ...options, tolerance: COARSE }),
    },
  },
} as const satisfies Record<string, Compared>;

/** Name of a built-in candidate of `automaticMulticlass`. */
export type MulticlassCandidateName = keyof typeof CANDIDATES;

/** Options of the automatic choice among calibrators of class probabilities. */
export interface AutomaticMulticlassOptions extends FitOptions, ComparisonOptions {
  /**
   * Methods to compare with leaving the probabilities alone. Default: temperature, vector and, up to 10 classes,
   * Dirichlet: beyond, its squared number of parameters takes more rows and time than the choice is worth.
   */
  candidates?: readonly (MulticlassCandidateName | MulticlassCandidate)[];
  /** At most about so many rows, in whole groups, are compared; the winner is fitted to all. Default 5 000. */
  comparedRows?: number;
}

/** The chosen calibrator with the reasons for the choice in `parameters`. */
export type AutomaticMulticlassCalibrator = MulticlassCalibrator<AutomaticParameters>;

const definition: MethodDefinition<AutomaticParameters, Matrix, ProbabilityMatrix> = {
  method: "automatic-multiclass",
  readParameters: (fields) => ({
    chosen: fields.text("chosen"),
    improvement: fields.has("improvement") ? readEstimate(fields.fields("improvement")) : null,
    candidates: fields.list("candidates").map((row) => ({
      method: row.text("method"),
      logLoss: row.number("logLoss"),
      improvement: readEstimate(row.fields("improvement")),
    })),
    calibrator: readMulticlassCalibrator("automaticMulticlass.fromJSON", fields.value("calibrator")).toJSON(),
  }),
  predictor: ({ calibrator }) => readMulticlassCalibrator("automaticMulticlass.fromJSON", calibrator).predict,
};

/**
 * Chooses a calibrator of class probabilities as `automatic` does of binary ones: by nested cross-validation on the log
 * loss, among the candidates and leaving the probabilities alone, which only a gain of more than 1.645 corrected standard
 * errors replaces (Nadeau & Bengio 2003). Groups are never torn between folds.
 */
export const automaticMulticlass = {
  method: definition.method,

  /**
   * @param scores Class probabilities, rows × classes; each row sums to 1.
   * @param labels Class numbers from 0, one per row.
   * @returns `parameters.chosen`, and `parameters.candidates` with paired differences. With fewer than 4 groups (or
   * rows) nothing can be compared: identity, with `status` "too-few".
   * @throws CredenceError "not-a-probability", "not-normalised", "unknown-class", "length-mismatch", "empty-input",
   * "out-of-range", "unknown-option", "too-few" for fewer than two columns.
   * @example
   * ```ts
   * import { automaticMulticlass } from "credence/recalibration";
   * // Says 90 %, is right two times in three.
   * const data = Array.from({ length: 300 }, (_, i) => [0, 1, 2].map((k) => (k === i % 3 ? 0.9 : 0.05))).flat();
   * const labels = Array.from({ length: 300 }, (_, i) => (i % 9 < 6 ? i % 3 : (i + 1) % 3));
   * const calibrator = automaticMulticlass.fit({ data, rows: 300, columns: 3 }, labels);
   * calibrator.parameters.chosen !== "identity"; // → true
   * ```
   */
  fit(
    scores: Matrix,
    labels: ArrayLike<number>,
    options: AutomaticMulticlassOptions = {},
  ): AutomaticMulticlassCalibrator {
    const fn = "automaticMulticlass.fit";
    checkOptions(fn, options);
    const { seed = 0, comparedRows = 5000 } = options;
    checkProbabilityRows(fn, "scores", scores);
    checkLabels(fn, labels, scores);
    checkCount(fn, "folds", options.folds ?? 10, 2);
    checkCount(fn, "comparedRows", comparedRows);
    levelOf(fn, options);
    const n = labels.length;
    const weights = checkedWeights(fn, options.weights, n);
    const candidates = candidateList(fn, options.candidates, scores.columns);
    const record = recordFit(fn, scores.data, labels, options);
    const groups = options.groups && groupCodes(fn, options.groups, labels, "labels");
    const rows: Rows<Matrix> = {
      scores,
      outcomes: labels,
      weights,
      groups: groups ? groups.codes : rowNumbers(n),
    };
    const chosenRows = sampleRows(weights, groups, n, comparedRows, seed);
    const few = chosenRows ? takeRows(rows, chosenRows) : rows;
    const verdict = compareCandidates(
      fn,
      few,
      candidates.map(({ compared }) => compared),
      options,
    );
    const winner = candidates.find(({ fitted }) => fitted.method === verdict.chosen)?.fitted ?? identity;
    const { rows: rowsUsed, fittedAt } = options;
    const calibrator: MulticlassCalibrator = winner.fit(scores, labels, {
      ...(weights && { weights }),
      ...(rowsUsed && { rows: rowsUsed }),
      fittedAt: fittedAt ?? record.fittedAt,
    });
    const notes = [...verdict.notes];
    if (few.outcomes.length < n)
      notes.push(`The choice was made on ${few.outcomes.length} of ${n} rows; the fit used all.`);
    return createCalibrator(
      // Not read back from JSON, so that candidates from outside predict too.
      { ...definition, predictor: () => calibrator.predict },
      {
        chosen: verdict.chosen,
        improvement: verdict.improvement,
        candidates: verdict.table,
        calibrator: calibrator.toJSON(),
      },
      record,
      verdict.improvement ? calibrator.status : "too-few",
      [...notes, ...calibrator.notes],
    );
  },

  /** @throws CredenceError "invalid-json" naming the field. */
  fromJSON: (json: unknown): AutomaticMulticlassCalibrator => readCalibrator(definition, json),
};

function candidateList(
  fn: string,
  wanted: AutomaticMulticlassOptions["candidates"],
  columns: number,
): Compared[] {
  const names =
    wanted ?? (columns <= 10 ? ["temperature", "vector", "dirichlet"] : ["temperature", "vector"]);
  if (names.length === 0)
    throw new CredenceError(
      "empty-input",
      { function: fn, argument: "candidates" },
      "names nothing to compare; leave it out for the default list.",
    );
  return names.map((candidate, i) => {
    if (typeof candidate !== "string") return { fitted: candidate, compared: candidate };
    if (Object.hasOwn(CANDIDATES, candidate)) return CANDIDATES[candidate as MulticlassCandidateName];
    throw new CredenceError(
      "unknown-option",
      { function: fn, argument: `candidates[${i}]`, value: candidate },
      `must be a method, or one of ${Object.keys(CANDIDATES).join(", ")}.`,
    );
  });
}
