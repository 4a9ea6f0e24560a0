import type { Matrix } from "../numeric/matrix.js";
import { type Calibrator, calibratorFields } from "./calibrator.js";
import { dirichletCalibration } from "./dirichlet.js";
import { identity } from "./identity.js";
import { matrixScaling } from "./matrixScaling.js";
import type { ProbabilityMatrix } from "./scoreMatrix.js";
import { structuredMatrixScaling } from "./structuredMatrix.js";
import { temperatureScaling } from "./temperature.js";
import { vectorScaling } from "./vectorScaling.js";

/** Maps the class probabilities of rows to better ones. */
export type MulticlassCalibrator<Parameters extends object = object> = Calibrator<
  Parameters,
  Matrix,
  ProbabilityMatrix
>;

/** The methods whose calibrators may stand inside `automaticMulticlass`. */
const MULTICLASS_READERS: Readonly<Record<string, (json: unknown) => Calibrator<object, never, unknown>>> = {
  identity: identity.fromJSON,
  temperature: temperatureScaling.fromJSON,
  vector: vectorScaling.fromJSON,
  matrix: matrixScaling.fromJSON,
  "structured-matrix": structuredMatrixScaling.fromJSON,
  dirichlet: dirichletCalibration.fromJSON,
};

/** Reads a calibrator that maps a matrix of scores to a matrix of probabilities. */
export function readMulticlassCalibrator(fn: string, json: unknown): MulticlassCalibrator {
  const fields = calibratorFields(fn, json);
  const read = MULTICLASS_READERS[fields.oneOf("method", Object.keys(MULTICLASS_READERS))];
  return read(json) as MulticlassCalibrator;
}
