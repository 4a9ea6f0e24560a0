import type { FitRecord } from "../estimate/fitRecord.js";
import { checkNotEmpty, checkOptions, checkSameLength } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { type Groups, groupCodes, groupRows } from "../numeric/groups.js";
import {
  type RecordOptions,
  readCategory,
  readStored,
  recordCalibration,
  type StoredFit,
  stored,
  writeCategory,
} from "./fitted.js";
import { collectIntervals, type Intervals, intervalOf } from "./intervals.js";
import { type CategoryThreshold, checkOrdered, thresholdOf } from "./quantile.js";

/** Thresholds by category. */
export interface CategoryThresholds<T extends CategoryThreshold = CategoryThreshold> {
  /** One per category, in order of first appearance. */
  readonly categories: readonly T[];
  /** @throws CredenceError "unknown-group" for a category without calibration rows. */
  of(category: number | string): T;
}

/** Options of {@link mondrian}. */
export interface MondrianOptions extends RecordOptions {
  /** Allowed rate of misses in every category, in (0, 1). */
  alpha: number;
  /** A cluster id per row; the promise is then for a row of a new group. */
  groups?: Groups;
}

/** A fitted {@link mondrian}. */
export interface Mondrian extends CategoryThresholds, StoredFit {
  readonly alpha: number;
  readonly n: number;
  /** [point − threshold, point + threshold] with the threshold of the point's category. */
  predict(point: number, category: number | string): [number, number];
  predict(points: ArrayLike<number>, categories: Groups): Intervals;
}

/**
 * Mondrian conformal prediction (Vovk et al. 2003): the promise 1 − α holds within every category, because each has a
 * threshold of its own. A category with too few rows gets +∞ and a reason.
 *
 * `fit(residuals, categories, { alpha })`: residuals (or any non-conformity scores ≥ 0) and the category of each row.
 * For prediction sets over classes pass `categories` to {@link lac}, {@link aps} … instead.
 * @throws CredenceError "unknown-group" on predicting for a category never seen; else as {@link splitConformal}.
 * @example
 * ```ts
 * import { mondrian } from "credence/conformal";
 * const fitted = mondrian.fit([1, 2, 3, 10, 20, 30], ["a", "a", "a", "b", "b", "b"], { alpha: 0.25 });
 * fitted.predict(0, "a"); // → [-3, 3]
 * fitted.predict(0, "b"); // → [-30, 30]
 * ```
 */
export const mondrian = {
  fit,
  /** Reads a stored fit back. @throws CredenceError "invalid-json" naming the field. */
  fromJSON(json: unknown): Mondrian {
    const { fitted, parameters } = readStored("mondrian.fromJSON", [METHOD], json);
    return build(parameters.number("alpha"), parameters.list("categories").map(readCategory), fitted);
  },
};

const METHOD = "mondrian";

function fit(residuals: ArrayLike<number>, categories: Groups, options: MondrianOptions): Mondrian {
  checkOptions("mondrian", options, "alpha");
  const { alpha, groups } = options;
  checkNotEmpty("mondrian", "residuals", residuals);
  checkOrdered("mondrian", "residuals", residuals);
  const sizes = Float64Array.from({ length: residuals.length }, (_, i) => Math.abs(residuals[i]));
  const thresholds = thresholdsBy("mondrian", "residuals", sizes, categories, alpha, groups);
  return build(alpha, thresholds.categories, recordCalibration("mondrian", residuals, options));
}

function build(alpha: number, categories: readonly CategoryThreshold[], fitted: FitRecord): Mondrian {
  const thresholds = lookUp("mondrian", categories);
  const around = (point: number, category: number | string, index?: number): [number, number] => {
    const { threshold } = thresholds.of(category);
    return intervalOf("mondrian", point - threshold, point + threshold, index);
  };
  function predict(point: number, category: number | string): [number, number];
  function predict(points: ArrayLike<number>, categories: Groups): Intervals;
  function predict(points: number | ArrayLike<number>, category: number | string | Groups) {
    if (typeof points === "number") return around(points, category as number | string);
    const each = category as Groups;
    checkSameLength("mondrian", "categories", each, "points", points);
    return collectIntervals(points.length, (i) => around(points[i], each[i], i));
  }
  const fit = { ...thresholds, alpha, n: fitted.n, predict };
  return stored(fit, METHOD, fitted, { alpha, categories: categories.map(writeCategory) });
}

/** A threshold for every category that occurs. */
export function thresholdsBy(
  fn: string,
  argument: string,
  scores: ArrayLike<number>,
  categories: Groups,
  alpha: number,
  groups?: Groups,
): CategoryThresholds {
  checkSameLength(fn, "categories", categories, argument, scores);
  const coded = groupCodes(fn, categories, scores, argument);
  const list = groupRows(coded).map((rows, c) => ({
    category: coded.labels[c],
    ...thresholdOf(
      fn,
      argument,
      Float64Array.from(rows, (i) => scores[i]),
      alpha,
      { groups: groups && Array.from(rows, (i) => groups[i]) },
    ),
  }));
  return lookUp(fn, list);
}

/** Thresholds that are found by their category. */
export function lookUp<T extends CategoryThreshold>(fn: string, list: readonly T[]): CategoryThresholds<T> {
  const byCategory = new Map(list.map((one) => [one.category, one]));
  return {
    categories: list,
    of(category) {
      const found = byCategory.get(category);
      if (!found)
        throw new CredenceError(
          "unknown-group",
          { function: fn, argument: "category", value: category },
          "no calibration row has this category, so nothing can be promised for it; calibrate on rows of it.",
        );
      return found;
    },
  };
}
