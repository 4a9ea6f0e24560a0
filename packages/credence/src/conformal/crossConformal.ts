import { checkNotEmpty, checkOpenUnit, checkOptions, checkSameLength } from "../numeric/check.js";
import { type Groups, groupCodes } from "../numeric/groups.js";
import { checkMatrix, isMatrix, type Matrix } from "../numeric/matrix.js";
import { type FoldScores, foldScores } from "./foldIntervals.js";
import { collectIntervals, type Intervals } from "./intervals.js";
import { checkOrdered, leastCalibrationSize } from "./quantile.js";

/** Options of the jackknife and cross-validation family. */
export interface CrossConformalOptions {
  /** Target rate of misses, in (0, 1). See `guarantee` for what is proven. */
  alpha: number;
  /**
   * A cluster id per row, where rows are not independent: models are then fitted without whole groups (for the jackknife
   * one model per group, in order of first appearance), every group counts once, and the promise is for a row of a new
   * group, if groups are exchangeable (hierarchical jackknife+, Lee, Barber & Willett 2023).
   */
  groups?: Groups;
}

/** A fitted method of the family. */
export interface CrossConformal {
  readonly alpha: number;
  readonly n: number;
  /** Number of models: folds, or rows (groups, with groups) for the jackknife. */
  readonly folds: number;
  /** Independent groups, where groups were given. */
  readonly groups?: number;
  /** The coverage proven for finite samples without any assumption on the model; null where there is none. */
  readonly guarantee: number | null;
  /** Why intervals are infinite; null where they are not. */
  readonly reason: string | null;
  /**
   * The interval of one point from the predictions of all models (for the jackknife: model i was fitted without row i),
   * or of many points from a matrix, points × models. Points may come in blocks of any size: nothing is kept.
   * @throws CredenceError "length-mismatch", "not-finite".
   */
  predict(predictions: ArrayLike<number>): [number, number];
  predict(predictions: Matrix): Intervals;
}

/**
 * Jackknife+ (Barber, Candès, Ramdas & Tibshirani 2021): leave-one-out predictions ± leave-one-out residuals.
 * Coverage ≥ 1 − 2α proven, about 1 − α in practice; with `groups` for a row of a new group.
 *
 * `fit(residuals, { alpha, groups })`: observed − prediction of the model fitted without that row (its group).
 * @throws CredenceError "empty-input", "not-finite" (NaN), "out-of-range".
 * @example
 * ```ts
 * import { jackknifePlus } from "credence/conformal";
 * const fitted = jackknifePlus.fit([1, -2, 0.5, 1.5], { alpha: 0.2 });
 * fitted.predict([10, 10.5, 9.5, 10]); // → [8.5, 12.5]
 * ```
 */
export const jackknifePlus = {
  fit(residuals: ArrayLike<number>, options: CrossConformalOptions): CrossConformal {
    const fn = "jackknifePlus";
    checkOptions(fn, options, "alpha");
    const { scores, alpha } = prepare(fn, residuals, options);
    const folds = ownModels(fn, scores, options.groups);
    return plus(foldScores(fn, scores, folds, alpha, options.groups), alpha, Math.max(0, 1 - 2 * alpha));
  },
};

/**
 * CV+ (Barber, Candès, Ramdas & Tibshirani 2021): as {@link jackknifePlus} with K models, each fitted without one fold.
 * Coverage ≥ 1 − 2α − min{2(1−1/K)/(n/K+1), (1−K/n)/(K+1)} proven, about 1 − α in practice. Memory O(n), time O(K log² n)
 * per point. With `groups`, which folds must keep whole, 1 − 2α is proven where each fold is one group; for larger folds
 * nothing is, and `guarantee` is null.
 *
 * `fit(residuals, folds, { alpha, groups })`: observed − out-of-fold prediction, and each row's fold, 0 … K − 1.
 * @throws CredenceError "empty-input", "length-mismatch", "not-finite" (NaN), "out-of-range".
 * @example
 * ```ts
 * import { cvPlus } from "credence/conformal";
 * const fitted = cvPlus.fit([1, -2, 0.5, 1.5], [0, 0, 1, 1], { alpha: 0.2 });
 * fitted.predict([10, 10.5]); // → [8, 12]
 * ```
 */
