import { type FitOptions, recordFit } from "../estimate/fitRecord.js";
import type { Outcomes } from "../numeric/check.js";
import { checkOptions } from "../numeric/check.js";
import { mapNumbers } from "../numeric/mapNumbers.js";
import { type Calibrator, createCalibrator, type MethodDefinition, readCalibrator } from "./calibrator.js";
import { emptyLesson } from "./emptyLesson.js";
import { checkedWeights, checkFitInput, checkScores } from "./input.js";
import { interpolate, type Knots, readKnots } from "./knots.js";
import { nearIsotonicPath } from "./nearIsotonicPath.js";
import { type ScoreLevels, scoreLevels } from "./scoreLevels.js";

const definition: MethodDefinition<Knots, ArrayLike<number>, Float64Array> = {
  method: "enir",
  readParameters: (fields) => readKnots(fields),
  predictor: (knots) => (scores) => {
    checkScores("enir.predict", scores, "logits");
    return mapNumbers(scores, (s) => interpolate(knots, s));
  },
};

/** Options of ENIR. */
export interface EnirOptions extends FitOptions {
  /** Distinct scores are pooled into at most about this many levels of equal mass; work grows with its square. Default 1000. */
  levels?: number;
}

/**
 * ENIR, an ensemble of near-isotonic regressions (Naeini & Cooper 2016): every breakpoint of the near-isotonic path
 * (Tibshirani, Hoefling & Tibshirani 2011), weighted by exp(−BIC/2), with one degree of freedom per flat stretch. Unlike
 * isotonic regression it lets the rate fall somewhat where the data insist.
 */
export const enir = {
  method: definition.method,

  /**
   * @param scores Finite numbers on any scale.
   * @param outcomes 0/1 or booleans, one per score.
   * @returns `status` "constant-scores" or "one-class" where that is what was found.
   * @throws CredenceError "not-finite", "not-binary", "length-mismatch", "empty-input", "out-of-range".
   * @example
   * ```ts
   * import { enir } from "credence/recalibration";
   * const calibrator = enir.fit([0.1, 0.1, 0.1, 0.1, 0.9, 0.9, 0.9, 0.9], [0, 0, 0, 1, 0, 1, 1, 1]);
   * calibrator.predict([0.1, 0.9]); // → [0.25, 0.75]
   * ```
   */
  fit(scores: ArrayLike<number>, outcomes: Outcomes, options: EnirOptions = {}): Calibrator<Knots> {
    const fn = "enir.fit";
    checkOptions(fn, options);
    checkFitInput(fn, scores, outcomes);
    const weights = checkedWeights(fn, options.weights, scores.length);
    const levels = scoreLevels(scores, outcomes, weights, options.levels ?? 1000);
    const knots = { thresholds: levels.scores, values: averageOfPath(levels) };
    const lesson = emptyLesson(outcomes, weights, levels.scores.length === 1);
    return createCalibrator(
      definition,
      knots,
      recordFit(fn, scores, outcomes, options),
      lesson?.status,
      lesson?.notes,
    );
  },

  /** @throws CredenceError "invalid-json" naming the field. */
  fromJSON: (json: unknown): Calibrator<Knots> => readCalibrator(definition, json),
};

/** The BIC-weighted mean of all fits on the path, by level. */
function averageOfPath({ successes, totals }: ScoreLevels): number[] {
  const m = totals.length;
  const all = totals.reduce((sum, w) => sum + w, 0);
  const rates = Float64Array.from(successes, (s, i) => s / totals[i]);
  const average = new Float64Array(m);
  let mass = 0;
  let least = Infinity; // BIC that the running average is scaled to
  nearIsotonicPath(rates, totals, (fit) => {
    let logLikelihood = 0;
    let pieces = 0;
    for (let i = 0; i < m; i++) {
      const misses = totals[i] - successes[i];
      if (successes[i] > 0) logLikelihood += successes[i] * Math.log(fit[i]);
      if (misses > 0) logLikelihood += misses * Math.log(1 - fit[i]);
      if (i === 0 || fit[i] !== fit[i - 1]) pieces++;
    }
    const bic = -2 * logLikelihood + pieces * Math.log(all);
    if (bic < least) {
      const shrink = Math.exp((bic - least) / 2);
      for (let i = 0; i < m; i++) average[i] *= shrink;
      mass *= shrink;
      least = bic;
    }
    const weight = Math.exp((least - bic) / 2);
    for (let i = 0; i < m; i++) average[i] += weight * fit[i];
    mass += weight;
  });
  return Array.from(average, (sum) => Math.min(1, sum / mass));
}
