import { type FitOptions, recordFit } from "../estimate/fitRecord.js";
import type { Outcomes } from "../numeric/check.js";
import { checkOptions } from "../numeric/check.js";
import { logisticRegression, sigmoid } from "../numeric/logistic.js";
import {
  type Calibrator,
  createCalibrator,
  type FitStatus,
  type MethodDefinition,
  readCalibrator,
} from "./calibrator.js";
import { emptyLesson } from "./emptyLesson.js";
import {
  checkEpsilon,
  checkedWeights,
  checkFitInput,
  checkScores,
  classWeights,
  EPSILON,
  readEpsilon,
  type ScoreKind,
  toLogits,
} from "./input.js";

/** Options of Platt scaling. */
export interface PlattOptions extends FitOptions {
  /**
   * "logits": the sigmoid is fitted to the scores as they are, whatever they are (Platt 1999, scikit-learn).
   * "probabilities": to their log-odds (Cox 1958), so that leaving well-calibrated scores alone is possible.
   * Default "logits".
   */
  input?: ScoreKind;
  /** With `input: "probabilities"`: how near to 0 or 1 they may come. Default 2^−52. */
  epsilon?: number;
}

/** probability = sigmoid(slope · score + intercept), of the score's log-odds with `input: "probabilities"`. */
export interface PlattParameters {
  readonly slope: number;
  readonly intercept: number;
  readonly input: ScoreKind;
  readonly epsilon: number;
}

const definition: MethodDefinition<PlattParameters, ArrayLike<number>, Float64Array> = {
  method: "platt",
  readParameters: (fields) => ({
    slope: fields.number("slope"),
    intercept: fields.number("intercept"),
    input: fields.oneOf("input", ["probabilities", "logits"]),
    epsilon: readEpsilon(fields),
  }),
  predictor:
    ({ slope, intercept, input, epsilon }) =>
    (scores) => {
      checkScores("plattScaling.predict", scores, input);
      return toLogits(scores, input, epsilon).map((s) => sigmoid(slope * s + intercept));
    },
};

/**
 * Platt scaling: a sigmoid of slope · score + intercept, fitted by maximum likelihood to the targets (n₊+1)/(n₊+2)
 * and 1/(n₋+2), which keep it finite on separable data (Platt 1999; Lin, Lin & Weng 2007).
 */
export const plattScaling = {
  method: definition.method,

  /**
   * @param scores Finite numbers; probabilities with `input: "probabilities"`.
   * @param outcomes 0/1 or booleans, one per score.
   * @returns `status` "constant-scores", "one-class" or "anti-informative" where that is what was found.
   * @throws CredenceError "not-finite", "not-a-probability", "not-binary", "length-mismatch", "empty-input",
   * "out-of-range".
   * @example
   * ```ts
   * import { plattScaling } from "credence/recalibration";
   * const calibrator = plattScaling.fit([-2, -1, 1, 2], [0, 0, 1, 1]);
   * calibrator.predict([0]); // → [0.5]
   * ```
   */
  fit(
    scores: ArrayLike<number>,
    outcomes: Outcomes,
    options: PlattOptions = {},
  ): Calibrator<PlattParameters> {
    const fn = "plattScaling.fit";
    checkOptions(fn, options);
    const { input = "logits", epsilon = EPSILON } = options;
    checkEpsilon(fn, epsilon);
    checkFitInput(fn, scores, outcomes, input);
    const weights = checkedWeights(fn, options.weights, scores.length);
    const { slope, intercept, status, lesson } = sigmoidFit(
      toLogits(scores, input, epsilon),
      outcomes,
      weights,
    );
    const notes =
      status === "anti-informative"
        ? ["Higher scores mean fewer successes: the fit reverses their order."]
        : (lesson?.notes ?? []);
    const parameters = { slope, intercept, input, epsilon };
    return createCalibrator(definition, parameters, recordFit(fn, scores, outcomes, options), status, notes);
  },

  /** @throws CredenceError "invalid-json" naming the field. */
  fromJSON: (json: unknown): Calibrator<PlattParameters> => readCalibrator(definition, json),
};

/** The targets (n₊+1)/(n₊+2) and 1/(n₋+2) of Platt 1999, with weights for counts. */
export function plattTargets(outcomes: Outcomes, weights: ArrayLike<number> | null): Float64Array {
  const [failures, successes] = classWeights(outcomes, weights);
  const low = 1 / (failures + 2);
  const high = (successes + 1) / (successes + 2);
  const targets = new Float64Array(outcomes.length);
  for (let i = 0; i < targets.length; i++) targets[i] = outcomes[i] ? high : low;
  return targets;
}

function sigmoidFit(
  x: Float64Array,
  outcomes: Outcomes,
  weights: ArrayLike<number> | null,
): { slope: number; intercept: number; status: FitStatus; lesson: ReturnType<typeof emptyLesson> } {
  const targets = plattTargets(outcomes, weights);
  const { shift, scale } = range(x, weights);
  const columns = scale === 0 ? [] : [x.map((s) => (s - shift) / scale)];
  const { x: beta, converged } = logisticRegression(columns, targets, weights);
  const lesson = emptyLesson(outcomes, weights, scale === 0);
  if (scale === 0) return { slope: 0, intercept: beta[0], status: "constant-scores", lesson };
  const slope = beta[0] / scale + 0;
  const intercept = beta[1] - (beta[0] * shift) / scale;
  const status = !converged ? "not-converged" : (lesson?.status ?? (slope < 0 ? "anti-informative" : "ok"));
  return { slope, intercept, status, lesson };
}

/** Middle and half width of the scores that have weight. */
function range(x: Float64Array, weights: ArrayLike<number> | null): { shift: number; scale: number } {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < x.length; i++) {
    if (weights && weights[i] === 0) continue;
    if (x[i] < low) low = x[i];
    if (x[i] > high) high = x[i];
  }
  // Half first: the sum or difference of two huge scores would overflow.
  return { shift: low / 2 + high / 2, scale: high / 2 - low / 2 };
}
