import type { JsonFields } from "../numeric/json.js";
import type { Calibrator, CalibratorJSON } from "./calibrator.js";
import { CANDIDATES, type CandidateName } from "./candidates.js";
import type { Learner } from "./onlineMixture.js";
import { readBinaryCalibrator } from "./readBinaryCalibrator.js";

/** State of the windowed refit: what is needed to go on. */
export interface WindowState {
  readonly strategy: "window";
  readonly method: CandidateName;
  /** Rows remembered, and fitted to. */
  readonly window: number;
  /** Rows between refits. */
  readonly refitEvery: number;
  readonly seen: number;
  /** The remembered rows, oldest first. */
  readonly scores: readonly number[];
  readonly outcomes: readonly number[];
  /** The last fit; null before the first. */
  readonly calibrator: CalibratorJSON | null;
}

/** Refits a method to the last rows, again and again; leaves scores alone before the first refit. */
export function windowLearner(
  start: Pick<WindowState, "method" | "window" | "refitEvery"> & Partial<WindowState>,
): Learner<WindowState> {
  const { method, window, refitEvery } = start;
  const scores = [...(start.scores ?? [])];
  const outcomes = [...(start.outcomes ?? [])];
  let seen = start.seen ?? 0;
  let calibrator: Calibrator | null = start.calibrator
    ? readBinaryCalibrator("online.fromJSON", start.calibrator)
    : null;
  return {
    predict: (score) => (calibrator ? calibrator.predict([score])[0] : score),
    update(score, outcome) {
      scores.push(score);
      outcomes.push(outcome);
      if (scores.length > window) {
        scores.shift();
        outcomes.shift();
      }
      seen++;
      if (seen % refitEvery === 0)
        calibrator = CANDIDATES[method].fit(scores, outcomes, { fittedAt: "1970-01-01T00:00:00.000Z" });
    },
    state: () => ({
      strategy: "window",
      method,
      window,
      refitEvery,
      seen,
      scores: [...scores],
      outcomes: [...outcomes],
      calibrator: calibrator?.toJSON() ?? null,
    }),
  };
}

/** Reads the state back. */
export function readWindow(fields: JsonFields): WindowState {
  const scores = fields.numbers("scores");
  const outcomes = fields.numbers("outcomes", scores.length);
  const window = fields.count("window", 1);
  if (scores.length > window || scores.some((s) => s < 0 || s > 1))
    throw fields.refuse("scores", `must be at most ${window} probabilities.`);
  if (outcomes.some((y) => y !== 0 && y !== 1)) throw fields.refuse("outcomes", "must be 0 or 1.");
  return {
    strategy: "window",
    method: fields.oneOf("method", Object.keys(CANDIDATES) as CandidateName[]),
    window,
    refitEvery: fields.count("refitEvery", 1),
    seen: fields.count("seen"),
    scores,
    outcomes,
    calibrator: fields.has("calibrator")
      ? readBinaryCalibrator("online.fromJSON", fields.value("calibrator")).toJSON()
      : null,
  };
}
