import { deltaEstimate } from "../estimate/delta.js";
import { type Estimate, type EstimateOptions, levelOf, pointEstimate } from "../estimate/estimate.js";
import { assignFolds } from "../estimate/folds.js";
import { checkCount, checkOptions } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { checkProbabilityRows, type Matrix } from "../numeric/matrix.js";
import { mean, variance } from "../numeric/quantile.js";
import { studentQuantile } from "../numeric/special.js";

/** Options of {@link inceptionScore}. */
export interface InceptionScoreOptions extends EstimateOptions {
  /** Parts over which the score is averaged: consecutive rows, as everybody does; with groups, whole groups. Default 10. */
  splits?: number;
}

/**
 * Inception score: exp of the mean Kullback–Leibler divergence from a classifier's mean prediction to its prediction for
 * each sample; in [1, number of classes], higher where samples are recognised and varied. It knows nothing of the real
 * data. The mean over splits depends on their size; compare at equal n.
 *
 * The interval is for the expected score at this split size: t · standard error over splits (their standard deviation,
 * which is usually printed after a "±", is √splits times too long to be a standard error). With one split: delta method.
 * @param probabilities One row per generated sample, one column per class.
 * @throws CredenceError "empty-input", "not-a-probability", "not-normalised", "too-few" for fewer rows than splits.
 * @see Salimans et al. 2016; Barratt & Sharma 2018.
 * @example
 * ```ts
 * import { inceptionScore } from "credence/fidelity";
 * const sure = { data: [1, 0, 0, 1], rows: 2, columns: 2 };
 * inceptionScore(sure, { splits: 1, interval: false }).value; // → 2.0
 * ```
 */
export function inceptionScore(probabilities: Matrix, options: InceptionScoreOptions = {}): Estimate {
  const fn = "inceptionScore";
  checkOptions(fn, options);
  const { splits = 10, groups, seed } = options;
  const level = levelOf(fn, options);
  checkProbabilityRows(fn, "probabilities", probabilities);
  checkCount(fn, "splits", splits);
  const n = probabilities.rows;
  if (n < splits)
    throw new CredenceError(
      "too-few",
      { function: fn, argument: "splits", value: splits },
      `needs as many rows as splits, but there are only ${n}.`,
    );
  if (splits === 1) {
    const divergences = splitDivergences(
      probabilities,
      Int32Array.from({ length: n }, (_, i) => i),
    );
    const value = Math.exp(mean(divergences));
    // The mean prediction is where the divergence is stationary, so only the rows' own divergences count.
    return deltaEstimate(
      fn,
      value,
      divergences.map((x) => value * x),
      options,
    );
  }
  const part = groups
    ? assignFolds(fn, n, splits, { groups, seed })
    : Int32Array.from({ length: n }, (_, i) => Math.floor(((i + 1) * splits - 1) / n));
  const scores = Float64Array.from({ length: splits }, (_, s) =>
    Math.exp(
      mean(
        splitDivergences(
          probabilities,
          Int32Array.from(part.keys()).filter((i) => part[i] === s),
        ),
      ),
    ),
  );
  const value = mean(scores);
  if (options.interval === false) return pointEstimate(value, level, n);
  const half = studentQuantile((1 + level) / 2, splits - 1) * Math.sqrt(variance(scores) / splits);
  const estimate = {
    value,
    interval: [value - half, value + half] as const,
    level,
    method: "disjoint-splits",
    n,
  };
  return groups ? { ...estimate, groups: new Set(Array.from(groups)).size } : estimate;
}

/** KL(p(y|x) ‖ mean prediction) of each of the given rows, in nats. */
function splitDivergences({ data, columns }: Matrix, rows: Int32Array): Float64Array {
  const marginal = new Float64Array(columns);
  for (const i of rows) for (let c = 0; c < columns; c++) marginal[c] += data[i * columns + c] / rows.length;
  return Float64Array.from(rows, (i) => {
    let sum = 0;
    for (let c = 0; c < columns; c++) {
      const p = data[i * columns + c];
      if (p > 0) sum += p * Math.log(p / marginal[c]);
    }
    return sum;
  });
}
