import { checkOpenUnit, checkOptions, checkSameLength } from "../numeric/check.js";
import { shuffle } from "../numeric/distributions.js";
import { CredenceError } from "../numeric/error.js";
import { checkMatrix, type Matrix } from "../numeric/matrix.js";
import { solveQuantileProgram } from "../numeric/quantileProgram.js";
import { createRandom } from "../numeric/random.js";
import { conditionalConformal } from "./conditionalConformal.js";
import type { JudgedAnswer } from "./conformalFactuality.js";
import { rowOf } from "./crossConformal.js";
import { conformalPValues } from "./pValues.js";

/** Options of {@link levelAdaptiveFactuality}. */
export interface LevelAdaptiveOptions {
  /** The share of an answer's claims that should stay, in (0, 1). */
  retention: number;
  /** Levels are kept between these rates of error. Default [0.05, 0.5]. */
  alphaRange?: readonly [number, number];
  /** Share of the answers used to learn the levels, in (0, 1); the rest calibrates. Default 0.5. */
  tuningShare?: number;
  /** Seed of the split. Default 0. */
  seed?: number;
}

/** A fitted {@link levelAdaptiveFactuality}. */
export interface LevelAdaptiveFactuality {
  /** Answers that calibrate. */
  readonly n: number;
  /** The allowed rate of error promised for an answer with these features. */
  alphaFor(features: ArrayLike<number>): number;
  /** Claims that stay, and the rate of error promised for this answer. */
  filter(scores: ArrayLike<number>, features: ArrayLike<number>): LevelAdaptiveAnswer;
}

/** What is left of one answer, at its own level. */
export interface LevelAdaptiveAnswer {
  readonly kept: number[];
  readonly abstained: boolean;
  readonly alpha: number;
}

/**
 * Level-adaptive conditional factuality (Cherian, Gibbs & Candès 2024): instead of stripping hard answers bare, the
 * promised level itself follows the answer: α(x) is learnt so that about `retention` of the claims stay, and the promise
 * 1 − α(x) is calibrated over the span of the features (see {@link conditionalConformal}).
 *
 * `fit(answers, features, { retention })`: judged answers and answers × features, a column of ones among them.
 * @throws CredenceError "empty-input", "length-mismatch", "not-finite", "out-of-range", "too-few".
 * @example
 * ```ts
 * import { levelAdaptiveFactuality } from "credence/conformal";
 * const answers = Array.from({ length: 120 }, (_, i) => ({ scores: [0.9, (i % 40) / 40], supported: [1, 0] }));
 * const features = { data: new Float64Array(120).fill(1), rows: 120, columns: 1 };
 * const fitted = levelAdaptiveFactuality.fit(answers, features, { retention: 0.5 });
 * fitted.filter([0.99, 0.1], [1]).kept; // → [0]
 * ```
 */
export const levelAdaptiveFactuality = { fit };

function fit(
  answers: readonly JudgedAnswer[],
  features: Matrix,
  options: LevelAdaptiveOptions,
): LevelAdaptiveFactuality {
  const fn = "levelAdaptiveFactuality";
  checkOptions(fn, options, "alpha");
  const { retention, alphaRange = [0.05, 0.5], tuningShare = 0.5, seed = 0 } = options;
  checkOpenUnit(fn, "retention", retention);
  checkOpenUnit(fn, "tuningShare", tuningShare);
  checkOpenUnit(fn, "alphaRange[0]", alphaRange[0]);
  checkOpenUnit(fn, "alphaRange[1]", alphaRange[1]);
  checkMatrix(fn, "features", features);
  checkSameLength(fn, "answers", answers, "rows of features", { length: features.rows });
  const order = shuffle(
    createRandom(seed),
    Array.from({ length: answers.length }, (_, i) => i),
  );
  const cut = Math.round(answers.length * tuningShare);
  const known = order.slice(0, cut >> 1);
  const tune = order.slice(cut >> 1, cut);
  const calibrate = order.slice(cut);
  if (!known.length || !tune.length || !calibrate.length)
    throw new CredenceError(
      "too-few",
      { function: fn, argument: "answers", value: answers.length },
      "three parts are needed: to know the scores of errors, to learn the levels, to calibrate.",
    );
  let floor = Infinity;
  for (const { scores } of answers)
    for (let j = 0; j < scores.length; j++) floor = Math.min(floor, scores[j]);
  // An answer without unsupported claims lies below every score.
  const highest = answers.map(({ scores, supported }) => {
    let most = floor - 1;
    for (let j = 0; j < scores.length; j++) if (!supported[j]) most = Math.max(most, scores[j]);
    return most;
  });
  // The level at which just enough claims of an answer would stay.
  const needed = tune.map((i) => {
    const sorted = Array.from(answers[i].scores).sort((a, b) => b - a);
    const last = sorted[Math.max(Math.ceil(retention * sorted.length), 1) - 1];
    return last ?? Infinity;
  });
  const levels = conformalPValues(
    known.map((i) => highest[i]),
    needed,
  );
  const d = features.columns;
  const take = (rows: readonly number[]) =>
    Float64Array.from(rows.flatMap((i) => Array.from(rowOf(features, i))));
  const phi = take(tune);
  const medianRegression = new Float64Array(d);
  for (let k = 0; k < phi.length; k++) medianRegression[k % d] += phi[k] / 2;
  const beta = solveQuantileProgram(phi, d, levels, medianRegression);
  if (!beta)
    throw new CredenceError(
      "too-few",
      { function: fn, argument: "features" },
      "the columns are linearly dependent on the tuning answers; drop redundant ones or give more answers.",
    );
  const alphaFor = (row: ArrayLike<number>) => {
    checkSameLength(fn, "features", row, "columns of the fit", { length: d });
    let alpha = 0;
    for (let j = 0; j < d; j++) alpha += beta[j] * row[j];
    return Math.min(Math.max(alpha, alphaRange[0]), alphaRange[1]);
  };
  const conditional = conditionalConformal.fit(
    calibrate.map((i) => highest[i]),
    { data: take(calibrate), rows: calibrate.length, columns: d },
    { alpha: calibrate.map((i) => alphaFor(rowOf(features, i))) },
  );
  return {
    n: calibrate.length,
    alphaFor,
    filter(scores, row) {
      const alpha = alphaFor(row);
      const { threshold } = conditional.threshold(row, alpha);
      const kept: number[] = [];
      for (let j = 0; j < scores.length; j++) if (scores[j] > threshold) kept.push(j);
      return { kept, abstained: kept.length === 0, alpha };
    },
  };
}
