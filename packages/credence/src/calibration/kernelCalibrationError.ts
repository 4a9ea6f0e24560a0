import { type Estimate, type EstimateOptions, levelOf, pointEstimate } from "../estimate/estimate.js";
import { checkOneOf, checkOptions, checkScored, type Outcomes } from "../numeric/check.js";
import { scoredColumns } from "../numeric/columns.js";
import { CredenceError } from "../numeric/error.js";
import { groupCodes } from "../numeric/groups.js";
import type { Matrix } from "../numeric/matrix.js";
import { isMatrix } from "../numeric/matrix.js";
import { chiSquaredQuantile, chiSquaredSurvival, studentQuantile } from "../numeric/special.js";
import { checkClassRows } from "./classRows.js";
import { type CalibrationKernel, type GramSums, laplacianGram, pairwiseGram } from "./residualGram.js";
import type { TestResult } from "./testResult.js";

/** Options of the kernel calibration errors. */
export interface KernelOptions extends EstimateOptions {
  /**
   * "laplacian": e^(−d/γ), d the total variation distance (|p − p′| for single confidences); O(n log n) for those.
   * "gaussian": e^(−d²/2γ²), d the Euclidean distance; O(n²). Default "laplacian".
   */
  kernel?: CalibrationKernel;
  /** γ > 0. Default 0.4, as Kumar et al. 2018. */
  bandwidth?: number;
}

/** Options of {@link kernelCalibrationError}. */
export interface KernelCalibrationErrorOptions extends KernelOptions {
  /** "unbiased": without the terms i = j; may be negative. "biased": with them. Default "unbiased". */
  estimator?: "unbiased" | "biased";
}

/**
 * The squared kernel calibration error, SKCE (Widmann, Lindsten & Zachariah 2019): the mean over pairs of rows of
 * ⟨r_i, r_j⟩ k(p_i, p_j), r = outcome − confidence. 0 exactly where the model is calibrated; it needs no bins and, on a
 * matrix of class probabilities, measures calibration of the whole vector (canonical calibration), residuals being
 * one-hot outcome − probabilities.
 *
 * The interval holds near 0 too: the error is the norm of a mean in the kernel's feature space, whose distance from its
 * estimate is a weighted sum of chi-squares (Welch–Satterthwaite; with groups the most spread-out case), and the norm
 * falls short by one direction's error at most.
 * @param confidences Probabilities in [0, 1], one per row; or rows × classes, rows that sum to 1.
 * @param outcomes 1 or true where the event happened; or the class number of each row.
 * @throws CredenceError "empty-input", "length-mismatch", "not-a-probability", "not-finite", "not-binary",
 *   "not-normalised", "unknown-class", "unknown-option", "out-of-range" (bandwidth, level); "too-few" for the unbiased
 *   estimator of one row.
 * @example
 * ```ts
 * import { kernelCalibrationError } from "credence/calibration";
 * kernelCalibrationError([0.9, 0.9], [1, 0]).value; // → -0.09
 * kernelCalibrationError([0.9, 0.9], [0, 0]).value; // → 0.81
 * ```
 */
export function kernelCalibrationError(
  confidences: ArrayLike<number> | Matrix,
  outcomes: Outcomes,
  options: KernelCalibrationErrorOptions = {},
): Estimate {
  const fn = "kernelCalibrationError";
  checkOptions(fn, options);
  const { estimator = "unbiased" } = options;
  checkOneOf(fn, "estimator", estimator, ["unbiased", "biased"]);
  const level = levelOf(fn, options);
  const gram = gramOf(fn, confidences, outcomes, options);
  const { n, total, diagonal } = gram;
  if (estimator === "unbiased" && n < 2)
    throw new CredenceError(
      "too-few",
      { function: fn, argument: "confidences" },
      'needs two rows at least; or take estimator "biased".',
    );
  const value = estimator === "biased" ? total / n ** 2 : (total - diagonal) / (n * (n - 1));
  if (options.interval === false) return pointEstimate(value, level, n);
  const [low, high] = normInterval(gram, level);
  return kernelEstimate(gram, value, [Math.min(value, low ** 2), Math.max(value, high ** 2)], level);
}

/**
 * The maximum mean calibration error, MMCE (Kumar, Sarawagi & Jain 2018): the root of the biased
 * {@link kernelCalibrationError}.
 * @throws CredenceError as {@link kernelCalibrationError}.
 * @example
 * ```ts
 * import { maximumMeanCalibrationError } from "credence/calibration";
 * maximumMeanCalibrationError([0.9, 0.9], [0, 0]).value; // → 0.9
 * ```
 */
export function maximumMeanCalibrationError(
  confidences: ArrayLike<number> | Matrix,
  outcomes: Outcomes,
  options: KernelOptions = {},
): Estimate {
  const fn = "maximumMeanCalibrationError";
  checkOptions(fn, options);
  const level = levelOf(fn, options);
  const gram = gramOf(fn, confidences, outcomes, options);
  const value = Math.sqrt(Math.max(0, gram.total)) / gram.n;
  if (options.interval === false) return pointEstimate(value, level, gram.n);
  return kernelEstimate(gram, value, normInterval(gram, level), level);
}

