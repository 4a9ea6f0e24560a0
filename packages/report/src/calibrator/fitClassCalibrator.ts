import type { Matrix } from "credence/numeric";
import {
  automaticMulticlass,
  dirichletCalibration,
  type MulticlassCalibrator,
  temperatureScaling,
  vectorScaling,
} from "credence/recalibration";
import type { ClassRows, Records } from "../reading/records.js";
import { type ClassCalibrator, classCalibrator } from "./classCalibrator.js";
import { checkMethod } from "./fitCalibrator.js";

interface Fitting {
  readonly groups?: Int32Array;
  readonly seed: number;
  readonly onProgress?: (done: number, total: number) => void;
}

type Fit = (scores: Matrix, labels: Int32Array, options: Fitting) => MulticlassCalibrator;

/** The methods by name; "automatic" chooses among them, leaving the probabilities alone included. */
const METHODS: Readonly<Record<string, Fit>> = {
  automatic: (scores, labels, options) => automaticMulticlass.fit(scores, labels, options),
  temperature: (scores, labels, { groups }) => temperatureScaling.fit(scores, labels, { groups }),
  vector: (scores, labels, { groups }) => vectorScaling.fit(scores, labels, { groups }),
  dirichlet: (scores, labels, { groups }) => dirichletCalibration.fit(scores, labels, { groups }),
};

/** Names that `fitClassCalibrator` takes. */
export const CLASS_CALIBRATION_METHODS: readonly string[] = Object.keys(METHODS);

/**
 * Fits a calibrator to the class probabilities of all records.
 * @param records As `readClassRecords` makes them.
 * @param method One of CLASS_CALIBRATION_METHODS. Default "automatic": grouped nested cross-validation on the log loss.
 * @throws InputError "invalid-option" for an unknown method.
 */
export function fitClassCalibrator(
  records: Records & { readonly classes: ClassRows },
  method = "automatic",
  seed = 0,
  onProgress?: (done: number, total: number) => void,
): ClassCalibrator {
  checkMethod(method, CLASS_CALIBRATION_METHODS);
  const { group, classes } = records;
  const options = { seed, ...(group && { groups: group.codes }), ...(onProgress && { onProgress }) };
  return classCalibrator(METHODS[method](classes.probabilities, classes.labels, options), classes.names);
}
