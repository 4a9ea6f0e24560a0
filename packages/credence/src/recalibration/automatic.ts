import { type Estimate, levelOf } from "../estimate/estimate.js";
import { type FitOptions, recordFit } from "../estimate/fitRecord.js";
import { checkCount, checkOptions, type Outcomes } from "../numeric/check.js";
import { outcomeColumn } from "../numeric/columns.js";
import { CredenceError } from "../numeric/error.js";
import { groupCodes } from "../numeric/groups.js";
import { rowNumbers } from "../numeric/mapNumbers.js";
import {
  type Calibrator,
  type CalibratorJSON,
  createCalibrator,
  type MethodDefinition,
  readCalibrator,
} from "./calibrator.js";
import { CANDIDATES, type Candidate, type CandidateName, resolveCandidate } from "./candidates.js";
import { type Rows, takeRows } from "./comparison.js";
import { checkedWeights, checkFitInput } from "./input.js";
import {
  type ComparedCandidate,
  type ComparisonOptions,
  compareCandidates,
  sampleRows,
} from "./nestedComparison.js";
import { readBinaryCalibrator } from "./readBinaryCalibrator.js";
import { readEstimate } from "./readEstimate.js";

/** Options of the automatic choice. */
export interface AutomaticOptions extends FitOptions, ComparisonOptions {
  /** Methods to compare with leaving the scores alone. Default: temperature, Platt, beta, isotonic, histogram. */
  candidates?: readonly (CandidateName | Candidate)[];
  /** At most about so many rows, in whole groups, are compared; the winner is fitted to all. Default 20 000. */
  comparedRows?: number;
}

/** What the automatic choice learnt. */
export interface AutomaticParameters {
  /** The chosen method; "identity" where nothing was clearly better. */
  readonly chosen: string;
  /** Nested cross-validation of the whole procedure: what picking the best candidate gains over identity. */
  readonly improvement: Estimate | null;
  /** Every candidate, identity first. */
  readonly candidates: readonly ComparedCandidate[];
  /** The chosen calibrator, fitted to all rows. */
  readonly calibrator: CalibratorJSON;
}

/** The chosen calibrator with the reasons for the choice in `parameters`. */
export type AutomaticCalibrator = Calibrator<AutomaticParameters>;

const definition: MethodDefinition<AutomaticParameters, ArrayLike<number>, Float64Array> = {
  method: "automatic",
  readParameters: (fields) => ({
    chosen: fields.text("chosen"),
    improvement: fields.has("improvement") ? readEstimate(fields.fields("improvement")) : null,
    candidates: fields.list("candidates").map((row) => ({
      method: row.text("method"),
      logLoss: row.number("logLoss"),
      improvement: readEstimate(row.fields("improvement")),
    })),
    calibrator: readBinaryCalibrator("automatic.fromJSON", fields.value("calibrator")).toJSON(),
  }),
  predictor: ({ calibrator }) => readBinaryCalibrator("automatic.fromJSON", calibrator).predict,
};

/**
 * Chooses a calibrator by nested cross-validation on the log loss, among the candidates and leaving the scores alone.
 * In each outer fold an inner cross-validation picks the best candidate; identity is replaced only where that procedure
 * beats it by more than 1.645 corrected standard errors (Nadeau & Bengio 2003). The candidate with the least
 * cross-validated loss is then fitted to all rows. Groups are never torn between folds.
 */
export const automatic = {
  method: definition.method,

  /**
   * @param scores Probabilities in [0, 1].
   * @param outcomes 0/1 or booleans, one per score.
   * @returns `parameters.chosen`, and `parameters.candidates` with paired differences. With fewer than 4 groups (or
   * rows) nothing can be compared: identity, with `status` "too-few".
   * @throws CredenceError "not-a-probability", "not-binary", "length-mismatch", "empty-input", "out-of-range",
   * "unknown-option".
   * @example
   * ```ts
   * import { automatic } from "credence/recalibration";
   * const scores = Array.from({ length: 200 }, (_, i) => (i + 0.5) / 200);
   * const outcomes = scores.map((p, i) => (i % 5) / 5 < p); // comes true as often as it says
   * automatic.fit(scores, outcomes).parameters.chosen; // → "identity"
   * ```
   */
  fit(scores: ArrayLike<number>, outcomes: Outcomes, options: AutomaticOptions = {}): AutomaticCalibrator {
    const fn = "automatic.fit";
    checkOptions(fn, options);
    const { seed = 0, comparedRows = 20_000 } = options;
    checkFitInput(fn, scores, outcomes, "probabilities");
    checkCount(fn, "folds", options.folds ?? 10, 2);
    checkCount(fn, "comparedRows", comparedRows);
    levelOf(fn, options);
    const weights = checkedWeights(fn, options.weights, outcomes.length);
    const candidates = candidateList(fn, options.candidates);
    const record = recordFit(fn, scores, outcomes, options);
    const groups = options.groups && groupCodes(fn, options.groups, outcomes, "outcomes");
    const rows: Rows = {
      scores,
      outcomes: outcomeColumn(fn, "outcomes", outcomes),
      weights,
      groups: groups ? groups.codes : rowNumbers(outcomes.length),
    };
    const chosenRows = sampleRows(weights, groups, outcomes.length, comparedRows, seed);
    const compared = chosenRows ? takeRows(rows, chosenRows) : rows;
    const verdict = compareCandidates(fn, compared, candidates, options);
    const winner = candidates.find(({ method }) => method === verdict.chosen) ?? CANDIDATES.identity;
    const { rows: rowsUsed, fittedAt } = options;
    const calibrator = winner.fit(scores, outcomes, {
      ...(weights && { weights }),
      ...(rowsUsed && { rows: rowsUsed }),
      fittedAt: fittedAt ?? record.fittedAt,
    });
    const notes = [...verdict.notes];
    if (compared.outcomes.length < outcomes.length)
      notes.push(
        `The choice was made on ${compared.outcomes.length} of ${outcomes.length} rows; the fit used all.`,
      );
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
  fromJSON: (json: unknown): AutomaticCalibrator => readCalibrator(definition, json),
};

const DEFAULT_CANDIDATES = ["temperature", "platt", "beta", "isotonic", "histogram"] as const;

function candidateList(fn: string, wanted: AutomaticOptions["candidates"] = DEFAULT_CANDIDATES): Candidate[] {
  const candidates = wanted
    .map((candidate, i) => resolveCandidate(fn, `candidates[${i}]`, candidate))
    .filter(({ method }) => method !== "identity");
  if (candidates.length === 0)
    throw new CredenceError(
      "empty-input",
      { function: fn, argument: "candidates" },
      "names nothing besides identity; leave it out for the default list.",
    );
  return candidates;
}
