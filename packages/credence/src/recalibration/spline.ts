import { type FitOptions, recordFit } from "../estimate/fitRecord.js";
import { checkCount, checkOptions, type Outcomes } from "../numeric/check.js";
import { cholesky, choleskySolve } from "../numeric/linear.js";
import { mapNumbers } from "../numeric/mapNumbers.js";
import { type Calibrator, createCalibrator, type MethodDefinition, readCalibrator } from "./calibrator.js";
import { emptyLesson } from "./emptyLesson.js";
import { checkedWeights, checkFitInput, checkScores } from "./input.js";
import { interpolate, type Knots, readKnots, thinKnots } from "./knots.js";
import { type ScoreLevels, scoreLevels } from "./scoreLevels.js";

/** Options of spline calibration. */
export interface SplineOptions extends FitOptions {
  /** Knots of the spline, evenly spaced over the ranks; at least 3. Default 6. */
  knots?: number;
}

const definition: MethodDefinition<Knots, ArrayLike<number>, Float64Array> = {
  method: "spline",
  readParameters: (fields) => readKnots(fields),
  predictor: (knots) => (scores) => {
    checkScores("splineCalibration.predict", scores, "logits");
    return mapNumbers(scores, (s) => interpolate(knots, s));
  },
};

/**
 * Spline calibration: a natural cubic spline is fitted by least squares to the cumulative success count over the ranks of
 * the scores; its slope is the calibrated probability (Gupta et al. 2021). Slopes outside [0, 1] become 0 or 1.
 */
export const splineCalibration = {
  method: definition.method,

  /**
   * @param scores Finite numbers on any scale; only their order matters. More than 1 024 distinct scores are pooled into
   * that many levels of equal mass.
   * @param outcomes 0/1 or booleans, one per score.
   * @returns `status` "too-few" where there are fewer distinct scores than knots; the spline then has fewer knots.
   * "constant-scores" or "one-class" where that is what was found.
   * @throws CredenceError "not-finite", "not-binary", "length-mismatch", "empty-input", "out-of-range".
   * @example
   * ```ts
   * import { splineCalibration } from "credence/recalibration";
   * const scores = Array.from({ length: 100 }, (_, i) => i / 100);
   * const calibrator = splineCalibration.fit(scores, scores.map((_, i) => i % 2));
   * calibrator.predict([0.3]); // → [0.5]
   * ```
   */
  fit(scores: ArrayLike<number>, outcomes: Outcomes, options: SplineOptions = {}): Calibrator<Knots> {
    const fn = "splineCalibration.fit";
    checkOptions(fn, options);
    const { knots = 6 } = options;
    checkCount(fn, "knots", knots, 3);
    checkFitInput(fn, scores, outcomes);
    const weights = checkedWeights(fn, options.weights, scores.length);
    const levels = scoreLevels(scores, outcomes, weights, 1024);
    const distinct = levels.scores.length;
    const record = recordFit(fn, scores, outcomes, options);
    const parameters = thinKnots({
      thresholds: levels.scores,
      values: slopes(levels, Math.min(knots, distinct + 1)),
    });
    const lesson = emptyLesson(outcomes, weights, distinct === 1);
    const few = distinct > 1 && distinct < knots;
    const status = lesson?.status ?? (few ? "too-few" : "ok");
    const notes = [
      ...(lesson?.notes ?? []),
      ...(few ? [`Only ${distinct} distinct scores for ${knots} knots.`] : []),
    ];
    return createCalibrator(definition, parameters, record, status, notes);
  },

  /** @throws CredenceError "invalid-json" naming the field. */
  fromJSON: (json: unknown): Calibrator<Knots> => readCalibrator(definition, json),
};

/** Mean slope of the fitted spline over the ranks of each level, within [0, 1]. */
function slopes({ successes, totals }: ScoreLevels, knots: number): number[] {
  const all = totals.reduce((sum, w) => sum + w, 0);
  const ends = cumulative(totals).map((rank) => rank / all); // share of rows up to each level
  const heights = cumulative(successes).map((hits) => hits / all); // share of successes up to there
  const basis = (t: number) => naturalBasis(t, knots);
  const size = basis(0).length;
  const normal = new Float64Array(size * size);
  const right = new Float64Array(size);
  const add = (t: number, height: number, weight: number) => {
    const row = basis(t);
    for (let a = 0; a < size; a++) {
      right[a] += weight * row[a] * height;
      for (let b = 0; b < size; b++) normal[a * size + b] += weight * row[a] * row[b];
    }
  };
  add(0, 0, 1 / all);
  ends.forEach((t, i) => {
    add(t, heights[i], totals[i] / all);
  });
  for (let a = 0; a < size; a++) normal[a * size + a] += 1e-12; // more knots than points would be singular
  const lower = cholesky(normal, size);
  const coefficients = lower ? choleskySolve(lower, size, right) : right.fill(0);
  const value = (t: number) => basis(t).reduce((sum, b, a) => sum + b * coefficients[a], 0);
  return ends.map((end, i) => {
    const start = i > 0 ? ends[i - 1] : 0;
    return Math.min(1, Math.max(0, (value(end) - value(start)) / (end - start)));
  });
}

function cumulative(values: readonly number[]): number[] {
  let sum = 0;
  return values.map((value) => {
    sum += value;
    return sum;
  });
}

/** Natural cubic spline basis with evenly spaced knots on [0, 1] (Hastie, Tibshirani & Friedman 2009, eq. 5.4). */
function naturalBasis(t: number, knots: number): number[] {
  const last = knots - 1;
  const cube = (k: number) => Math.max(0, t - k / last) ** 3;
  const d = (k: number) => (cube(k) - cube(last)) / (1 - k / last);
  return [1, t, ...Array.from({ length: Math.max(0, knots - 2) }, (_, k) => d(k) - d(last - 1))];
}
