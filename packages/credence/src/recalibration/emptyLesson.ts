import type { Outcomes } from "../numeric/check.js";
import type { FitStatus } from "./calibrator.js";
import { classWeights } from "./input.js";

/**
 * What keeps any method from learning how scores bear on outcomes, with a sentence about it; null where nothing does.
 * @param constantScores Whether all scores that have weight are equal.
 */
export function emptyLesson(
  outcomes: Outcomes,
  weights: ArrayLike<number> | null,
  constantScores: boolean,
): { status: FitStatus; notes: string[] } | null {
  if (constantScores)
    return {
      status: "constant-scores",
      notes: ["All scores are equal: only the base rate could be learnt."],
    };
  if (classWeights(outcomes, weights).includes(0))
    return {
      status: "one-class",
      notes: ["All outcomes are equal: how the scores bear on them could not be learnt."],
    };
  return null;
}