export const cvPlus = {
  fit(
    residuals: ArrayLike<number>,
    folds: ArrayLike<number>,
    options: CrossConformalOptions,
  ): CrossConformal {
    checkOptions("cvPlus", options, "alpha");
    checkSameLength("cvPlus", "folds", folds, "residuals", residuals);
    const { scores, alpha } = prepare("cvPlus", residuals, options);
    const lists = foldScores("cvPlus", scores, folds, alpha, options.groups);
    return plus(lists, alpha, cvPlusGuarantee(lists, alpha));
  },
};

/** What is proven for CV+ with n rows in K folds; with groups only where every fold is one. */
function cvPlusGuarantee({ n, folds, groups }: FoldScores, alpha: number): number | null {
  if (groups !== undefined) return groups === folds ? Math.max(0, 1 - 2 * alpha) : null;
  const loss = Math.min((2 * (1 - 1 / folds)) / (n / folds + 1), (1 - folds / n) / (folds + 1));
  return Math.max(0, 1 - 2 * alpha - loss);
}

/**
 * Jackknife-minmax, and CV-minmax with folds: [least prediction − q, largest prediction + q], q the conformal quantile of
 * the absolute residuals. Coverage ≥ 1 − α proven (with `groups` where each fold is one group: their least residuals over
 * all models are exchangeable as groups are); often wider than needed.
 *
 * `fit(residuals, { alpha, groups })`, or `fit(residuals, { alpha, folds, groups })`.
 * @throws CredenceError as {@link cvPlus}.
 * @example
 * ```ts
 * import { jackknifeMinmax } from "credence/conformal";
 * jackknifeMinmax.fit([1, -2, 0.5, 1.5], { alpha: 0.2 }).predict([10, 10.5, 9.5, 10]); // → [7.5, 12.5]
 * ```
 */
export const jackknifeMinmax = {
  fit(
    residuals: ArrayLike<number>,
    options: CrossConformalOptions & { folds?: ArrayLike<number> },
  ): CrossConformal {
    const fn = "jackknifeMinmax";
    checkOptions(fn, options, "alpha");
    const { scores, alpha } = prepare(fn, residuals, options);
    const folds = options.folds ?? ownModels(fn, scores, options.groups);
    checkSameLength(fn, "folds", folds, "residuals", residuals);
    const lists = foldScores(fn, scores, folds, alpha, options.groups);
    const proven = lists.groups === undefined || lists.groups === lists.folds;
    const zero = new Float64Array(lists.folds);
    const q = lists.upper(zero);
    return crossConformal(lists, alpha, proven ? 1 - alpha : null, (centers) => {
      lists.lower(centers); // checks them
      let least = Infinity;
      let most = -Infinity;
      for (let f = 0; f < centers.length; f++) {
        least = Math.min(least, centers[f]);
        most = Math.max(most, centers[f]);
      }
      return [least - q, most + q];
    });
  },
};

/** Options of {@link crossCqr}. */
export interface CrossCqr extends Omit<CrossConformal, "predict"> {
  /** The interval of one point from the lower and upper quantiles of all models, or of points × models matrices. */
  predict(lows: ArrayLike<number>, highs: ArrayLike<number>): [number, number];
  predict(lows: Matrix, highs: Matrix): Intervals;
}

/**
 * Cross-conformal quantile regression: CV+ with the scores of {@link cqr}, so that every row serves both for fitting and
 * for calibration. The guarantee is that of {@link cvPlus}.
 *
 * `fit(lower, upper, observed, folds, { alpha, groups })`: out-of-fold quantiles, truths, and each row's fold, 0 … K − 1.
 * @throws CredenceError as {@link cvPlus}.
 * @example
 * ```ts
 * import { crossCqr } from "credence/conformal";
 * const fitted = crossCqr.fit([0, 0, 0, 0], [2, 2, 2, 2], [1, 2.5, -1, 1.5], [0, 0, 1, 1], { alpha: 0.2 });
 * fitted.predict([5, 5], [8, 8.2]); // → [4, 9.2]
 * ```
 */
