import { type Estimate, levelOf, pointEstimate } from "../estimate/estimate.js";
import { sidakLevel } from "../estimate/simultaneous.js";
import { checkCount, checkOptions } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import type { Groups } from "../numeric/groups.js";
import type { Matrix } from "../numeric/matrix.js";
import { isMatrix } from "../numeric/matrix.js";
import { type BinStatistics, binStatistics } from "./binStatistics.js";
import type { Norm } from "./calibrationError.js";
import { checkClassRows } from "./classRows.js";
import { type CalibrationErrorOptions, calibrationErrorOf } from "./ece.js";

/** Options of {@link topLabelCalibrationError}. */
export interface TopLabelOptions extends CalibrationErrorOptions {
  /**
   * true: bins are taken within each predicted class (Gupta & Ramdas 2022), so that overconfidence in one class is not
   * made up by another. Default false, as Guo et al. 2017.
   */
  byLabel?: boolean;
}

/**
 * The calibration error of the top label: confidence is the largest class probability, and right means that its class
 * (the first, among equals) is the true one. What most papers call the ECE of a classifier.
 * @param probabilities Rows × classes; rows sum to 1.
 * @param classes The class number of each row.
 * @throws CredenceError "empty-input", "length-mismatch", "not-a-probability", "not-normalised", "unknown-class",
 *   "out-of-range", "unknown-option".
 * @example
 * ```ts
 * import { topLabelCalibrationError } from "credence/calibration";
 * const probabilities = { data: [0.7, 0.2, 0.1, 0.1, 0.6, 0.3], rows: 2, columns: 3 };
 * topLabelCalibrationError(probabilities, [0, 2]).value; // → 0.45
 * ```
 */
export function topLabelCalibrationError(
  probabilities: Matrix,
  classes: ArrayLike<number>,
  options: TopLabelOptions = {},
): Estimate {
  const fn = "topLabelCalibrationError";
  checkOptions(fn, options);
  checkClassRows(fn, probabilities, classes);
  const { data, rows, columns } = probabilities;
  const top = Int32Array.from({ length: rows }, (_, i) => {
    let best = 0;
    for (let j = 1; j < columns; j++) if (data[i * columns + j] > data[i * columns + best]) best = j;
    return best;
  });
  const confidences = Float64Array.from(top, (j, i) => data[i * columns + j]);
  const right = Uint8Array.from(top, (j, i) => +(classes[i] === j));
  if (!options.byLabel)
    return calibrationErrorOf(fn, binStatistics(fn, confidences, right, options), options);
  const parts: BinStatistics[] = [];
  for (let label = 0; label < columns; label++) {
    const chosen = [...top.keys()].filter((i) => top[i] === label);
    if (chosen.length === 0) continue;
    const { groups } = options;
    parts.push(
      binStatistics(
        fn,
        Float64Array.from(chosen, (i) => confidences[i]),
        Uint8Array.from(chosen, (i) => right[i]),
        { ...options, groups: groups && chosen.map((i) => groups[i]) },
      ),
    );
  }
  return combined(
    fn,
    parts,
    parts.map((part) => part.n / rows),
    options,
    rows,
  );
}

/**
 * The calibration error of the k likeliest classes together: confidence is the sum of the k largest probabilities, and
 * right means that the true class is among them (the first, among equals).
 * @param probabilities Rows × classes; rows sum to 1.
 * @param classes The class number of each row.
 * @param k From 1 to the number of classes.
 * @throws CredenceError as {@link topLabelCalibrationError}.
 * @example
 * ```ts
 * import { topKCalibrationError } from "credence/calibration";
 * const probabilities = { data: [0.7, 0.2, 0.1, 0.1, 0.6, 0.3], rows: 2, columns: 3 };
 * topKCalibrationError(probabilities, [0, 2], 2).value; // → 0.1
 * ```
 */
export function topKCalibrationError(
  probabilities: Matrix,
  classes: ArrayLike<number>,
  k: number,
  options: CalibrationErrorOptions = {},
): Estimate {
  const fn = "topKCalibrationError";
  checkClassRows(fn, probabilities, classes);
  const { data, rows, columns } = probabilities;
  checkCount(fn, "k", k);
  if (k > columns)
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument: "k", value: k },
      `there are only ${columns} classes.`,
    );
  const confidences = new Float64Array(rows);
  const right = new Uint8Array(rows);
  for (let i = 0; i < rows; i++) {
    const at = (j: number) => data[i * columns + j];
    const order = Array.from({ length: columns }, (_, j) => j).sort((a, b) => at(b) - at(a) || a - b);
    for (const j of order.slice(0, k)) {
      confidences[i] += at(j);
      if (j === classes[i]) right[i] = 1;
    }
    confidences[i] = Math.min(1, confidences[i]); // rounding
  }
  return calibrationErrorOf(fn, binStatistics(fn, confidences, right, options), options);
}

