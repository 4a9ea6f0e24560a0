import { checkCount, checkNotEmpty, checkOpenUnit, checkOptions } from "../numeric/check.js";
import { checkGamma, type OnlineConformalOptions } from "./adaptiveConformal.js";
import { type OnlineThreshold, onlineThreshold } from "./onlineThreshold.js";
import { createScoreWindow } from "./scoreWindow.js";

/** Options of {@link dynamicAdaptiveConformal}. */
export interface DynamicAdaptiveOptions extends OnlineConformalOptions {
  /** Step sizes of the experts. Default: 0.001 … 0.128, each twice the one before. */
  gammas?: ArrayLike<number>;
  /** The length of intervals over which the regret is tuned, in rows. Default 500. */
  horizon?: number;
}

/** A running {@link dynamicAdaptiveConformal}. */
export interface DynamicAdaptive extends OnlineThreshold {
  /** The mixed α_t of the experts, not clipped. */
  readonly currentAlpha: number;
}

const GAMMAS = [0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128];

/**
 * Dynamically tuned adaptive conformal inference, DtACI (Gibbs & Candès 2024): several step sizes at once, weighted by
 * how well each did lately, so that the step size itself follows the stream. Its deterministic form: the mean α of the
 * experts.
 * @throws CredenceError as {@link adaptiveConformal}.
 * @example
 * ```ts
 * import { dynamicAdaptiveConformal } from "credence/conformal";
 * const stream = dynamicAdaptiveConformal({ alpha: 0.1, scores: [1, 2, 3, 4, 5, 6, 7, 8, 9] });
 * stream.predict(0); // → [-9, 9]
 * ```
 */
export function dynamicAdaptiveConformal(options: DynamicAdaptiveOptions): DynamicAdaptive {
  const fn = "dynamicAdaptiveConformal";
  checkOptions(fn, options, "alpha");
  const { alpha, gammas = GAMMAS, horizon = 500, window = 1000, scores = [] } = options;
  checkOpenUnit(fn, "alpha", alpha);
  checkNotEmpty(fn, "gammas", gammas);
  checkCount(fn, "horizon", horizon);
  for (let e = 0; e < gammas.length; e++) checkGamma(fn, gammas[e], e);
  const latest = createScoreWindow(fn, window, scores);
  const experts = gammas.length;
  const alphas = new Float64Array(experts).fill(alpha);
  const weights = new Float64Array(experts).fill(1 / experts);
  const sharing = 1 / (2 * horizon);
  const spread = (1 - alpha) ** 2 * alpha ** 3 + alpha ** 2 * (1 - alpha) ** 3;
  const rate = Math.sqrt((3 / horizon) * ((Math.log(experts * horizon) + 2) / spread));
  let current = alpha;
  const online = onlineThreshold(
    fn,
    alpha,
    () => latest.threshold(current),
    (score) => {
      const attained = latest.attained(score);
      let total = 0;
      for (let e = 0; e < experts; e++) {
        const gap = attained - alphas[e];
        // Pinball loss of the expert's α against the α that this row would have needed.
        weights[e] *= Math.exp(-rate * (alpha * gap - Math.min(0, gap)));
        total += weights[e];
        alphas[e] += gammas[e] * (alpha - (gap <= 0 ? 1 : 0));
      }
      current = 0;
      for (let e = 0; e < experts; e++) {
        weights[e] = (1 - sharing) * (weights[e] / total) + sharing / experts;
        current += weights[e] * alphas[e];
      }
      latest.add(score);
    },
  );
  return Object.defineProperties(online, {
    currentAlpha: { get: () => current, enumerable: true },
  }) as DynamicAdaptive;
}
