import type { FitRecord } from "../estimate/fitRecord.js";
import { checkList, checkNotEmpty, checkOptions, checkSameLength } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import type { Groups } from "../numeric/groups.js";
import { checkedDifficulty } from "./difficulty.js";
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

/** Options of {@link splitConformal}. */
export interface SplitConformalOptions extends RecordOptions {
  /** Allowed rate of misses, in (0, 1). */
  alpha: number;
  /** How hard each calibration row is, > 0 (a predicted error or spread): intervals then widen with difficulty. */
  difficulties?: ArrayLike<number>;
  /** A cluster id per row; the promise is then for a row of a new group. */
  groups?: Groups;
}

/** A fitted {@link splitConformal}. The threshold is the half-width (per unit of difficulty). */
export interface SplitConformal extends ConformalThreshold, StoredFit {
  /** point ± threshold · difficulty. Numbers give [low, high], lists give all lows and highs. */
  predict(point: number, difficulty?: number): [number, number];
  predict(points: ArrayLike<number>, difficulties?: ArrayLike<number>): Intervals;
}

/**
 * Split conformal regression: the prediction ± the conformal quantile of the absolute residuals on rows the model was
 * not fitted on. Mean coverage over calibration sets is k/(n+1) ≥ 1 − α for continuous residuals.
 *
 * `fit(residuals, { alpha })`: residuals observed − predicted (or their absolute values), one per calibration row.
 * With `difficulties` the scores are |residual| / difficulty (Papadopoulos et al. 2008; Lei et al. 2018).
 * @throws CredenceError "empty-input", "not-finite" (NaN), "out-of-range" (α outside (0, 1), a difficulty ≤ 0),
 * "length-mismatch".
 * @example
 * ```ts
 * import { splitConformal } from "credence/conformal";
 * const fitted = splitConformal.fit([-1, 2, 0.5, -3, 1.5, 2.5, -0.2, 0.7, 4], { alpha: 0.2 });
 * fitted.predict(10); // → [7, 13]
 * ```
 */
export const splitConformal = {
  fit,
  /** Reads a stored fit back. @throws CredenceError "invalid-json" naming the field. */
  fromJSON(json: unknown): SplitConformal {
    const { fitted, parameters } = readStored("splitConformal.fromJSON", [METHOD], json);
    return build(readThreshold(parameters), parameters.boolean("normalised"), fitted);
  },
};

const METHOD = "split-conformal";

function fit(residuals: ArrayLike<number>, options: SplitConformalOptions): SplitConformal {
  const fn = "splitConformal";
  checkOptions(fn, options, "alpha");
  const { alpha, difficulties, groups } = options;
  checkNotEmpty(fn, "residuals", residuals);
  checkOrdered(fn, "residuals", residuals);
  if (difficulties) checkSameLength(fn, "difficulties", difficulties, "residuals", residuals);
  const scores = Float64Array.from({ length: residuals.length }, (_, i) =>
    difficulties
      ? Math.abs(residuals[i]) / checkedDifficulty(fn, difficulties[i], i)
      : Math.abs(residuals[i]),
  );
  const cut = thresholdOf(fn, "residuals", scores, alpha, { groups });
  return build(cut, difficulties !== undefined, recordCalibration(fn, residuals, options, difficulties));
}

function build(cut: ConformalThreshold, normalised: boolean, fitted: FitRecord): SplitConformal {
  const fn = "splitConformal";
  const around = (point: number, difficulty: number | undefined, index?: number): [number, number] => {
    if (normalised !== (difficulty !== undefined))
      throw new CredenceError(
        "length-mismatch",
        { function: fn, argument: "difficulty", value: difficulty },
        normalised
          ? "this fit is normalised; give the difficulty of every point."
          : "this fit has no difficulties; fit with them to use them.",
      );
    // An infinite threshold gives the whole line.
    const half = cut.threshold * (difficulty === undefined ? 1 : checkedDifficulty(fn, difficulty, index));
    return intervalOf(fn, point - half, point + half, index);
  };
  function predict(point: number, difficulty?: number): [number, number];
  function predict(points: ArrayLike<number>, difficulties?: ArrayLike<number>): Intervals;
  function predict(points: number | ArrayLike<number>, difficulty?: number | ArrayLike<number>) {
    if (typeof points === "number") return around(points, difficulty as number | undefined);
    checkList(fn, "points", points);
    const each = difficulty as ArrayLike<number> | undefined;
    if (each) checkSameLength(fn, "difficulties", each, "points", points);
    return collectIntervals(points.length, (i) => around(points[i], each?.[i], i));
  }
  return stored({ ...cut, predict }, METHOD, fitted, { ...writeThreshold(cut), normalised });
}
