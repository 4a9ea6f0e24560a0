import { meanEstimate } from "../estimate/delta.js";
import { type Estimate, levelOf } from "../estimate/estimate.js";
import { binIndices, createBinning } from "../numeric/bins.js";
import {
  checkFields,
  checkNotEmpty,
  checkOptions,
  checkProbabilities,
  checkSameLength,
  checkScored,
  type Outcomes,
} from "../numeric/check.js";
import { floatColumn, scoredColumns } from "../numeric/columns.js";
import { CredenceError } from "../numeric/error.js";
import { groupCodes } from "../numeric/groups.js";
import { cellStatistics } from "./cellStatistics.js";
import { type CalibrationErrorOptions, calibrationErrorOf } from "./ece.js";

/** How often recorded outcomes are wrong. */
export interface FlipRates {
  /** Probability that a true 0 is recorded as 1, in [0, 1). */
  falsePositive: number;
  /** Probability that a true 1 is recorded as 0, in [0, 1). */
  falseNegative: number;
}

/** Measures of calibration against outcomes that are not certain. */
export interface NoisyMetrics {
  readonly calibrationError: Estimate;
  readonly brier: Estimate;
  /** Share of outcomes that are truly 1. */
  readonly baseRate: Estimate;
  /** Mean confidence minus what it should be: ȳ − p̄. */
  readonly bias: Estimate;
}

/** Options for uncertain outcomes; debiasing is not defined for them. */
export type NoisyOptions = Omit<CalibrationErrorOptions, "debias">;

/**
 * Calibration against outcomes that were recorded with known error rates, independent of the confidence given the truth
 * (Natarajan et al. 2013): every recorded y becomes (y − ρ₊)/(1 − ρ₊ − ρ₋), whose mean is that of the truth. Without this
 * a perfect model whose labels flip 5 % of the time looks overconfident by up to 5 points. The correction is unbiased and
 * costs a factor 1/(1 − ρ₊ − ρ₋) of width; the rates are taken as known exactly.
 * @param confidences Probabilities in [0, 1], one per row.
 * @param outcomes Recorded outcomes, one per row.
 * @throws CredenceError as `expectedCalibrationError`; "out-of-range" for rates outside [0, 1) or that sum to 1 or more.
 * @example
 * ```ts
 * import { noisyOutcomeMetrics } from "credence/calibration";
 * const recorded = [1, 1, 1, 1, 1, 1, 1, 1, 1, 0];
 * const metrics = noisyOutcomeMetrics(new Array(10).fill(1), recorded, { falsePositive: 0, falseNegative: 0.1 });
 * metrics.calibrationError.value; // → 0
 * metrics.baseRate.value; // → 1
 * ```
 */
export function noisyOutcomeMetrics(
  confidences: ArrayLike<number>,
  outcomes: Outcomes,
  rates: FlipRates,
  options: NoisyOptions = {},
): NoisyMetrics {
  const fn = "noisyOutcomeMetrics";
  checkOptions(fn, options);
  checkScored(fn, confidences, outcomes);
  checkFields(fn, "rates", rates);
  const { falsePositive, falseNegative } = rates;
  const kept = 1 - falsePositive - falseNegative;
  for (const [name, value] of Object.entries({ falsePositive, falseNegative }))
    if (!(value >= 0 && value < 1 && kept > 0))
      throw new CredenceError(
        "out-of-range",
        { function: fn, argument: `rates.${name}`, value },
        "rates lie in [0, 1) and sum to less than 1; otherwise the records say nothing about the truth.",
      );
  const { confidences: p, outcomes: y } = scoredColumns(fn, confidences, outcomes);
  const unbiased = Float64Array.from(y, (v) => (v - falsePositive) / kept);
  const nominal = p.map((q) => {
    const recorded = falsePositive + kept * q;
    return (recorded * (1 - recorded)) / kept ** 2;
  });
  return metricsOf(fn, p, unbiased, nominal, options);
}

/**
 * Calibration against probabilities of the outcome instead of the outcome, as annotators who disagree give them
 * ({@link majorityVote}, {@link dawidSkene}). What is measured is calibration with respect to these probabilities: right
 * as far as they are.
 * @param confidences Probabilities in [0, 1], one per row.
 * @param targets Probability that the outcome is 1, one per row, in [0, 1].
 * @throws CredenceError "empty-input", "length-mismatch", "not-a-probability", "not-finite", "out-of-range",
 *   "unknown-option".
 * @example
 * ```ts
 * import { softOutcomeMetrics } from "credence/calibration";
 * softOutcomeMetrics([0.9, 0.9], [1, 2 / 3]).calibrationError.value; // → 0.0667
 * ```
 */
export function softOutcomeMetrics(
  confidences: ArrayLike<number>,
  targets: ArrayLike<number>,
  options: NoisyOptions = {},
): NoisyMetrics {
  const fn = "softOutcomeMetrics";
  checkOptions(fn, options);
  checkNotEmpty(fn, "confidences", confidences);
  checkSameLength(fn, "confidences", confidences, "targets", targets);
  const p = floatColumn(fn, "confidences", confidences);
  const q = floatColumn(fn, "targets", targets);
  if (p.length === 0)
    throw new CredenceError("empty-input", { function: fn, argument: "confidences" }, "is empty.");
  checkProbabilities(fn, "confidences", p);
  checkProbabilities(fn, "targets", q);
  return metricsOf(fn, p, q, new Float64Array(p.length), options);
}

/** Everything from outcomes that are right on average. */
function metricsOf(
  fn: string,
  p: Float64Array,
  y: Float64Array,
  nominal: Float64Array,
  options: NoisyOptions,
): NoisyMetrics {
  levelOf(fn, options);
  const binning = createBinning(fn, p, options);
  const statistics = cellStatistics(
    {
      cell: binIndices(fn, "confidences", p, binning),
      cells: binning.edges.length - 1,
      claimed: p,
      happened: y,
      nominal,
      groups: options.groups ? groupCodes(fn, options.groups, p) : null,
    },
    binning,
  );
  return {
    calibrationError: calibrationErrorOf(fn, statistics, options),
    // E(p − Y)² for Y of 0 and 1 is p² − 2pE[Y] + E[Y]: linear in Y, so an unbiased y may stand for it.
    brier: meanEstimate(
      p.map((value, i) => value * value - 2 * value * y[i] + y[i]),
      options,
      fn,
    ),
    baseRate: meanEstimate(y, options, fn),
    bias: meanEstimate(
      p.map((value, i) => y[i] - value),
      options,
      fn,
    ),
  };
}
