import { checkOpenUnit, checkOptions } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { type OnlineThreshold, onlineThreshold } from "./onlineThreshold.js";
import { createScoreWindow } from "./scoreWindow.js";

/** What all methods on a stream of scores take. */
export interface OnlineConformalOptions {
  /** Target rate of misses, in (0, 1). */
  alpha: number;
  /** How many of the latest scores calibrate; Infinity for all (fine up to about 10⁵). Default 1000. */
  window?: number;
  /** Scores from before the stream. Default: none; sets are infinite until there are enough. */
  scores?: ArrayLike<number>;
}

/** Options of {@link adaptiveConformal}. */
export interface AdaptiveConformalOptions extends OnlineConformalOptions {
  /** Step size, > 0: larger follows faster and wavers more. Default 0.005. */
  gamma?: number;
}

/** A running {@link adaptiveConformal}. */
export interface AdaptiveConformal extends OnlineThreshold {
  /** α_t, not clipped: at most 0 gives the whole line, at least 1 the empty set. */
  readonly currentAlpha: number;
  /** The proven bound on |error rate − α| so far, whatever the data: (max(α, 1−α) + γ)/(γT). */
  readonly errorBound: number;
}

/**
 * Adaptive conformal inference (Gibbs & Candès 2021): α_{t+1} = α_t + γ(α − missed). The long-run error rate is α for
 * every stream, shifting or adversarial; at a single time nothing is promised.
 * @throws CredenceError "out-of-range" for α outside (0, 1), γ ≤ 0 or a window that is no whole number.
 * @example
 * ```ts
 * import { adaptiveConformal } from "credence/conformal";
 * const stream = adaptiveConformal({ alpha: 0.1, gamma: 0.01, scores: [1, 2, 3, 4, 5, 6, 7, 8, 9] });
 * stream.predict(20); // → [11, 29]
 * stream.update(3); // → true
 * stream.currentAlpha; // → 0.101
 * ```
 */
export function adaptiveConformal(options: AdaptiveConformalOptions): AdaptiveConformal {
  const fn = "adaptiveConformal";
  checkOptions(fn, options, "alpha");
  const { alpha, gamma = 0.005, window = 1000, scores = [] } = options;
  checkOpenUnit(fn, "alpha", alpha);
  checkGamma(fn, gamma);
  const latest = createScoreWindow(fn, window, scores);
  let current = alpha;
  const online = onlineThreshold(
    fn,
    alpha,
    () => latest.threshold(current),
    (score, missed) => {
      latest.add(score);
      current += gamma * (alpha - (missed ? 1 : 0));
    },
  );
  return Object.defineProperties(online, {
    currentAlpha: { get: () => current, enumerable: true },
    errorBound: {
      get: () => (Math.max(alpha, 1 - alpha) + gamma) / (gamma * online.steps),
      enumerable: true,
    },
  }) as AdaptiveConformal;
}

/** Refuses a step size that is not positive and finite. */
export function checkGamma(fn: string, gamma: number, index?: number): void {
  if (!(gamma > 0 && gamma < Infinity))
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument: "gamma", ...(index !== undefined && { index }), value: gamma },
      "a step size is positive and finite.",
    );
}
