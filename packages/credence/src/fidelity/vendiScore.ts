import { type Estimate, type EstimateOptions, levelOf, pointEstimate } from "../estimate/estimate.js";
import { jackknifeInterval, jackknifeStrata } from "../estimate/jackknifeStrata.js";
import { checkCount, checkOptions } from "../numeric/check.js";
import { symmetricEigen } from "../numeric/eigen.js";
import { CredenceError } from "../numeric/error.js";
import { gram } from "../numeric/gram.js";
import type { Matrix } from "../numeric/matrix.js";
import { checkedSample, takeRows } from "./samples.js";

/** Options of {@link vendiScore}. */
export interface VendiOptions extends EstimateOptions {
  /** Order of the Rényi entropy: 1 is Shannon's; smaller sees rare kinds, larger only common ones. Default 1. */
  order?: number;
  /** Leave out rows that hold NaN or infinities. Default false. */
  dropNonFinite?: boolean;
  /** Blocks of the jackknife. Default 10. */
  blocks?: number;
}

/**
 * Vendi score: the effective number of different samples, exp of the entropy of the eigenvalues of their cosine
 * similarities over n. Between 1 (all alike) and the number of samples. It knows nothing of quality.
 *
 * The interval is a delete-group jackknife around the value for this sample size, corrected for no bias.
 * @throws CredenceError "empty-input", "length-mismatch", "not-finite", "out-of-range" for a row of zeros.
 * @see Friedman & Dieng 2023; Pasarkar & Dieng 2024 (orders).
 * @example
 * ```ts
 * import { vendiScore } from "credence/fidelity";
 * const twoKinds = { data: [1, 0, 2, 0, 0, 1, 0, 3], rows: 4, columns: 2 };
 * vendiScore(twoKinds, { interval: false }).value; // → 2.00
 * ```
 */
export function vendiScore(samples: Matrix, options: VendiOptions = {}): Estimate {
  const fn = "vendiScore";
  checkOptions(fn, options);
  const { order = 1, blocks = 10, dropNonFinite = false, groups, seed } = options;
  const level = levelOf(fn, options);
  if (!(order > 0))
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument: "order", value: order },
      "must be positive.",
    );
  checkCount(fn, "blocks", blocks, 2);
  const { matrix, stratum } = checkedSample(fn, "samples", samples, groups, dropNonFinite);
  const unit = unitLength(fn, matrix);
  const score = (rows: Matrix) => effectiveNumber(spectrum(rows), order);
  const n = unit.rows;
  if (options.interval === false) return pointEstimate(score(unit), level, n);
  const [found] = jackknifeStrata([stratum], ([rows]) => [score(takeRows(unit, rows))], { blocks, seed });
  return {
    value: found.value,
    interval: jackknifeInterval(found, level),
    level,
    method: groups ? "cluster-jackknife" : "jackknife",
    n,
  };
}

/** Eigenvalues of K/n, from whichever of X Xᵀ and Xᵀ X is smaller. */
function spectrum(matrix: Matrix): Float64Array {
  const smaller = matrix.rows <= matrix.columns ? matrix : transposed(matrix);
  const { values } = symmetricEigen(gram(smaller).data, smaller.rows, false);
  return values.map((x) => x / matrix.rows);
}

function transposed({ data, rows, columns }: Matrix): Matrix {
  const turned = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) turned[j * rows + i] = data[i * columns + j];
  return { data: turned, rows: columns, columns: rows };
}

/** exp of the Rényi entropy. */
function effectiveNumber(values: Float64Array, order: number): number {
  const shares = values.filter((x) => x > 1e-15);
  if (order === Infinity) return 1 / Math.max(...shares);
  if (order === 1) return Math.exp(-shares.reduce((sum, x) => sum + x * Math.log(x), 0));
  return shares.reduce((sum, x) => sum + x ** order, 0) ** (1 / (1 - order));
}

function unitLength(fn: string, { data, rows, columns }: Matrix): Matrix {
  const scaled = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    let square = 0;
    for (let j = 0; j < columns; j++) square += data[i * columns + j] ** 2;
    if (square === 0)
      throw new CredenceError(
        "out-of-range",
        { function: fn, argument: "samples", index: i * columns, value: 0 },
        `row ${i} is all zeros and has no direction; leave it out.`,
      );
    for (let j = 0; j < columns; j++) scaled[i * columns + j] = data[i * columns + j] / Math.sqrt(square);
  }
  return { data: scaled, rows, columns };
}
