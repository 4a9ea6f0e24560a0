import {
  checkFinite,
  checkNotEmpty,
  checkOneOf,
  checkOpenUnit,
  checkOptions,
  checkSameLength,
} from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { checkMatrix, isMatrix, type Matrix } from "../numeric/matrix.js";
import { selectSmallest } from "../numeric/select.js";
import { type CrossConformal, type CrossConformalOptions, rowOf } from "./crossConformal.js";
import { collectIntervals, type Intervals } from "./intervals.js";
import { conformalThreshold, rankOf } from "./quantile.js";
import { type SplitConformal, splitConformal } from "./splitConformal.js";

/**
 * The plain jackknife: the model's prediction ± the conformal quantile of the leave-one-out residuals. No promise for
 * finite samples: an unstable model may cover far less than 1 − α. Prefer {@link jackknifePlus}.
 *
 * `fit(residuals, { alpha, groups })`: observed − prediction of the model fitted without that row (its group).
 * @throws CredenceError as {@link splitConformal}.
 * @example
 * ```ts
 * import { plainJackknife } from "credence/conformal";
 * plainJackknife.fit([1, -2, 0.5, 1.5], { alpha: 0.2 }).predict(10); // → [8, 12]
 * ```
 */
export const plainJackknife = {
  fit(residuals: ArrayLike<number>, options: CrossConformalOptions): SplitConformal {
    checkOptions("plainJackknife", options, "alpha");
    const { alpha, groups } = options;
    return splitConformal.fit(residuals, { alpha, groups });
  },
};

/** Options of {@link jackknifeAfterBootstrap}. */
export interface JackknifeAfterBootstrapOptions extends Omit<CrossConformalOptions, "groups"> {
  /** How the predictions of the models that did not see a row are put together. Default "mean". */
  aggregate?: "mean" | "median";
}

/** A fitted {@link jackknifeAfterBootstrap}. */
export interface JackknifeAfterBootstrap extends CrossConformal {
  /** Observed − aggregated prediction of the models that did not see the row; NaN for rows that all models saw. */
  readonly residuals: Float64Array;
}

/**
 * Jackknife+-after-bootstrap (Kim, Xu & Barber 2020): jackknife+ from the models of one bagged ensemble, each row judged
 * by the models whose resample left it out. No promise of 1 − α for a fixed number of models (1 − 2α is proven for a
 * random one).
 *
 * `fit(predictions, observed, inBag, { alpha })`: predictions of every model for every training row (rows × models), the
 * truths, and how often each model's resample held each row (rows × models). `predict` takes the models' predictions.
 * @throws CredenceError "empty-input", "length-mismatch", "not-finite", "out-of-range", "too-few" where no row was left
 * out by any model.
 * @example
 * ```ts
 * import { jackknifeAfterBootstrap } from "credence/conformal";
 * const predictions = { data: [1, 2, 1, 2, 1, 2, 1, 2], rows: 4, columns: 2 };
 * const inBag = { data: [0, 1, 1, 0, 0, 1, 1, 0], rows: 4, columns: 2 };
 * const fitted = jackknifeAfterBootstrap.fit(predictions, [1, 2.5, 2, 1], inBag, { alpha: 0.2 });
 * fitted.predict([1, 2]); // → [0, 3]
 * ```
 */
export const jackknifeAfterBootstrap = { fit };

function fit(
  predictions: Matrix,
  observed: ArrayLike<number>,
  inBag: Matrix,
  options: JackknifeAfterBootstrapOptions,
): JackknifeAfterBootstrap {
  const fn = "jackknifeAfterBootstrap";
  checkOptions(fn, options, "alpha");
  const { alpha, aggregate = "mean" } = options;
  checkOpenUnit(fn, "alpha", alpha);
  checkOneOf(fn, "aggregate", aggregate, ["mean", "median"]);
  checkMatrix(fn, "predictions", predictions);
  checkMatrix(fn, "inBag", inBag);
  checkNotEmpty(fn, "observed", observed);
  const { rows: n, columns: models } = predictions;
  checkSameLength(fn, "observed", observed, "rows of predictions", { length: n });
  checkSameLength(fn, "inBag", inBag.data, "predictions", predictions.data);
  checkFinite(fn, "predictions", predictions.data);
  checkFinite(fn, "observed", observed);
  const kept = Array.from({ length: n }, (_, i) =>
    Uint16Array.from(
      Array.from({ length: models }, (_, b) => b).filter((b) => inBag.data[i * models + b] === 0),
    ),
  );
  const buffer = new Float64Array(models);
  /** What the models that did not see row i say, given all models' values. */
  const without = (i: number, values: ArrayLike<number>): number => {
    const own = kept[i];
    if (aggregate === "mean") {
      let sum = 0;
      for (let k = 0; k < own.length; k++) sum += values[own[k]];
      return sum / own.length;
    }
    for (let k = 0; k < own.length; k++) buffer[k] = values[own[k]];
    const list = buffer.subarray(0, own.length);
    const upper = selectSmallest(list, (own.length >> 1) + 1);
    return own.length % 2 ? upper : (upper + selectSmallest(list, own.length >> 1)) / 2;
  };
  const residuals = Float64Array.from({ length: n }, (_, i) =>
    kept[i].length ? observed[i] - without(i, rowOf(predictions, i)) : Number.NaN,
  );
  const usable = Array.from({ length: n }, (_, i) => i).filter((i) => kept[i].length > 0);
  if (usable.length === 0)
    throw new CredenceError(
      "too-few",
      { function: fn, argument: "inBag" },
      "every model saw every row; fit models on resamples that leave rows out.",
    );
  const used = usable.length;
  const k = rankOf(used, alpha);
  const ends = new Float64Array(used);
  const end = (values: ArrayLike<number>, sign: 1 | -1): number => {
    if (k > used) return sign * Infinity;
    usable.forEach((row, u) => {
      ends[u] = sign * without(row, values) + Math.abs(residuals[row]);
    });
    return sign * selectSmallest(ends, k);
  };
  const interval = (values: ArrayLike<number>): [number, number] => {
    checkSameLength(fn, "predictions", values, "models", { length: models });
    checkFinite(fn, "predictions", values);
    return [end(values, -1), end(values, 1)];
  };
  function predict(values: ArrayLike<number>): [number, number];
  function predict(values: Matrix): Intervals;
  function predict(values: ArrayLike<number> | Matrix): [number, number] | Intervals {
    return isMatrix(values)
      ? collectIntervals(values.rows, (i) => interval(rowOf(values, i)))
      : interval(values);
  }
  const sizes = residuals.filter((r) => !Number.isNaN(r)).map(Math.abs);
  const { reason } = conformalThreshold(sizes, alpha);
  return { alpha, n: used, folds: models, guarantee: null, reason, residuals, predict };
}
