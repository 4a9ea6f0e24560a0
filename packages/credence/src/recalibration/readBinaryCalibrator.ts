import { bayesianBinning } from "./bayesianBinning.js";
import { betaCalibration } from "./beta.js";
import { type Calibrator, calibratorFields } from "./calibrator.js";
import { enir } from "./enir.js";
import { histogramBinning } from "./histogram.js";
import { identity } from "./identity.js";
import { isotonicRegression } from "./isotonic.js";
import { plattScaling } from "./platt.js";
import { splineCalibration } from "./spline.js";
import { temperatureScaling } from "./temperature.js";

/** The methods whose calibrators may stand inside others. */
export const BINARY_READERS: Readonly<Record<string, (json: unknown) => Calibrator>> = {
  identity: identity.fromJSON,
  spline: splineCalibration.fromJSON,
  temperature: temperatureScaling.fromJSON,
  platt: plattScaling.fromJSON,
  beta: betaCalibration.fromJSON,
  "bayesian-binning": bayesianBinning.fromJSON,
  enir: enir.fromJSON,
  isotonic: isotonicRegression.fromJSON,
  histogram: histogramBinning.fromJSON,
};

/** Reads a calibrator that maps a list of scores to a list of probabilities. */
export function readBinaryCalibrator(fn: string, json: unknown): Calibrator {
  const fields = calibratorFields(fn, json);
  return BINARY_READERS[fields.oneOf("method", Object.keys(BINARY_READERS))](json);
}
