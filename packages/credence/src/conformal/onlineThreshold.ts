import { checkFields, checkFunction, checkList } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { intervalOf } from "./intervals.js";

/** A threshold that follows a stream: ask before each row, tell its score after. */
export interface OnlineThreshold {
  /** Target rate of misses. */
  readonly alpha: number;
  /** The next row is covered when its score is at most this. +∞: the whole line; −∞: the empty set. */
  readonly threshold: number;
  /** Rows so far, and how many were missed. */
  readonly steps: number;
  readonly misses: number;
  /** [point − threshold, point + threshold] for scores |observed − point|; low > high is the empty set. */
  predict(point: number): [number, number];
  /**
   * Tells the score of the row that was predicted; returns whether it was covered.
   * @throws CredenceError "not-finite" for NaN.
   */
  update(score: number): boolean;
}

/** What happened to a whole stream. */
export interface OnlineRun {
  /** The threshold before each row. */
  readonly thresholds: Float64Array;
  /** 1 where the row was covered. */
  readonly covered: Uint8Array;
  /** Share of rows missed. */
  readonly errorRate: number;
}

/**
 * Sends a list of scores through an online method: the same code, row by row.
 * @example
 * ```ts
 * import { adaptiveConformal, runOnline } from "credence/conformal";
 * runOnline(adaptiveConformal({ alpha: 0.1 }), [1, 2, 3]).errorRate; // → 0
 * ```
 */
export function runOnline(method: OnlineThreshold, scores: ArrayLike<number>): OnlineRun {
  checkFields("runOnline", "method", method);
  checkFunction("runOnline", "method.update", method.update);
  checkList("runOnline", "scores", scores);
  const n = scores.length;
  const thresholds = new Float64Array(n);
  const covered = new Uint8Array(n);
  let misses = 0;
  for (let i = 0; i < n; i++) {
    thresholds[i] = method.threshold;
    covered[i] = Number(method.update(scores[i]));
    misses += 1 - covered[i];
  }
  return { thresholds, covered, errorRate: n ? misses / n : Number.NaN };
}

/** Counts and predicts for a method that says the next threshold and learns from a score. */
export function onlineThreshold(
  fn: string,
  alpha: number,
  next: () => number,
  learn: (score: number, missed: boolean) => void,
): OnlineThreshold {
  let threshold = next();
  let steps = 0;
  let misses = 0;
  return {
    alpha,
    get threshold() {
      return threshold;
    },
    get steps() {
      return steps;
    },
    get misses() {
      return misses;
    },
    predict: (point) => intervalOf(fn, point - threshold, point + threshold),
    update(score) {
      if (Number.isNaN(score) || typeof score !== "number")
        throw new CredenceError(
          "not-finite",
          { function: fn, argument: "score", value: score },
          "a score is needed; skip the row where its truth is missing.",
        );
      const missed = score > threshold;
      steps++;
      if (missed) misses++;
      learn(score, missed);
      threshold = next();
      return !missed;
    },
  };
}
