import { checkNotEmpty, checkOpenUnit, checkOptions } from "../numeric/check.js";
import { checkGamma, type OnlineConformalOptions } from "./adaptiveConformal.js";
import { type OnlineThreshold, onlineThreshold } from "./onlineThreshold.js";
import { createScoreWindow, type ScoreWindow } from "./scoreWindow.js";

/** Options of {@link aggregatedAdaptiveConformal}. */
export interface AggregatedAdaptiveOptions extends OnlineConformalOptions {
  /** Step sizes of the experts. Default: 0.0005 … 0.064, each twice the one before. */
  gammas?: ArrayLike<number>;
}

const GAMMAS = [0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064];

/**
 * Aggregated adaptive conformal inference, AgACI (Zaffran, Dieuleveut, Féron, Goude & Josse 2022): one
 * {@link adaptiveConformal} per step size, their thresholds averaged with weights learnt by Bernstein online aggregation
 * (Wintenberger 2017) on the pinball loss. An expert's infinite threshold counts as the largest score of the window, an
 * empty one as the smallest. Nothing is proven for its coverage: watch `misses / steps`.
 * @throws CredenceError as {@link adaptiveConformal}.
 * @example
 * ```ts
 * import { aggregatedAdaptiveConformal } from "credence/conformal";
 * const stream = aggregatedAdaptiveConformal({ alpha: 0.1, scores: [1, 2, 3, 4, 5, 6, 7, 8, 9] });
 * stream.threshold; // → 9
 * ```
 */
export function aggregatedAdaptiveConformal(options: AggregatedAdaptiveOptions): OnlineThreshold {
  const fn = "aggregatedAdaptiveConformal";
  checkOptions(fn, options, "alpha");
  const { alpha, gammas = GAMMAS, window = 1000, scores = [] } = options;
  checkOpenUnit(fn, "alpha", alpha);
  checkNotEmpty(fn, "gammas", gammas);
  for (let e = 0; e < gammas.length; e++) checkGamma(fn, gammas[e], e);
  const latest = createScoreWindow(fn, window, scores);
  const experts = gammas.length;
  const alphas = new Float64Array(experts).fill(alpha);
  const thresholds = new Float64Array(experts);
  const finite = new Float64Array(experts);
  const weights = bernsteinWeights(experts);
  let mixed = Infinity;
  const next = () => {
    mixed = 0;
    for (let e = 0; e < experts; e++) {
      thresholds[e] = latest.threshold(alphas[e]);
      finite[e] = withinWindow(thresholds[e], latest);
      mixed += weights.current[e] * finite[e];
    }
    return latest.threshold(alpha) === Infinity ? Infinity : mixed;
  };
  return onlineThreshold(fn, alpha, next, (score) => {
    for (let e = 0; e < experts; e++) alphas[e] += gammas[e] * (alpha - (score > thresholds[e] ? 1 : 0));
    if (latest.size > 0) {
      // Slope of the pinball loss at the mixture, level 1 − α.
      const slope = score > mixed ? alpha - 1 : alpha;
      weights.learn((e) => slope * (finite[e] - mixed));
    }
    latest.add(score);
  });
}

function withinWindow(threshold: number, { largest, smallest }: ScoreWindow): number {
  if (threshold === Infinity) return Number.isNaN(largest) ? 0 : largest;
  if (threshold === -Infinity) return smallest;
  return threshold;
}

/** Bernstein online aggregation with adaptive learning rates: losses are relative to the mixture's. */
function bernsteinWeights(experts: number) {
  const spread = Math.log(experts + 1);
  const current = new Float64Array(experts).fill(1 / experts);
  const range = new Float64Array(experts);
  const squares = new Float64Array(experts);
  const regret = new Float64Array(experts);
  const rate = new Float64Array(experts);
  return {
    current,
    learn(relativeLoss: (expert: number) => number): void {
      for (let e = 0; e < experts; e++) {
        const loss = relativeLoss(e);
        // The second-order term is priced at the rate from before this loss.
        regret[e] += loss * (1 + rate[e] * loss);
        squares[e] += loss * loss;
        range[e] = Math.max(range[e], Math.abs(loss));
        rate[e] = squares[e] > 0 ? Math.min(1 / (2 * range[e]), Math.sqrt(spread / squares[e])) : 0;
      }
      let most = -Infinity;
      for (let e = 0; e < experts; e++) most = Math.max(most, -rate[e] * regret[e]);
      let total = 0;
      for (let e = 0; e < experts; e++) {
        // Experts that never differed from the mixture have no rate yet and keep the weight of an average one.
        current[e] = (rate[e] || meanRate(rate)) * Math.exp(-rate[e] * regret[e] - most);
        total += current[e];
      }
      for (let e = 0; e < experts; e++) current[e] = total > 0 ? current[e] / total : 1 / experts;
    },
  };
}

function meanRate(rates: Float64Array): number {
  let sum = 0;
  for (const rate of rates) sum += rate;
  return sum > 0 ? sum / rates.length : 1;
}
