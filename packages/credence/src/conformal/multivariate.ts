import { checkFinite, checkOpenUnit, checkOptions, checkSameLength } from "../numeric/check.js";
import { shuffle } from "../numeric/distributions.js";
import { CredenceError } from "../numeric/error.js";
import { type Groups, groupCodes, groupRows } from "../numeric/groups.js";
import { cholesky } from "../numeric/linear.js";
import { checkMatrix, type Matrix } from "../numeric/matrix.js";
import { createRandom } from "../numeric/random.js";
import { sortedCopy } from "../numeric/sort.js";
import { firstAbove } from "./pValues.js";
import { type ConformalThreshold, thresholdOf } from "./quantile.js";

/** Options of {@link ellipsoidConformal} and {@link copulaConformal}. */
export interface MultivariateOptions {
  /** Allowed rate of misses of the whole vector, in (0, 1). */
  alpha: number;
  /** Share of the rows (whole groups, with groups) that sets the shape, the rest the size; in (0, 1). Default 0.5. */
  shapeShare?: number;
  /** Seed of that split. Default 0. */
  seed?: number;
  /** A cluster id per row; the promise is then for a row of a new group. */
  groups?: Groups;
}

/** A fitted {@link ellipsoidConformal}. */
export interface EllipsoidConformal extends ConformalThreshold {
  /** Shape matrix Σ, d × d, row-major: the set is { y : (y − point)ᵀ Σ⁻¹ (y − point) ≤ threshold² }. */
  readonly shape: Float64Array;
  contains(point: ArrayLike<number>, y: ArrayLike<number>): boolean;
}

/**
 * Ellipsoids around vector predictions (Johnstone & Cox 2021; Messoudi, Destercke & Rousseau 2022): one part of the rows
 * gives the covariance of the residuals, the other the conformal quantile of their Mahalanobis length.
 *
 * `fit(residuals, { alpha })`: rows × dimensions, observed − predicted.
 * @throws CredenceError "empty-input", "length-mismatch", "not-finite", "out-of-range", "too-few" for a singular
 * covariance or an empty part.
 * @example
 * ```ts
 * import { ellipsoidConformal } from "credence/conformal";
 * const data = Array.from({ length: 400 }, (_, k) => Math.sin(k * k));
 * const fitted = ellipsoidConformal.fit({ data, rows: 200, columns: 2 }, { alpha: 0.1 });
 * fitted.contains([0, 0], [0.5, 0.5]); // → true
 * fitted.contains([0, 0], [5, 5]); // → false
 * ```
 */
export const ellipsoidConformal = {
  fit(residuals: Matrix, options: MultivariateOptions): EllipsoidConformal {
    const fn = "ellipsoidConformal";
    checkOptions(fn, options, "alpha");
    const { shapeRows, sizeRows } = prepare(fn, residuals, options);
    const { data, columns: d } = residuals;
    const shape = new Float64Array(d * d);
    for (const i of shapeRows)
      for (let j = 0; j < d; j++)
        for (let k = 0; k < d; k++)
          shape[j * d + k] += (data[i * d + j] * data[i * d + k]) / shapeRows.length;
    const lower = cholesky(shape, d);
    if (!lower)
      throw new CredenceError(
        "too-few",
        { function: fn, argument: "residuals" },
        "the residuals of the shape part do not span all dimensions; more rows are needed.",
      );
    const solved = new Float64Array(d);
    const length = (gap: (j: number) => number) => {
      let squares = 0;
      for (let j = 0; j < d; j++) {
        let sum = gap(j);
        for (let k = 0; k < j; k++) sum -= lower[j * d + k] * solved[k];
        solved[j] = sum / lower[j * d + j];
        squares += solved[j] ** 2;
      }
      return Math.sqrt(squares);
    };
    const scores = Float64Array.from(sizeRows, (i) => length((j) => data[i * d + j]));
    const cut = thresholdOf(fn, "residuals", scores, options.alpha, {
      groups: pick(options.groups, sizeRows),
    });
    return {
      ...cut,
      shape,
      contains(point, y) {
        checkSameLength(fn, "point", point, "columns of residuals", { length: d });
        checkSameLength(fn, "y", y, "columns of residuals", { length: d });
        return length((j) => y[j] - point[j]) <= cut.threshold;
      },
    };
  },
};

