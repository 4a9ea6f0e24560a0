import { checkFinite, checkNotEmpty, checkOptions } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { logisticRegression } from "../numeric/logistic.js";
import { checkMatrix, type Matrix } from "../numeric/matrix.js";
import { mean } from "../numeric/quantile.js";
import { checkRidge } from "./input.js";

/** Weights that make labelled rows look like the target rows. */
export interface CovariateShift {
  /** One per source row, mean 1; pass it as the `weights` of any `fit`. */
  readonly weights: Float64Array;
  /** (Σw)²/Σw²: how many unweighted rows the weighted ones are worth. */
  readonly effectiveSampleSize: number;
  /** What to beware of, in sentences. */
  readonly notes: readonly string[];
}

/**
 * The number of equally weighted rows with the same variance: (Σw)²/Σw² (Kish 1965).
 * @throws CredenceError "empty-input" where all weights are 0.
 * @example
 * ```ts
 * import { effectiveSampleSize } from "credence/recalibration";
 * effectiveSampleSize([1, 1, 2]); // → 2.67
 * ```
 */
export function effectiveSampleSize(weights: ArrayLike<number>): number {
  checkNotEmpty("effectiveSampleSize", "weights", weights);
  let largest = 0;
  for (let i = 0; i < weights.length; i++) largest = Math.max(largest, weights[i]);
  if (!(largest > 0))
    throw new CredenceError(
      "empty-input",
      { function: "effectiveSampleSize", argument: "weights" },
      "holds no positive weight.",
    );
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < weights.length; i++) {
    sum += weights[i] / largest;
    squares += (weights[i] / largest) ** 2;
  }
  return (sum * sum) / squares;
}

/**
 * Density-ratio weights for covariate shift (Shimodaira 2000): a logistic regression tells target rows from source rows by
 * their features, and its odds are the weights. Right where the label depends on the features alike in both.
 * @param source Features of the labelled rows, rows × features.
 * @param target Features of unlabelled rows from where the model is used now; the same features.
 * @param options `ridge`: penalty ridge/(2n)‖β‖² on coefficients of standardised features. Default 1.
 * @throws CredenceError "not-finite", "length-mismatch", "empty-input", "out-of-range".
 * @example
 * ```ts
 * import { covariateShiftWeights } from "credence/recalibration";
 * const source = { data: [0, 0, 0, 1], rows: 4, columns: 1 };
 * const target = { data: [1, 1, 1, 0], rows: 4, columns: 1 };
 * const { weights } = covariateShiftWeights(source, target);
 * weights[3] > weights[0]; // → true
 * ```
 */
export function covariateShiftWeights(
  source: Matrix,
  target: Matrix,
  options: { ridge?: number } = {},
): CovariateShift {
  const fn = "covariateShiftWeights";
  checkOptions(fn, options);
  const { ridge = 1 } = options;
  checkRidge(fn, "ridge", ridge);
  for (const [argument, matrix] of [
    ["source", source],
    ["target", target],
  ] as const) {
    checkMatrix(fn, argument, matrix);
    checkFinite(fn, argument, matrix.data);
  }
  if (source.columns !== target.columns)
    throw new CredenceError(
      "length-mismatch",
      { function: fn, argument: "target" },
      `has ${target.columns} features, but source has ${source.columns}.`,
    );
  const logOdds = domainLogOdds(source, target, ridge);
  const top = logOdds.reduce((a, b) => Math.max(a, b), -Infinity);
  const raw = logOdds.map((odds) => Math.exp(odds - top));
  const average = raw.reduce((a, b) => a + b, 0) / raw.length;
  const weights = raw.map((w) => w / average);
  const worth = effectiveSampleSize(weights);
  const notes =
    worth < 0.1 * source.rows
      ? [
          `The ${source.rows} rows are worth only ${worth.toFixed(0)} for the target: the two populations barely overlap.`,
        ]
      : [];
  return { weights, effectiveSampleSize: worth, notes };
}

/** Log-odds of being a target row, for each source row, by logistic regression with both domains weighing alike. */
function domainLogOdds(source: Matrix, target: Matrix, ridge: number): Float64Array {
  const n = source.rows + target.rows;
  const columns = Array.from({ length: source.columns }, (_, j) => standardised(source, target, j));
  const ofTarget = Float64Array.from({ length: n }, (_, i) => Number(i >= source.rows));
  const weights = ofTarget.map((y) => 1 / (y ? target.rows : source.rows));
  const { x: beta } = logisticRegression(columns, ofTarget, weights, ridge / n);
  return Float64Array.from({ length: source.rows }, (_, i) =>
    columns.reduce((sum, column, j) => sum + beta[j] * column[i], beta[columns.length]),
  );
}

/** One feature of both domains, with mean 0 and spread 1. */
function standardised(source: Matrix, target: Matrix, feature: number): Float64Array {
  const read = ({ data, rows, columns }: Matrix) =>
    Array.from({ length: rows }, (_, i) => data[i * columns + feature]);
  const values = Float64Array.from([...read(source), ...read(target)]);
  const center = mean(values);
  const spread = Math.sqrt(mean(values.map((x) => (x - center) ** 2))) || 1;
  return values.map((x) => (x - center) / spread);
}
