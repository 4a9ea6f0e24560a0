import { type Estimate, type EstimateOptions, levelOf } from "../estimate/estimate.js";
import { checkOptions, notAProbability, notBinary, type Outcomes } from "../numeric/check.js";
import { scoredColumns } from "../numeric/columns.js";
import { CredenceError } from "../numeric/error.js";
import type { Matrix } from "../numeric/matrix.js";
import { isMatrix } from "../numeric/matrix.js";
import { checkClassRows } from "./classRows.js";
import { binarySpread, classSpread, type NominalSpread, scoreEstimate } from "./scoreEstimate.js";

/** How the logarithm is taken. */
export interface LogLossOptions extends EstimateOptions {
  /**
   * Probabilities are taken no nearer to 0 or 1 than this, in [0, 0.5). Default 2^−52 ≈ 2.2e-16, as scikit-learn for
   * float64. With 0, one confident miss makes the loss infinite.
   */
  epsilon?: number;
  /** Base of the logarithm, greater than 1. Default e (nats); 2 gives bits. */
  base?: number;
}

/** A log loss, with what ε did to it. */
export interface LogLossEstimate extends Estimate {
  /** The ε used. */
  readonly epsilon: number;
  /** Probabilities of exactly 0 (in a matrix: of the true class). */
  readonly exactZeros: number;
  /** Probabilities of exactly 1 (in a matrix: of the true class). */
  readonly exactOnes: number;
  /** Rows whose event was given less than ε: misses that cost −ln ε instead of more. */
  readonly floored: number;
}

/**
 * The log loss (logarithmic score, cross-entropy; Good 1952): the mean of −ln of the probability given to what happened.
 * 0 is perfect; guessing ½ costs ln 2 ≈ 0.693. Probabilities of exactly 0 and 1 are counted and reported.
 * @param confidences Probabilities in [0, 1], one per row; or rows × classes, rows that sum to 1.
 * @param outcomes 1 or true where the event happened; or the class number of each row.
 * @throws CredenceError "empty-input", "length-mismatch", "not-a-probability", "not-finite", "not-binary",
 *   "not-normalised", "unknown-class", "out-of-range" (epsilon, base, level).
 * @example
 * ```ts
 * import { logLoss } from "credence/calibration";
 * logLoss([0.5, 0.5], [1, 0]).value; // → 0.6931
 * logLoss([1, 0.25], [1, 1], { base: 2 }).exactOnes; // → 1
 * ```
 */
export function logLoss(
  confidences: ArrayLike<number>,
  outcomes: Outcomes,
  options?: LogLossOptions,
): LogLossEstimate;
export function logLoss(
  confidences: Matrix,
  outcomes: ArrayLike<number>,
  options?: LogLossOptions,
): LogLossEstimate;
export function logLoss(
  confidences: ArrayLike<number> | Matrix,
  outcomes: Outcomes,
  options: LogLossOptions = {},
): LogLossEstimate {
  const fn = "logLoss";
  checkOptions(fn, options);
  const { epsilon = 2 ** -52, base = Math.E } = options;
  levelOf(fn, options);
  if (!(epsilon >= 0 && epsilon < 0.5))
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument: "epsilon", value: epsilon },
      "must lie in [0, 0.5).",
    );
  if (!(base > 1))
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument: "base", value: base },
      "must be greater than 1.",
    );
  let exactZeros = 0;
  let exactOnes = 0;
  let floored = 0;
  const scale = base === Math.E ? 1 : 1 / Math.log(base);
  const loss = (p: number, q: number) => {
    if (p < epsilon) floored++;
    // ln p loses nothing near 0, ln(1 − q) nothing near 1.
    const inside = p < 0.5 ? Math.log(Math.max(p, epsilon)) : Math.log1p(-Math.max(q, epsilon));
    return -scale * inside;
  };
  const count = (p: number) => {
    if (p === 0) exactZeros++;
    if (p === 1) exactOnes++;
  };
  let losses: Float64Array;
  let nominal: () => NominalSpread;
  if (isMatrix(confidences)) {
    const classes = outcomes as ArrayLike<number>;
    checkClassRows(fn, confidences, classes, "confidences");
    const { data, rows, columns } = confidences;
    losses = new Float64Array(rows);
    for (let i = 0; i < rows; i++) {
      const p = data[i * columns + classes[i]];
      count(p);
      losses[i] = loss(p, 1 - p);
    }
    nominal = () => classSpread(data, rows, columns, (p) => scale * Math.log(p));
  } else {
    const { confidences: p, outcomes: y } = scoredColumns(fn, confidences, outcomes);
    losses = new Float64Array(p.length);
    for (let i = 0; i < p.length; i++) {
      if (!(p[i] >= 0 && p[i] <= 1)) throw notAProbability(fn, "confidences", i, p[i]);
      if (y[i] > 1) throw notBinary(fn, "outcomes", i, y[i]);
      count(p[i]);
      losses[i] = y[i] === 1 ? loss(p[i], 1 - p[i]) : loss(1 - p[i], p[i]);
    }
    nominal = () => binarySpread(p, (q) => scale * Math.log(q / (1 - q)));
  }
  const infinite = losses.indexOf(Infinity) >= 0;
  const estimate = scoreEstimate(fn, losses, nominal, infinite ? { ...options, interval: false } : options);
  const interval = infinite && options.interval !== false ? ([0, Infinity] as const) : estimate.interval;
  return { ...estimate, interval, epsilon, exactZeros, exactOnes, floored };
}
