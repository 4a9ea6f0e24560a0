import {
  automatic,
  betaCalibration,
  type Calibrator,
  histogramBinning,
  isotonicRegression,
  plattScaling,
  splineCalibration,
  temperatureScaling,
} from "credence/recalibration";
import { InputError } from "../reading/inputError.js";
import { nearestName } from "../reading/nearestName.js";
import type { Records } from "../reading/records.js";

interface Fitting {
  readonly groups?: Int32Array;
  readonly seed: number;
}

type Fit = (scores: Float64Array, outcomes: Uint8Array, options: Fitting) => Calibrator;

/** The methods by name; "automatic" chooses among them, leaving the confidences alone included. */
const METHODS: Readonly<Record<string, Fit>> = {
  automatic: (scores, outcomes, options) => automatic.fit(scores, outcomes, options),
  temperature: (scores, outcomes, { groups }) => temperatureScaling.fit(scores, outcomes, { groups }),
  platt: (scores, outcomes, { groups }) =>
    plattScaling.fit(scores, outcomes, { groups, input: "probabilities" }),
  beta: (scores, outcomes, { groups }) => betaCalibration.fit(scores, outcomes, { groups }),
  isotonic: (scores, outcomes, { groups }) => isotonicRegression.fit(scores, outcomes, { groups }),
  histogram: (scores, outcomes, { groups }) => histogramBinning.fit(scores, outcomes, { groups }),
  spline: (scores, outcomes, { groups }) => splineCalibration.fit(scores, outcomes, { groups }),
};

/** Names that `fitCalibrator` takes. */
export const CALIBRATION_METHODS: readonly string[] = Object.keys(METHODS);

/**
 * Fits a calibrator to all records. To see what it is worth, use `analyse`, which keeps rows apart for that.
 * @param method One of CALIBRATION_METHODS. Default "automatic".
 * @throws InputError "invalid-option" for an unknown method.
 */
export function fitCalibrator(records: Records, method = "automatic", seed = 0): Calibrator {
  checkMethod(method, CALIBRATION_METHODS);
  const { confidences, outcomes, group } = records;
  return METHODS[method](confidences, outcomes, { seed, ...(group && { groups: group.codes }) });
}

/** @throws InputError "invalid-option" for a name that is none of the methods. */
export function checkMethod(method: string, known: readonly string[]): void {
  if (known.includes(method)) return;
  const near = nearestName(method, known);
  throw new InputError(
    "invalid-option",
    `there is no method "${method}"${near ? `; did you mean "${near}"?` : "."} Methods: ${known.join(", ")}.`,
  );
}
