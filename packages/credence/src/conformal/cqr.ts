import type { FitRecord } from "../estimate/fitRecord.js";
import { checkNotEmpty, checkOneOf, checkOptions, checkSameLength } from "../numeric/check.js";
import type { Groups } from "../numeric/groups.js";
import {
  type RecordOptions,
  readStored,
  readThreshold,
  recordCalibration,
  type StoredFit,
  stored,
  writeThreshold,
} from "./fitted.js";
import { collectIntervals, type Intervals, intervalOf } from "./intervals.js";
import { type ConformalThreshold, checkOrdered, thresholdOf } from "./quantile.js";

/** Options of {@link cqr}. */
export interface CqrOptions extends RecordOptions {
  /** Allowed rate of misses, in (0, 1). */
  alpha: number;
  /** "symmetric": one margin for both ends; "asymmetric": a margin per end, each at α/2. Default "symmetric". */
  margins?: "symmetric" | "asymmetric";
  /** A cluster id per row; the promise is then for a row of a new group. */
  groups?: Groups;
}

/** A fitted {@link cqr}. `threshold` is the larger of the two margins. */
export interface Cqr extends ConformalThreshold, StoredFit {
  /** How far the lower and the upper end move outwards; negative moves inwards. */
  readonly lowerMargin: number;
  readonly upperMargin: number;
  /** [low − lowerMargin, high + upperMargin]; low > high is the empty set. */
  predict(low: number, high: number): [number, number];
  predict(lows: ArrayLike<number>, highs: ArrayLike<number>): Intervals;
}

/**
 * Conformalised quantile regression (Romano, Patterson & Candès 2019): shifts predicted lower and upper quantiles
 * until they cover. Symmetric: coverage k/(n+1); asymmetric: in [1 − α, 1 − α + 2/(n+1)] (continuous scores).
 *
 * `fit(lower, upper, observed, { alpha })`: predicted quantiles and truths of calibration rows.
 * @throws CredenceError "empty-input", "length-mismatch", "not-finite" (NaN), "out-of-range" (α), "unknown-option".
 * @example
 * ```ts
 * import { cqr } from "credence/conformal";
 * const fitted = cqr.fit([0, 0, 0, 0], [2, 2, 2, 2], [1, 2.5, -1, 1.5], { alpha: 0.2 });
 * fitted.predict(5, 8); // → [4, 9]
 * ```
 */
export const cqr = {
  fit,
  /** Reads a stored fit back. @throws CredenceError "invalid-json" naming the field. */
  fromJSON(json: unknown): Cqr {
    const { fitted, parameters } = readStored("cqr.fromJSON", [METHOD], json);
    const [low, high] = ["lower", "upper"].map((end) => readThreshold(parameters.fields(end)));
    return build(parameters.number("alpha"), low, high, fitted);
  },
};

const METHOD = "cqr";

function fit(
  lower: ArrayLike<number>,
  upper: ArrayLike<number>,
  observed: ArrayLike<number>,
  options: CqrOptions,
): Cqr {
  const fn = "cqr";
  checkOptions(fn, options, "alpha");
  const { alpha, margins = "symmetric", groups } = options;
  checkOneOf(fn, "margins", margins, ["symmetric", "asymmetric"]);
  checkNotEmpty(fn, "lower", lower);
  checkSameLength(fn, "upper", upper, "lower", lower);
  checkSameLength(fn, "observed", observed, "lower", lower);
  checkOrdered(fn, "lower", lower);
  checkOrdered(fn, "upper", upper);
  checkOrdered(fn, "observed", observed);
  const n = lower.length;
  const below = Float64Array.from({ length: n }, (_, i) => lower[i] - observed[i]);
  const above = Float64Array.from({ length: n }, (_, i) => observed[i] - upper[i]);
  const cut = (scores: Float64Array, rate: number) => thresholdOf(fn, "observed", scores, rate, { groups });
  let low: ConformalThreshold;
  let high: ConformalThreshold;
  if (margins === "symmetric")
    low = high = cut(
      below.map((b, i) => Math.max(b, above[i])),
      alpha,
    );
  else [low, high] = [cut(below, alpha / 2), cut(above, alpha / 2)];
  return build(alpha, low, high, recordCalibration(fn, below, options, above));
}

function build(alpha: number, low: ConformalThreshold, high: ConformalThreshold, fitted: FitRecord): Cqr {
  const fn = "cqr";
  const worse = low.threshold > high.threshold ? low : high;
  const widen = (l: number, h: number, index?: number): [number, number] =>
    intervalOf(fn, l - low.threshold, h + high.threshold, index);
  function predict(low: number, high: number): [number, number];
  function predict(lows: ArrayLike<number>, highs: ArrayLike<number>): Intervals;
  function predict(lows: number | ArrayLike<number>, highs: number | ArrayLike<number>) {
    if (typeof lows === "number") return widen(lows, highs as number);
    const tops = highs as ArrayLike<number>;
    checkSameLength(fn, "highs", tops, "lows", lows);
    return collectIntervals(lows.length, (i) => widen(lows[i], tops[i], i));
  }
  const fit = { ...worse, alpha, lowerMargin: low.threshold, upperMargin: high.threshold, predict };
  const parameters = { alpha, lower: writeThreshold(low), upper: writeThreshold(high) };
  return stored(fit, METHOD, fitted, parameters);
}
