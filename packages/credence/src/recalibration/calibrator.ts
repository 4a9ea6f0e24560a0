import { type FitRecord, readFitRecord } from "../estimate/fitRecord.js";
import { type JsonFields, jsonFields } from "../numeric/json.js";

/** Version of the JSON layout of calibrators. */
export const CALIBRATOR_SCHEMA = 1;

const STATUSES = [
  "ok",
  "separable",
  "anti-informative",
  "constant-scores",
  "one-class",
  "too-few",
  "not-converged",
] as const;

/**
 * How a fit went.
 * - "ok": the optimum was reached.
 * - "separable": the scores split the outcomes perfectly, so maximum likelihood runs to infinity; `notes` says what was
 *   fitted instead.
 * - "anti-informative": higher scores go with fewer successes.
 * - "constant-scores": all scores are equal, so only the base rate could be learnt.
 * - "one-class": all outcomes are equal.
 * - "too-few": too few rows for the method; `notes` says what was done instead.
 * - "not-converged": the optimiser stopped short of its tolerance.
 */
export type FitStatus = (typeof STATUSES)[number];

/** What every calibrator remembers besides its parameters. */
export interface FitOutcome {
  readonly status: FitStatus;
  /** What the user should know about this fit, in sentences; empty where all went well. */
  readonly notes: readonly string[];
  /** The data it was fitted to. */
  readonly fitted: FitRecord;
}

/** The JSON form of a calibrator. */
export interface CalibratorJSON<Parameters extends object = object> extends FitOutcome {
  readonly schema: typeof CALIBRATOR_SCHEMA;
  readonly method: string;
  readonly parameters: Parameters;
}

/** A fitted map from scores to calibrated probabilities. Immutable plain data with one function. */
export interface Calibrator<
  Parameters extends object = object,
  Scores = ArrayLike<number>,
  Prediction = Float64Array,
> extends FitOutcome {
  /** The method's name, e.g. "isotonic"; what `calibratorFromJSON` looks up. */
  readonly method: string;
  /** What was learnt, as plain JSON data. */
  readonly parameters: Parameters;
  /** Calibrated probabilities, one per score. */
  predict(scores: Scores): Prediction;
  toJSON(): CalibratorJSON<Parameters>;
}

/** What a method must say about itself; everything else is shared. */
export interface MethodDefinition<Parameters extends object, Scores, Prediction> {
  readonly method: string;
  /** Reads the parameters from JSON, refusing what predict could not use. */
  readParameters(fields: JsonFields): Parameters;
  /** The prediction function of given parameters; preparation happens once. */
  predictor(parameters: Parameters): (scores: Scores) => Prediction;
}

/** Puts a calibrator together. */
export function createCalibrator<Parameters extends object, Scores, Prediction>(
  definition: MethodDefinition<Parameters, Scores, Prediction>,
  parameters: Parameters,
  fitted: FitRecord,
  status: FitStatus = "ok",
  notes: readonly string[] = [],
): Calibrator<Parameters, Scores, Prediction> {
  const { method } = definition;
  return {
    method,
    status,
    notes,
    fitted,
    parameters,
    predict: definition.predictor(parameters),
    toJSON: () => ({ schema: CALIBRATOR_SCHEMA, method, status, notes, fitted, parameters }),
  };
}

/**
 * Reads a calibrator back.
 * @throws CredenceError "invalid-json" naming the field.
 */
export function readCalibrator<Parameters extends object, Scores, Prediction>(
  definition: MethodDefinition<Parameters, Scores, Prediction>,
  json: unknown,
): Calibrator<Parameters, Scores, Prediction> {
  const fields = calibratorFields(`${definition.method}.fromJSON`, json);
  if (fields.text("method") !== definition.method)
    throw fields.refuse("method", `must be "${definition.method}"; calibratorFromJSON reads any method.`);
  return createCalibrator(
    definition,
    definition.readParameters(fields.fields("parameters")),
    readFitRecord(fields.fields("fitted")),
    fields.oneOf("status", STATUSES),
    fields.texts("notes"),
  );
}

/** Opens the JSON of a calibrator of any method, refusing other schema versions. */
export function calibratorFields(fn: string, json: unknown): JsonFields {
  const fields = jsonFields(fn, json);
  if (fields.value("schema") !== CALIBRATOR_SCHEMA)
    throw fields.refuse("schema", `must be ${CALIBRATOR_SCHEMA}, the layout that this version reads.`);
  return fields;
}
