import type { FitOptions } from "../estimate/fitRecord.js";
import type { Outcomes } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { bayesianBinning } from "./bayesianBinning.js";
import { betaCalibration } from "./beta.js";
import type { Calibrator } from "./calibrator.js";
import { enir } from "./enir.js";
import { histogramBinning } from "./histogram.js";
import { identity } from "./identity.js";
import { isotonicRegression } from "./isotonic.js";
import { plattScaling } from "./platt.js";
import { splineCalibration } from "./spline.js";
import { temperatureScaling } from "./temperature.js";

/** A method that turns binary probabilities into better ones: what `automatic` compares and `groupwise` fits. */
export interface Candidate {
  /** Name in tables; the `method` of the calibrators it fits. */
  readonly method: string;
  fit(scores: ArrayLike<number>, outcomes: Outcomes, options: FitOptions): Calibrator;
}

/** The methods for binary probabilities, by name. */
export const CANDIDATES = {
  identity,
  temperature: {
    method: "temperature",
    fit: (scores, outcomes, options) => temperatureScaling.fit(scores, outcomes, options),
  },
  platt: {
    method: "platt",
    fit: (scores, outcomes, options) =>
      plattScaling.fit(scores, outcomes, { ...options, input: "probabilities" }),
  },
  beta: betaCalibration,
  isotonic: isotonicRegression,
  histogram: histogramBinning,
  spline: splineCalibration,
  "bayesian-binning": bayesianBinning,
  enir,
} as const satisfies Record<string, Candidate>;

/** Name of a built-in candidate. */
export type CandidateName = keyof typeof CANDIDATES;

/** The candidate of that name, or the candidate itself. */
export function resolveCandidate(
  fn: string,
  argument: string,
  candidate: CandidateName | Candidate,
): Candidate {
  if (typeof candidate !== "string") return candidate;
  if (Object.hasOwn(CANDIDATES, candidate)) return CANDIDATES[candidate];
  throw new CredenceError(
    "unknown-option",
    { function: fn, argument, value: candidate },
    `must be a method, or one of ${Object.keys(CANDIDATES).join(", ")}.`,
  );
}
