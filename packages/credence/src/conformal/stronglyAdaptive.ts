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
  const experts = createExperts(alpha, step, largestScore);
  let t = 1;
  let mixed = 0;

  const next = () => {
    experts.add(t, lifetime * dyadic(t), mixed);
    mixed = experts.mix();
    return mixed;
  };
  return onlineThreshold(fn, alpha, next, (score) => {
    experts.learn(t, score, mixed);
    t++;
  });
}

/** The largest power of two that divides t. */
function dyadic(t: number): number {
  let power = 1;
  while (t % (2 * power) === 0) power *= 2;
  return power;
}

/** The experts alive, oldest first, in flat arrays. */
function createExperts(alpha: number, step: number, scale: number) {
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
  // Sums over the experts of prior · weight and of that times the threshold.
  let total = 0;
  let sum = 0;

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

    mix(): number {
      if (total > 0) return sum / total;
      // Nobody has won anything yet: the prior decides.
      let priors = 0;
      let weighed = 0;
      for (let e = 0; e < count; e++) {
        priors += prior[e];
        weighed += prior[e] * threshold[e];
      }
      return weighed / priors;
    },

    /** One pass: drops experts whose time is over after this step, teaches the others and sums them up for `mix`. */
    learn(t: number, score: number, mixed: number): void {
      const mixedLoss = pinball(mixed, score, alpha);
      // Locals, which the compiler keeps in registers.
      const [thresholds, squares, births, deaths] = [threshold, gradients, born, ends];
      const [priors, weights, won, staked] = [prior, weight, gains, stakes];
      const [missSlope, hitSlope] = [alpha - 1, alpha];
      const [missSquare, hitSquare] = [missSlope * missSlope, hitSlope * hitSlope];
      const [missStep, hitStep] = [step * missSlope, step * hitSlope];
      const perScale = 1 / scale;
      const now = t + 1;
      const alive = count;
      let mass = 0;
      let moment = 0;
      let to = 0;
      for (let e = 0; e < alive; e++) {
        const end = deaths[e];
        if (end <= now) continue;
        const own = thresholds[e];
        const missed = score > own;
        const loss = missed ? (1 - alpha) * (score - own) : alpha * (own - score);
        const before = weights[e];
        const early = priors[e];
        const since = births[e];
        const lead = (mixedLoss - loss) * perScale;
        // Without branches, which here go one way as often as the other.
        const gain = Math.max(lead, before > 0 ? -Infinity : 0);
        const stake = staked[e] + before * gain;
        const gained = won[e] + gain;
        const square = squares[e] + (missed ? missSquare : hitSquare);
        // Two quotients from one division, the slowest step here.
        const root = Math.sqrt(square);
        const age = now - since;
        const inverse = 1 / (age * root);
        const after = gained * (1 + stake) * (root * inverse);
        const moved = own - (missed ? missStep : hitStep) * (age * inverse);
        const share = early * Math.max(after, 0);
        mass += share;
        moment += share * moved;
        thresholds[to] = moved;
        squares[to] = square;
        weights[to] = after;
        won[to] = gained;
        staked[to] = stake;
        if (to !== e) {
          births[to] = since;
          deaths[to] = end;
          priors[to] = early;
        }
        to++;
      }
      count = to;
      total = mass;
      sum = moment;
    },
  };
}

/** Pinball loss at level 1 − α. */
function pinball(threshold: number, score: number, alpha: number): number {
  return score > threshold ? (1 - alpha) * (score - threshold) : alpha * (threshold - score);
}