export const crossCqr = {
  fit(
    lower: ArrayLike<number>,
    upper: ArrayLike<number>,
    observed: ArrayLike<number>,
    folds: ArrayLike<number>,
    options: CrossConformalOptions,
  ): CrossCqr {
    const fn = "crossCqr";
    checkOptions(fn, options, "alpha");
    const { alpha } = options;
    checkOpenUnit(fn, "alpha", alpha);
    checkNotEmpty(fn, "observed", observed);
    for (const [name, values] of [
      ["lower", lower],
      ["upper", upper],
      ["folds", folds],
    ] as const)
      checkSameLength(fn, name, values, "observed", observed);
    for (const [name, values] of [
      ["lower", lower],
      ["upper", upper],
      ["observed", observed],
    ] as const)
      checkOrdered(fn, name, values);
    const scores = Float64Array.from({ length: observed.length }, (_, i) =>
      Math.max(lower[i] - observed[i], observed[i] - upper[i]),
    );
    const lists = foldScores(fn, scores, folds, alpha, options.groups);
    function predict(lows: ArrayLike<number>, highs: ArrayLike<number>): [number, number];
    function predict(lows: Matrix, highs: Matrix): Intervals;
    function predict(lows: ArrayLike<number> | Matrix, highs: ArrayLike<number> | Matrix) {
      if (!isMatrix(lows)) return [lists.lower(lows), lists.upper(highs as ArrayLike<number>)];
      const tops = highs as Matrix;
      checkMatrix(fn, "lows", lows);
      checkMatrix(fn, "highs", tops);
      checkSameLength(fn, "rows of highs", { length: tops.rows }, "rows of lows", { length: lows.rows });
      return collectIntervals(lows.rows, (i) => [lists.lower(rowOf(lows, i)), lists.upper(rowOf(tops, i))]);
    }
    const guarantee = cvPlusGuarantee(lists, alpha);
    return { ...facts(lists, alpha, guarantee), predict };
  },
};

function prepare(fn: string, residuals: ArrayLike<number>, { alpha }: CrossConformalOptions) {
  checkOpenUnit(fn, "alpha", alpha);
  checkNotEmpty(fn, "residuals", residuals);
  checkOrdered(fn, "residuals", residuals);
  return { alpha, scores: Float64Array.from(residuals as ArrayLike<number>, Math.abs) };
}

/** The model that did not see each row: its own, or its group's. */
function ownModels(fn: string, rows: ArrayLike<number>, groups: Groups | undefined): Int32Array {
  if (groups) return groupCodes(fn, groups, rows, "residuals").codes;
  return Int32Array.from({ length: rows.length }, (_, i) => i);
}

function plus(lists: FoldScores, alpha: number, guarantee: number | null): CrossConformal {
  return crossConformal(lists, alpha, guarantee, (centers) => [lists.lower(centers), lists.upper(centers)]);
}

function crossConformal(
  lists: FoldScores,
  alpha: number,
  guarantee: number | null,
  interval: (centers: ArrayLike<number>) => [number, number],
): CrossConformal {
  function predict(predictions: ArrayLike<number>): [number, number];
  function predict(predictions: Matrix): Intervals;
  function predict(predictions: ArrayLike<number> | Matrix): [number, number] | Intervals {
    return isMatrix(predictions)
      ? collectIntervals(predictions.rows, (i) => interval(rowOf(predictions, i)))
      : interval(predictions);
  }
  return { ...facts(lists, alpha, guarantee), predict };
}

function facts({ n, folds, groups, upper }: FoldScores, alpha: number, guarantee: number | null) {
  const least = leastCalibrationSize(alpha);
  const units = groups ?? n;
  const infinite = upper(new Float64Array(folds)) === Infinity;
  const reason = !infinite
    ? null
    : units < least
      ? `${units} ${groups === undefined ? "rows" : "groups"} cannot promise anything at alpha = ${alpha}: at least ${least} are needed, ${least - units} more.`
      : "so many residuals are infinite that the interval is, too.";
  return { alpha, n, folds, ...(groups !== undefined && { groups }), guarantee, reason };
}

/** One row of a matrix, without copying typed arrays. */
export function rowOf({ data, columns }: Matrix, i: number): ArrayLike<number> {
  if (ArrayBuffer.isView(data)) return (data as Float64Array).subarray(i * columns, (i + 1) * columns);
  return Array.from({ length: columns }, (_, j) => data[i * columns + j]);
}