/**
 * The test of calibration that rests on {@link kernelCalibrationError}: n times the biased error, against its
 * distribution if the model is calibrated, a weighted sum of chi-squares (Welch–Satterthwaite).
 * @throws CredenceError as {@link kernelCalibrationError}; "too-few" where no residual differs from 0, or with one group.
 * @example
 * ```ts
 * import { kernelCalibrationTest } from "credence/calibration";
 * const confidences = new Array(40).fill(0.8);
 * kernelCalibrationTest(confidences, confidences.map((_, i) => (i % 5 ? 1 : 0))).pValue; // → 1
 * ```
 */
export function kernelCalibrationTest(
  confidences: ArrayLike<number> | Matrix,
  outcomes: Outcomes,
  options: Omit<KernelOptions, "interval" | "level"> = {},
): TestResult {
  const fn = "kernelCalibrationTest";
  checkOptions(fn, options);
  const gram = gramOf(fn, confidences, outcomes, options);
  const { n, total, within, groups } = gram;
  if (!(within > 0) || groups === 1)
    throw new CredenceError(
      "too-few",
      { function: fn, argument: groups === 1 ? "groups" : "outcomes" },
      "nothing varies from group to group, or every confidence is exactly its outcome.",
    );
  const df = degreesOfFreedom(gram);
  const result = { statistic: total / n, pValue: chiSquaredSurvival((df * total) / within, df), n };
  return groups === undefined
    ? { ...result, method: "kernel-satterthwaite" }
    : { ...result, method: "cluster-kernel", groups };
}

interface Gram extends GramSums {
  readonly n: number;
  readonly groups?: number;
}

function gramOf(
  fn: string,
  confidences: ArrayLike<number> | Matrix,
  outcomes: Outcomes,
  options: KernelOptions,
): Gram {
  const { kernel = "laplacian", bandwidth = 0.4 } = options;
  checkOneOf(fn, "kernel", kernel, ["laplacian", "gaussian"]);
  if (!(bandwidth > 0 && bandwidth < Infinity))
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument: "bandwidth", value: bandwidth },
      "must be positive.",
    );
  const coded = options.groups && groupCodes(fn, options.groups, { length: outcomes.length }, "outcomes");
  const codes = coded ? coded.codes : null;
  const count = coded && { groups: coded.count };
  if (isMatrix(confidences)) {
    const classes = outcomes as ArrayLike<number>;
    checkClassRows(fn, confidences, classes, "confidences");
    const { data, rows, columns } = confidences;
    const residuals = Float64Array.from(
      { length: rows * columns },
      (_, at) => +(classes[Math.floor(at / columns)] === at % columns) - data[at],
    );
    return { ...pairwiseGram(confidences, residuals, kernel, bandwidth, codes), n: rows, ...count };
  }
  checkScored(fn, confidences, outcomes);
  const { confidences: p, outcomes: y } = scoredColumns(fn, confidences, outcomes);
  const residuals = p.map((value, i) => y[i] - value);
  const sums =
    kernel === "laplacian"
      ? laplacianGram(p, residuals, bandwidth, codes, coded ? coded.count : 0)
      : pairwiseGram({ data: p, rows: p.length, columns: 1 }, residuals, kernel, bandwidth, codes);
  return { ...sums, n: p.length, ...count };
}

/** Of the chi-square that stands for the squared norm of the noise; 1, the most spread out, where rows come in groups. */
const degreesOfFreedom = ({ diagonal, squares, groups }: Gram): number =>
  groups === undefined && squares > 0 ? Math.max(1, diagonal ** 2 / squares) : 1;

/** An interval for the norm of the mean embedding. */
function normInterval(gram: Gram, level: number): readonly [number, number] {
  const { n, total, within, groups } = gram;
  const units = groups ?? n;
  if (units < 2) return [0, Infinity];
  const norm = Math.sqrt(Math.max(0, total)) / n;
  const noise = Math.sqrt((within * units) / (units - 1)) / n;
  const df = degreesOfFreedom(gram);
  const radius = noise * Math.sqrt(chiSquaredQuantile((1 + level) / 2, df) / df);
  const reach = noise * studentQuantile((1 + level) / 2, units - 1);
  return [Math.max(0, norm - Math.max(radius, groups === undefined ? 0 : reach)), norm + reach];
}

function kernelEstimate(
  { n, groups }: Gram,
  value: number,
  interval: readonly [number, number],
  level: number,
): Estimate {
  const estimate = { value, interval, level, n };
  return groups === undefined
    ? { ...estimate, method: "kernel-satterthwaite" }
    : { ...estimate, method: "cluster-kernel", groups };
}
