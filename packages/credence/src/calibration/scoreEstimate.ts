import { meanEstimate } from "../estimate/delta.js";
import { type Estimate, type EstimateOptions, levelOf } from "../estimate/estimate.js";
import { studentQuantile } from "../numeric/special.js";
import { FEW } from "./gapVariance.js";

/** Sums over rows of what would vary if the confidences were right. */
export interface NominalSpread {
  /** Expected variance of the outcomes: Σp(1 − p), with classes Σ(1 − Σp²). */
  readonly outcomes: number;
  /** Expected variance of the scores. */
  readonly scores: number;
}

/**
 * The mean of scores with a t interval; cluster-robust with groups. Where so few misses are expected that none may have
 * turned up, scores hardly differ by luck: their variance is then taken to be at least what it would be if the
 * confidences were right, so that fifty right answers do not claim certainty.
 * @param scores At least 0.
 * @param most The largest score there is.
 */
export function scoreEstimate(
  fn: string,
  scores: Float64Array,
  nominal: () => NominalSpread,
  options: EstimateOptions,
  most = Infinity,
): Estimate {
  const estimate = meanEstimate(scores, options, fn);
  const { value, interval, n, groups = n } = estimate;
  if (!interval || !(interval[1] < Infinity)) return estimate;
  const expected = nominal();
  const least = expected.scores * Math.min(1, FEW / expected.outcomes) || 0;
  const t = studentQuantile((1 + levelOf(fn, options)) / 2, groups - 1);
  const half = Math.max(interval[1] - value, (t * Math.sqrt(least)) / n);
  return { ...estimate, interval: [Math.max(0, value - half), Math.min(most, value + half)] };
}

/** Of one probability per row. @param gain What the score differs by between the two outcomes. */
export function binarySpread(p: Float64Array, gain: (p: number) => number): NominalSpread {
  let outcomes = 0;
  let scores = 0;
  for (let i = 0; i < p.length; i++) {
    const variance = p[i] * (1 - p[i]);
    outcomes += variance;
    if (variance > 0) scores += variance * gain(p[i]) ** 2;
  }
  return { outcomes, scores };
}

/** Of class probabilities. @param part What of the score depends on the probability of the class that happens. */
export function classSpread(
  data: ArrayLike<number>,
  rows: number,
  columns: number,
  part: (p: number) => number,
): NominalSpread {
  let outcomes = 0;
  let scores = 0;
  for (let i = 0; i < rows; i++) {
    let squares = 0;
    let mean = 0;
    let second = 0;
    for (let j = i * columns; j < (i + 1) * columns; j++) {
      if (data[j] === 0) continue;
      const value = part(data[j]);
      squares += data[j] * data[j];
      mean += data[j] * value;
      second += data[j] * value * value;
    }
    outcomes += Math.max(0, 1 - squares);
    scores += Math.max(0, second - mean * mean);
  }
  return { outcomes, scores };
}
