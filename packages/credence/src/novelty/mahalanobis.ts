import { checkFinite, checkOptions } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { groupCodes } from "../numeric/groups.js";
import { checkMatrix, type Matrix } from "../numeric/matrix.js";
import { classMeans, metricOf, shrunkCovariance } from "./gaussian.js";

/** Options of {@link mahalanobis} and {@link relativeMahalanobis}. */
export interface MahalanobisOptions {
  /** Share of the covariance replaced by (trace/d) · identity, in [0, 1]. Default 0. */
  shrinkage?: number;
}

/** A fitted detector of novel inputs. */
export interface NoveltyDetector {
  /** Scores of rows × features: high for inputs like those of training. */
  predict(features: Matrix): Float64Array;
}

/**
 * Mahalanobis score: −min over classes of (x − μ_c)ᵀ Σ⁻¹ (x − μ_c), with class means and one shared covariance (divisor
 * n) of the training features (Lee et al. 2018).
 *
 * `fit(features, labels, { shrinkage })`: rows × features and the class of each row.
 * @throws CredenceError "empty-input", "length-mismatch", "not-finite", "out-of-range", "too-few" for a singular
 * covariance.
 * @example
 * ```ts
 * import { mahalanobis } from "credence/novelty";
 * const features = { data: [-1, 1, 9, 11], rows: 4, columns: 1 };
 * const fitted = mahalanobis.fit(features, [0, 0, 1, 1]);
 * Array.from(fitted.predict({ data: [0, 13], rows: 2, columns: 1 })); // → [0, -9]
 * ```
 */
export const mahalanobis = {
  fit(
    features: Matrix,
    labels: ArrayLike<number | string>,
    options: MahalanobisOptions = {},
  ): NoveltyDetector {
    checkOptions("mahalanobis", options);
    const nearest = nearestClass("mahalanobis", features, labels, options);
    return { predict: (rows) => scoreRows("mahalanobis", features.columns, rows, (i) => -nearest(rows, i)) };
  },
};

/**
 * Relative Mahalanobis score: −min over classes of (class distance − distance to all training data as one Gaussian),
 * which takes away the directions that do not tell classes apart (Ren et al. 2021).
 *
 * `fit(features, labels, { shrinkage })` as {@link mahalanobis}.
 * @throws CredenceError as {@link mahalanobis}.
 * @example
 * ```ts
 * import { relativeMahalanobis } from "credence/novelty";
 * const features = { data: [-1, 1, 9, 11], rows: 4, columns: 1 };
 * const fitted = relativeMahalanobis.fit(features, [0, 0, 1, 1]);
 * const [known, between] = fitted.predict({ data: [0, 5], rows: 2, columns: 1 });
 * known > between; // → true
 * ```
 */
export const relativeMahalanobis = {
  fit(
    features: Matrix,
    labels: ArrayLike<number | string>,
    options: MahalanobisOptions = {},
  ): NoveltyDetector {
    const fn = "relativeMahalanobis";
    checkOptions(fn, options);
    const nearest = nearestClass(fn, features, labels, options);
    const all = nearestClass(fn, features, new Uint8Array(features.rows), options);
    return {
      predict: (rows) => scoreRows(fn, features.columns, rows, (i) => all(rows, i) - nearest(rows, i)),
    };
  },
};

/** The squared distance to the nearest class mean. */
function nearestClass(
  fn: string,
  features: Matrix,
  labels: ArrayLike<number | string>,
  { shrinkage = 0 }: MahalanobisOptions,
): (rows: Matrix, i: number) => number {
  checkMatrix(fn, "features", features);
  const d = features.columns;
  const { codes, count } = groupCodes(fn, labels, { length: features.rows }, "rows of features");
  const means = classMeans(features, codes, count);
  const center = (row: number) => ({ center: means, offset: codes[row] * d });
  const metric = metricOf(fn, shrunkCovariance(fn, features, center, shrinkage), d);
  return ({ data }, i) => {
    let least = Infinity;
    for (let c = 0; c < count; c++)
      least = Math.min(least, metric.squaredDistance(data, i * d, means, c * d));
    return least;
  };
}

/** Scores each row of new features after checking them. */
export function scoreRows(
  fn: string,
  columns: number,
  rows: Matrix,
  score: (i: number) => number,
): Float64Array {
  checkMatrix(fn, "features", rows);
  checkFinite(fn, "features", rows.data);
  if (rows.columns !== columns)
    throw new CredenceError(
      "length-mismatch",
      { function: fn, argument: "features.columns", value: rows.columns },
      `the fit had ${columns} features.`,
    );
  return Float64Array.from({ length: rows.rows }, (_, i) => score(i));
}
