import { automatic } from "./automatic.js";
import { automaticMulticlass } from "./automaticMulticlass.js";
import { type Calibrator, calibratorFields } from "./calibrator.js";
import { dirichletCalibration } from "./dirichlet.js";
import { groupwise } from "./groupwise.js";
import { labelShift } from "./labelShift.js";
import { matrixScaling } from "./matrixScaling.js";
import { multicalibration } from "./multicalibration.js";
import { oneVsRest } from "./oneVsRest.js";
import { online } from "./online.js";
import { BINARY_READERS } from "./readBinaryCalibrator.js";
import { structuredMatrixScaling } from "./structuredMatrix.js";
import { vectorScaling } from "./vectorScaling.js";
import { vennAbers } from "./vennAbers.js";
import { vennAbersMulticlass } from "./vennAbersMulticlass.js";
import { vennAbersRegression } from "./vennAbersRegression.js";

const READERS: Readonly<Record<string, (json: unknown) => Calibrator<object, never, unknown>>> = {
  ...BINARY_READERS,
  automatic: automatic.fromJSON,
  "automatic-multiclass": automaticMulticlass.fromJSON,
  dirichlet: dirichletCalibration.fromJSON,
  groupwise: groupwise.fromJSON,
  "label-shift": labelShift.fromJSON,
  multicalibration: multicalibration.fromJSON,
  online: online.fromJSON,
  matrix: matrixScaling.fromJSON,
  "structured-matrix": structuredMatrixScaling.fromJSON,
  "one-vs-rest": oneVsRest.fromJSON,
  "venn-abers-multiclass": vennAbersMulticlass.fromJSON,
  "venn-abers-regression": vennAbersRegression.fromJSON,
  vector: vectorScaling.fromJSON,
  "venn-abers": vennAbers.fromJSON,
};

/**
 * Reads a calibrator of any method back from its JSON.
 * @param json A parsed value, or JSON text.
 * @throws CredenceError "invalid-json" naming the field.
 * @example
 * ```ts
 * import { calibratorFromJSON, plattScaling } from "credence/recalibration";
 * const text = JSON.stringify(plattScaling.fit([-1, 1], [0, 1]));
 * calibratorFromJSON(text).predict([0]); // → [0.5]
 * ```
 */
export function calibratorFromJSON(json: unknown): Calibrator {
  const fields = calibratorFields("calibratorFromJSON", json);
  const method = fields.oneOf("method", Object.keys(READERS));
  // Which scores predict takes depends on the method; a list is the usual case.
  return READERS[method](json) as Calibrator;
}
