import { type FitOptions, recordFit } from "../estimate/fitRecord.js";
import type { Outcomes } from "../numeric/check.js";
import { checkOptions } from "../numeric/check.js";
import { outcomeColumn } from "../numeric/columns.js";
import { logisticRegression, sigmoid } from "../numeric/logistic.js";
import { mapNumbers } from "../numeric/mapNumbers.js";
import {
  type Calibrator,
  createCalibrator,
  type FitStatus,
  type MethodDefinition,
  readCalibrator,
} from "./calibrator.js";
import { checkEpsilon, checkedWeights, checkFitInput, checkScores, EPSILON, readEpsilon } from "./input.js";
import { plattTargets } from "./platt.js";

/** Options of beta calibration. */
export interface BetaOptions extends FitOptions {
  /** Probabilities are taken no nearer to 0 or 1 than this. Default 2^−52. */
  epsilon?: number;
}

/** log-odds = a · ln p − b · ln(1 − p) + c, with a, b ≥ 0; identity is a = b = 1, c = 0. */
export interface BetaParameters {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly epsilon: number;
}

const definition: MethodDefinition<BetaParameters, ArrayLike<number>, Float64Array> = {
  method: "beta",
  readParameters: (fields) => ({
    a: fields.number("a"),
    b: fields.number("b"),
    c: fields.number("c"),
    epsilon: readEpsilon(fields),
  }),
  predictor:
    ({ a, b, c, epsilon }) =>
    (scores) => {
      checkScores("betaCalibration.predict", scores, "probabilities");
      const [logP, minusLogQ] = betaColumns(scores, epsilon);
      return logP.map((x, i) => sigmoid(a * x + b * minusLogQ[i] + c));
    },
};

/**
 * Beta calibration: logistic regression on ln p and −ln(1 − p) (Kull, Silva Filho & Flach 2017). A negative coefficient
 * is dropped and the rest refitted, so that predictions never fall as the score rises.
 */
export const betaCalibration = {
  method: definition.method,

  /**
   * @param scores Probabilities in [0, 1].
   * @param outcomes 0/1 or booleans, one per score.
   * @returns `status` "separable" or "one-class" where maximum likelihood has no finite answer: fitted then to Platt's
   * targets; "anti-informative" where both coefficients dropped: predicts the base rate.
   * @throws CredenceError "not-a-probability", "not-binary", "length-mismatch", "empty-input", "out-of-range".
   * @example
   * ```ts
   * import { betaCalibration } from "credence/recalibration";
   * const calibrator = betaCalibration.fit([0.2, 0.2, 0.5, 0.5, 0.8, 0.8], [0, 1, 1, 0, 1, 0]);
   * calibrator.parameters.a; // → 0
   * calibrator.predict([0.3]); // → [0.5]
   * ```
   */
  fit(scores: ArrayLike<number>, outcomes: Outcomes, options: BetaOptions = {}): Calibrator<BetaParameters> {
    const fn = "betaCalibration.fit";
    checkOptions(fn, options);
    const { epsilon = EPSILON } = options;
    checkEpsilon(fn, epsilon);
    checkFitInput(fn, scores, outcomes, "probabilities");
    const weights = checkedWeights(fn, options.weights, scores.length);
    const { coefficients, status, notes } = betaFit(scores, outcomes, weights, epsilon);
    const [a, b, c] = coefficients;
    const record = recordFit(fn, scores, outcomes, options);
    return createCalibrator(definition, { a, b, c, epsilon }, record, status, notes);
  },

  /** @throws CredenceError "invalid-json" naming the field. */
  fromJSON: (json: unknown): Calibrator<BetaParameters> => readCalibrator(definition, json),
};

function betaColumns(scores: ArrayLike<number>, epsilon: number): [Float64Array, Float64Array] {
  const inside = (p: number) => Math.min(Math.max(p, epsilon), 1 - epsilon);
  return [mapNumbers(scores, (p) => Math.log(inside(p))), mapNumbers(scores, (p) => -Math.log1p(-inside(p)))];
}

function betaFit(
  scores: ArrayLike<number>,
  outcomes: Outcomes,
  weights: ArrayLike<number> | null,
  epsilon: number,
): { coefficients: [number, number, number]; status: FitStatus; notes: string[] } {
  const { lowest, highest, lowestSuccess, highestFailure } = extremes(scores, outcomes, weights);
  const oneClass = lowestSuccess === Infinity || highestFailure === -Infinity;
  const separable = oneClass || (lowest < highest && highestFailure <= lowestSuccess);
  const targets = separable
    ? plattTargets(outcomes, weights)
    : outcomeColumn("betaCalibration.fit", "outcomes", outcomes);
  const columns = betaColumns(scores, epsilon);
  // One score cannot tell two coefficients apart; the base rate is all there is to learn.
  let kept = lowest === highest ? [] : [0, 1];
  for (;;) {
    const { x, converged } = logisticRegression(
      kept.map((k) => columns[k]),
      targets,
      weights,
    );
    const coefficients: [number, number, number] = [0, 0, x[kept.length]];
    kept.forEach((k, i) => {
      coefficients[k] = x[i];
    });
    const negative = kept.find((k) => coefficients[k] < 0);
    if (negative !== undefined) {
      kept = kept.filter((k) => k !== negative);
      continue;
    }
    if (!converged) return { coefficients, status: "not-converged", notes: [] };
    if (oneClass)
      return {
        coefficients,
        status: "one-class",
        notes: ["All outcomes are equal: fitted to Platt's targets."],
      };
    if (lowest === highest) return { coefficients, status: "constant-scores", notes: [] };
    if (kept.length === 0)
      return {
        coefficients,
        status: "anti-informative",
        notes: ["Higher scores mean fewer successes: predicts the base rate."],
      };
    return separable
      ? {
          coefficients,
          status: "separable",
          notes: ["A threshold separates the outcomes: fitted to Platt's targets."],
        }
      : { coefficients, status: "ok", notes: [] };
  }
}

/** A monotone fit has a finite optimum unless every failure scores at most as high as every success. */
function extremes(scores: ArrayLike<number>, outcomes: Outcomes, weights: ArrayLike<number> | null) {
  let lowest = Infinity;
  let highest = -Infinity;
  let lowestSuccess = Infinity;
  let highestFailure = -Infinity;
  for (let i = 0; i < scores.length; i++) {
    if (weights && weights[i] === 0) continue;
    const s = scores[i];
    if (s < lowest) lowest = s;
    if (s > highest) highest = s;
    if (outcomes[i]) lowestSuccess = Math.min(lowestSuccess, s);
    else highestFailure = Math.max(highestFailure, s);
  }
  return { lowest, highest, lowestSuccess, highestFailure };
}
