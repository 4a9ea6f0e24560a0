import { checkCount, checkOpenUnit, checkOptions } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { type OnlineThreshold, onlineThreshold } from "./onlineThreshold.js";

/** Options of {@link stronglyAdaptiveConformal}. */
export interface StronglyAdaptiveOptions {
  /** Target rate of misses, in (0, 1). */
  alpha: number;
  /** The largest score there can be, > 0: the scale of all steps. */
  largestScore: number;
  /** How long experts live, in units of their dyadic interval. Default 8. */
  lifetime?: number;
}

/**
 * Strongly adaptive online conformal prediction, SAOCP (Bhatnagar, Wang, Xiong & Bai 2023): a new expert every step, each
 * alive for a dyadic stretch of time and following the score by scale-free gradient descent; coin betting weighs them.
 * Its regret is small over **every** interval of the stream; its error rate is only near α (young experts waver), so watch
 * `misses / steps`. About 8 log₂ t experts are alive at time t.
 * @throws CredenceError "out-of-range".
 * @example
 * ```ts
 * import { stronglyAdaptiveConformal } from "credence/conformal";
 * const stream = stronglyAdaptiveConformal({ alpha: 0.1, largestScore: 1 });
 * for (let t = 0; t < 500; t++) stream.update(((t * 37) % 101) / 101);
 * stream.threshold > 0.7; // → true
 * ```
 */
export function stronglyAdaptiveConformal(options: StronglyAdaptiveOptions): OnlineThreshold {
  const fn = "stronglyAdaptiveConformal";
  checkOptions(fn, options, "alpha");
  const { alpha, largestScore, lifetime = 8 } = options;
  checkOpenUnit(fn, "alpha", alpha);
  checkCount(fn, "lifetime", lifetime);
  if (!(largestScore > 0 && largestScore < Infinity))
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument: "largestScore", value: largestScore },
      "must be positive and finite.",
    );
  const step = largestScore / Math.sqrt(3);
  const alive = createExperts();
  let t = 1;
  let mixed = 0;

  const next = () => {
    alive.expire(t);
    alive.add(t, lifetime * dyadic(t), mixed);
    mixed = alive.mix();
    return mixed;
  };
  return onlineThreshold(fn, alpha, next, (score) => {
    alive.learn(t, score, mixed, alpha, step, largestScore);
    t++;
  });
}

/** The largest power of two that divides t. */
function dyadic(t: number): number {
  let power = 1;
  while (t % (2 * power) === 0) power *= 2;
  return power;
}

/** The experts alive, in flat arrays. */
function createExperts() {
  let room = 64;
  let count = 0;
  let threshold = new Float64Array(room);
  let gradients = new Float64Array(room);
  let born = new Float64Array(room);
  let ends = new Float64Array(room);
  let prior = new Float64Array(room);
  let weight = new Float64Array(room);
  let gains = new Float64Array(room);
  let stakes = new Float64Array(room);

  const grow = () => {
    room *= 2;
    const larger = (from: Float64Array) => {
      const to = new Float64Array(room);
      to.set(from);
      return to;
    };
    [threshold, gradients, born, ends] = [threshold, gradients, born, ends].map(larger);
    [prior, weight, gains, stakes] = [prior, weight, gains, stakes].map(larger);
  };

  return {
    add(t: number, life: number, start: number): void {
      if (count === room) grow();
      threshold[count] = start;
      gradients[count] = 0;
      born[count] = t;
      ends[count] = t + life;
      prior[count] = 1 / (t * t * (1 + Math.floor(Math.log2(t))));
      weight[count] = 0;
      gains[count] = 0;
      stakes[count] = 0;
      count++;
    },

    expire(t: number): void {
      let to = 0;
      for (let e = 0; e < count; e++) {
        if (ends[e] <= t) continue;
        if (to < e) {
          threshold[to] = threshold[e];
          gradients[to] = gradients[e];
          born[to] = born[e];
          ends[to] = ends[e];
          prior[to] = prior[e];
          weight[to] = weight[e];
          gains[to] = gains[e];
          stakes[to] = stakes[e];
        }
        to++;
      }
      count = to;
    },

    mix(): number {
      let total = 0;
      let sum = 0;
      for (let e = 0; e < count; e++) {
        const p = weight[e] > 0 ? prior[e] * weight[e] : 0;
        total += p;
        sum += p * threshold[e];
      }
      if (total > 0) return sum / total;
      // Nobody has won anything yet: the prior decides.
      for (let e = 0; e < count; e++) {
        total += prior[e];
        sum += prior[e] * threshold[e];
      }
      return sum / total;
    },

    learn(t: number, score: number, mixed: number, alpha: number, step: number, scale: number): void {
      const mixedLoss = pinball(mixed, score, alpha);
      for (let e = 0; e < count; e++) {
        let gain = (mixedLoss - pinball(threshold[e], score, alpha)) / scale;
        if (weight[e] <= 0) gain = Math.max(gain, 0);
        stakes[e] += weight[e] * gain;
        gains[e] += gain;
        weight[e] = (gains[e] * (1 + stakes[e])) / (t - born[e] + 1);
        const slope = score > threshold[e] ? alpha - 1 : alpha;
        gradients[e] += slope * slope;
        threshold[e] -= (step * slope) / Math.sqrt(gradients[e]);
      }
    },
  };
}

/** Pinball loss at level 1 − α. */
function pinball(threshold: number, score: number, alpha: number): number {
  return score > threshold ? (1 - alpha) * (score - threshold) : alpha * (threshold - score);
}