/** A fitted {@link copulaConformal}. */
export interface CopulaConformal extends ConformalThreshold {
  /** Half-width in each dimension. */
  readonly halfWidths: Float64Array;
  /** [low, high] in each dimension; all of them hold together with probability ≥ 1 − α. */
  predict(point: ArrayLike<number>): [number, number][];
}

/**
 * Boxes around vector predictions by the empirical copula of the residuals (Messoudi, Destercke & Rousseau 2021): one
 * part of the rows gives each dimension's distribution of |residual|, the other the conformal quantile of the largest of
 * a row's ranks. Dimensions in different units need no scaling; dependent ones give narrower boxes than Bonferroni.
 *
 * `fit(residuals, { alpha })`: rows × dimensions (or horizons), observed − predicted.
 * @throws CredenceError "empty-input", "length-mismatch", "not-finite", "out-of-range", "too-few" for an empty part.
 * @example
 * ```ts
 * import { copulaConformal } from "credence/conformal";
 * const data = Array.from({ length: 400 }, (_, k) => (k % 2 ? 100 : 1) * Math.sin(k * k));
 * const fitted = copulaConformal.fit({ data, rows: 200, columns: 2 }, { alpha: 0.1 });
 * fitted.halfWidths[1] > 50 * fitted.halfWidths[0]; // → true
 * ```
 */
export const copulaConformal = {
  fit(residuals: Matrix, options: MultivariateOptions): CopulaConformal {
    const fn = "copulaConformal";
    checkOptions(fn, options, "alpha");
    const { shapeRows, sizeRows } = prepare(fn, residuals, options);
    const { data, columns: d } = residuals;
    const margins = Array.from({ length: d }, (_, j) =>
      sortedCopy(Float64Array.from(shapeRows, (i) => Math.abs(data[i * d + j]))),
    );
    const m = shapeRows.length;
    // How many of the shape rows lie strictly below: the box of rank r reaches up to the r-th next one.
    const scores = Float64Array.from(sizeRows, (i) => {
      let rank = 0;
      for (let j = 0; j < d; j++)
        rank = Math.max(rank, firstAbove(margins[j], Math.abs(data[i * d + j]), true));
      return rank;
    });
    const cut = thresholdOf(fn, "residuals", scores, options.alpha, {
      groups: pick(options.groups, sizeRows),
    });
    const reach = (j: number) => (cut.threshold >= m ? Infinity : margins[j][cut.threshold]);
    const halfWidths = Float64Array.from({ length: d }, (_, j) => reach(j));
    const reason =
      cut.reason ??
      (cut.threshold >= m
        ? `the shape part of ${m} rows holds no residual as large as needed; more rows are needed.`
        : null);
    return {
      ...cut,
      reason,
      halfWidths,
      predict(point) {
        checkSameLength(fn, "point", point, "columns of residuals", { length: d });
        return Array.from(halfWidths, (half, j) => [point[j] - half, point[j] + half]);
      },
    };
  },
};

function prepare(
  fn: string,
  residuals: Matrix,
  { alpha, shapeShare = 0.5, seed = 0, groups }: MultivariateOptions,
) {
  checkOpenUnit(fn, "alpha", alpha);
  checkOpenUnit(fn, "shapeShare", shapeShare);
  checkMatrix(fn, "residuals", residuals);
  checkFinite(fn, "residuals", residuals.data);
  const units = groups
    ? groupRows(groupCodes(fn, groups, { length: residuals.rows }, "rows of residuals"))
    : Array.from({ length: residuals.rows }, (_, i) => Int32Array.of(i));
  const order = shuffle(createRandom(seed), [...units]);
  const cut = Math.round(units.length * shapeShare);
  const shapeRows = order.slice(0, cut).flatMap((unit) => [...unit]);
  const sizeRows = order.slice(cut).flatMap((unit) => [...unit]);
  if (shapeRows.length === 0 || sizeRows.length === 0)
    throw new CredenceError(
      "too-few",
      { function: fn, argument: "residuals" },
      "there are too few rows for two parts.",
    );
  return { shapeRows, sizeRows };
}

function pick(groups: Groups | undefined, rows: readonly number[]): (string | number)[] | undefined {
  return groups && rows.map((i) => groups[i]);
}
