import { type FitOptions, type FitRecord, recordFit } from "../estimate/fitRecord.js";
import { checkCount, checkOneOf, checkOptions, type Outcomes } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { mapNumbers } from "../numeric/mapNumbers.js";
import {
  type Calibrator,
  type CalibratorJSON,
  createCalibrator,
  type MethodDefinition,
  readCalibrator,
} from "./calibrator.js";
import { type CandidateName, resolveCandidate } from "./candidates.js";
import { checkFitInput, checkScores } from "./input.js";
import { type Learner, type MixtureState, mixtureLearner, readMixture } from "./onlineMixture.js";
import { readWindow, type WindowState, windowLearner } from "./onlineWindow.js";

/** Options of online recalibration. */
export interface OnlineOptions extends Omit<FitOptions, "weights"> {
  /**
   * "mixture": a Bayesian mixture of Platt maps, whose log loss on any sequence of rows exceeds that of leaving the
   * scores alone by at most ln 2 in total. "window": a method refitted to the last rows. Default "mixture".
   */
  strategy?: "mixture" | "window";
  /** Mixture: share of the weight spread anew before each row, in [0, 1), to follow drift. Default 0. */
  forget?: number;
  /** Window: the method to refit. Default "platt", on log-odds. */
  method?: CandidateName;
  /** Window: rows to remember. Default 1000. */
  window?: number;
  /** Window: rows between refits. Default 50. */
  refitEvery?: number;
}

/** What an online calibrator knows so far. */
export type OnlineState = MixtureState | WindowState;

/** A calibrator that goes on learning. Unlike the others it changes: `update` moves what `predict` says. */
export interface OnlineCalibrator extends Omit<Calibrator<OnlineState>, "parameters"> {
  /** The state at this moment, as plain JSON data. */
  readonly parameters: OnlineState;
  /** Learns from one row after its outcome became known. */
  update(score: number, outcome: number | boolean): void;
  toJSON(): CalibratorJSON<OnlineState>;
}

/** An online calibrator with the predictions it made on the way. */
export interface OnlineFit extends OnlineCalibrator {
  /** For each row what was predicted before its outcome was seen: an honest test of the method on its own data. */
  readonly prequential: Float64Array;
}

const definition: MethodDefinition<OnlineState, ArrayLike<number>, Float64Array> = {
  method: "online",
  readParameters: (fields) =>
    fields.oneOf("strategy", ["mixture", "window"]) === "mixture" ? readMixture(fields) : readWindow(fields),
  predictor: (state) => predictor(resume(state)),
};

const resume = (state: OnlineState): Learner<OnlineState> =>
  state.strategy === "mixture" ? mixtureLearner(state) : windowLearner(state);

const predictor =
  (learner: Learner<OnlineState>) =>
  (scores: ArrayLike<number>): Float64Array => {
    checkScores("online.predict", scores, "probabilities");
    return mapNumbers(scores, learner.predict);
  };

function startLearner(fn: string, options: OnlineOptions): Learner<OnlineState> {
  const { strategy = "mixture", forget = 0, method = "platt", window = 1000, refitEvery = 50 } = options;
  checkOneOf(fn, "strategy", strategy, ["mixture", "window"]);
  checkCount(fn, "window", window);
  checkCount(fn, "refitEvery", refitEvery);
  resolveCandidate(fn, "method", method);
  if (!(forget >= 0 && forget < 1))
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument: "forget", value: forget },
      "must lie in [0, 1).",
    );
  return strategy === "mixture" ? mixtureLearner({ forget }) : windowLearner({ method, window, refitEvery });
}

function onlineCalibrator(learner: Learner<OnlineState>, fitted: FitRecord): OnlineCalibrator {
  const live = { ...definition, predictor: () => predictor(learner) };
  const now = () => createCalibrator(live, learner.state(), fitted);
  const { method, status, notes, predict } = now();
  return {
    method,
    status,
    notes,
    fitted,
    predict,
    get parameters() {
      return learner.state();
    },
    update(score, outcome) {
      checkFitInput("online.update", [score], [outcome], "probabilities");
      learner.update(score, outcome ? 1 : 0);
    },
    toJSON: () => now().toJSON(),
  };
}

/**
 * Recalibration that learns row by row, in the order in which outcomes become known. `fitted` describes the rows of the
 * first fit; `parameters.seen` counts all.
 */
export const online = {
  method: definition.method,

  /**
   * @param scores Probabilities in [0, 1], in order of time.
   * @param outcomes 0/1 or booleans, one per score.
   * @returns A calibrator with `update(score, outcome)`, and `prequential`: what was predicted for each row before its
   * outcome was seen.
   * @throws CredenceError "not-a-probability", "not-binary", "length-mismatch", "empty-input", "out-of-range",
   * "unknown-option".
   * @example
   * ```ts
   * import { online } from "credence/recalibration";
   * const calibrator = online.fit([0.9], [1]);
   * for (let i = 0; i < 500; i++) calibrator.update(0.9, i % 2); // says 90 %, comes true half the time
   * calibrator.predict([0.9]); // → [0.5]
   * ```
   */
  fit(scores: ArrayLike<number>, outcomes: Outcomes, options: OnlineOptions = {}): OnlineFit {
    const fn = "online.fit";
    checkOptions(fn, options);
    checkFitInput(fn, scores, outcomes, "probabilities");
    const learner = startLearner(fn, options);
    const prequential = new Float64Array(scores.length);
    for (let i = 0; i < scores.length; i++) {
      prequential[i] = learner.predict(scores[i]);
      learner.update(scores[i], outcomes[i] ? 1 : 0);
    }
    const calibrator = onlineCalibrator(learner, recordFit(fn, scores, outcomes, options));
    return Object.defineProperties(
      { prequential } as OnlineFit,
      Object.getOwnPropertyDescriptors(calibrator),
    );
  },

  /** Reads a calibrator back, ready to go on learning. @throws CredenceError "invalid-json" naming the field. */
  fromJSON(json: unknown): OnlineCalibrator {
    const { parameters, fitted } = readCalibrator(definition, json);
    return onlineCalibrator(resume(parameters), fitted);
  },
};