/**
 * The classwise calibration error (Kull et al. 2019; marginal in Kumar et al. 2019): for every class the error of its
 * probabilities against whether it is the true class; their mean. With "l2" the root of their mean square, with "max" the
 * largest.
 * @param probabilities Rows × classes; rows sum to 1.
 * @param classes The class number of each row.
 * @throws CredenceError as {@link topLabelCalibrationError}.
 * @example
 * ```ts
 * import { classwiseCalibrationError } from "credence/calibration";
 * const probabilities = { data: [0.8, 0.2, 0.4, 0.6], rows: 2, columns: 2 };
 * classwiseCalibrationError(probabilities, [0, 1]).value; // → 0.3
 * ```
 */
export function classwiseCalibrationError(
  probabilities: Matrix,
  classes: ArrayLike<number>,
  options: CalibrationErrorOptions = {},
): Estimate {
  checkOptions("classwiseCalibrationError", options);
  return classwise("classwiseCalibrationError", probabilities, classes, options);
}

/**
 * The adaptive calibration error, ACE (Nixon et al. 2019): bins of equal counts instead of equal widths, ties kept
 * together; on a matrix of class probabilities the mean over classes.
 * @param confidences Probabilities in [0, 1], one per row; or rows × classes, rows that sum to 1.
 * @param outcomes 1 or true where the event happened; or the class number of each row.
 * @throws CredenceError as {@link topLabelCalibrationError}, and "not-binary".
 * @example
 * ```ts
 * import { adaptiveCalibrationError } from "credence/calibration";
 * adaptiveCalibrationError([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1], { bins: 2 }).value; // → 0.15
 * ```
 */
export function adaptiveCalibrationError(
  confidences: ArrayLike<number> | Matrix,
  outcomes: ArrayLike<number | boolean>,
  options: Omit<CalibrationErrorOptions, "binning"> = {},
): Estimate {
  const fn = "adaptiveCalibrationError";
  checkOptions(fn, options);
  const mass = { ...options, binning: "mass" as const };
  return isMatrix(confidences)
    ? classwise(fn, confidences, outcomes as ArrayLike<number>, mass)
    : calibrationErrorOf(fn, binStatistics(fn, confidences, outcomes, mass), mass);
}

function classwise(
  fn: string,
  probabilities: Matrix,
  classes: ArrayLike<number>,
  options: CalibrationErrorOptions,
): Estimate {
  checkClassRows(fn, probabilities, classes);
  const { data, rows, columns } = probabilities;
  const parts = Array.from({ length: columns }, (_, j) =>
    binStatistics(
      fn,
      Float64Array.from({ length: rows }, (_, i) => data[i * columns + j]),
      Uint8Array.from({ length: rows }, (_, i) => +(classes[i] === j)),
      options,
    ),
  );
  return combined(fn, parts, new Array(columns).fill(1 / columns), options, rows);
}

/**
 * The weighted mean of several errors. Low ends come from intervals that hold together (Šidák), so their mean is a bound.
 * High ends need no correction: each rests on one linear statistic, and the standard deviation of a sum is at most the
 * sum of the standard deviations, whatever the correlation.
 */
function combined(
  fn: string,
  parts: readonly BinStatistics[],
  weights: readonly number[],
  options: CalibrationErrorOptions & { groups?: Groups },
  n: number,
): Estimate {
  const { norm = "l1", interval } = options;
  const level = levelOf(fn, options);
  const single = parts.map((part) => calibrationErrorOf(fn, part, options));
  const mean = (values: readonly number[]) => weightedMean(values, weights, norm);
  const value = mean(single.map((part) => part.value));
  if (interval === false) return pointEstimate(value, level, n);
  const joint = parts.map((part) =>
    calibrationErrorOf(fn, part, { ...options, level: sidakLevel(level, parts.length) }),
  );
  const ends = (estimates: readonly Estimate[], end: 0 | 1) =>
    mean(estimates.map((part) => part.interval?.[end] ?? Number.NaN));
  const estimate = {
    value,
    interval: [Math.min(value, ends(joint, 0)), ends(single, 1)] as const,
    level,
    method: options.groups ? "cluster-simultaneous-region" : "simultaneous-region",
    n,
  };
  return options.groups
    ? { ...estimate, groups: Math.max(...single.map((part) => part.groups ?? 0)) }
    : estimate;
}

function weightedMean(values: readonly number[], weights: readonly number[], norm: Norm): number {
  if (norm === "max") return Math.max(...values);
  const sum = values.reduce((s, value, i) => s + weights[i] * (norm === "l2" ? value * value : value), 0);
  return norm === "l2" ? Math.sqrt(sum) : sum;
}
