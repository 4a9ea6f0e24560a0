import { type FitOptions, recordFit } from "../estimate/fitRecord.js";
import type { Outcomes } from "../numeric/check.js";
import { checkOptions } from "../numeric/check.js";
import { mapNumbers } from "../numeric/mapNumbers.js";
import { poolAdjacentViolators } from "../numeric/pava.js";
import { argsort } from "../numeric/sort.js";
import {
  type Calibrator,
  createCalibrator,
  type FitStatus,
  type MethodDefinition,
  readCalibrator,
} from "./calibrator.js";
import { emptyLesson } from "./emptyLesson.js";
import { checkedWeights, checkFitInput, checkScores } from "./input.js";
import { interpolate, type Knots, readKnots, thinKnots } from "./knots.js";

/** Scores nearer than this are one score, as in scikit-learn. */
const TIE = 1e-15;

const definition: MethodDefinition<Knots, ArrayLike<number>, Float64Array> = {
  method: "isotonic",
  readParameters(fields) {
    const knots = readKnots(fields);
    if (knots.values.some((v, i) => i > 0 && v < knots.values[i - 1]))
      throw fields.refuse("values", "must not fall.");
    return knots;
  },
  predictor: (parameters) => (scores) => {
    checkScores("isotonicRegression.predict", scores, "logits");
    return mapNumbers(scores, (s) => interpolate(parameters, s));
  },
};

/**
 * Isotonic regression: the non-decreasing function of the score with the least squared error (Zadrozny & Elkan 2002).
 * Tied scores are pooled first, predictions are linear between knots and constant outside: the same numbers as
 * scikit-learn's `IsotonicRegression(out_of_bounds="clip")`.
 */
export const isotonicRegression = {
  method: definition.method,

  /**
   * @param scores Finite numbers on any scale.
   * @param outcomes 0/1 or booleans, one per score.
   * @returns Predictions are in [0, 1] and never fall as the score rises. O(n) after the sort. `status`
   * "constant-scores", "one-class" or "anti-informative" (then it predicts the base rate) where that is what was found.
   * @throws CredenceError "not-finite", "not-binary", "length-mismatch", "empty-input", "out-of-range".
   * @example
   * ```ts
   * import { isotonicRegression } from "credence/recalibration";
   * const calibrator = isotonicRegression.fit([0.1, 0.2, 0.3, 0.4], [0, 1, 0, 1]);
   * calibrator.predict([0.1, 0.25, 0.4, 0.9]); // → [0, 0.5, 1, 1]
   * ```
   */
  fit(scores: ArrayLike<number>, outcomes: Outcomes, options: FitOptions = {}): Calibrator<Knots> {
    const fn = "isotonicRegression.fit";
    checkOptions(fn, options);
    checkFitInput(fn, scores, outcomes);
    const weights = checkedWeights(fn, options.weights, scores.length);
    const { parameters, reversed } = isotonicFit(scores, outcomes, weights);
    const { status, notes } =
      emptyLesson(outcomes, weights, parameters.thresholds.length === 1) ?? describeOrder(reversed);
    return createCalibrator(definition, parameters, recordFit(fn, scores, outcomes, options), status, notes);
  },

  /** @throws CredenceError "invalid-json" naming the field. */
  fromJSON: (json: unknown): Calibrator<Knots> => readCalibrator(definition, json),
};

function describeOrder(reversed: boolean): { status: FitStatus; notes: string[] } {
  return reversed
    ? {
        status: "anti-informative",
        notes: ["Higher scores do not mean more successes, rather fewer: predicts the base rate."],
      }
    : { status: "ok", notes: [] };
}

function isotonicFit(
  scores: ArrayLike<number>,
  outcomes: Outcomes,
  weights: ArrayLike<number> | null,
): { parameters: Knots; reversed: boolean } {
  const order = argsort(scores);
  const x = new Float64Array(order.length);
  const y = new Float64Array(order.length);
  const w = new Float64Array(order.length);
  let m = 0;
  let before = -Infinity;
  for (let k = 0; k < order.length; k++) {
    const i = order[k];
    const weight = weights ? weights[i] : 1;
    if (weight === 0) continue;
    const score = scores[i];
    if (score - before >= TIE) {
      x[m++] = score;
      before = score;
    }
    y[m - 1] += weight * Number(outcomes[i]);
    w[m - 1] += weight;
  }
  const values = y.subarray(0, m);
  for (let k = 0; k < m; k++) values[k] /= w[k];
  const differ = values.some((v) => v !== values[0]);
  poolAdjacentViolators(values, w);
  // Rates that differ are pooled into one only where those of the lower scores are the higher ones.
  const reversed = differ && values[0] === values[m - 1];
  return { parameters: thinKnots({ thresholds: x.subarray(0, m), values }), reversed };
}
