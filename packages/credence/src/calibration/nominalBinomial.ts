import type { BinStatistics } from "./binStatistics.js";

/**
 * The number of successes in a bin if the confidences are right is Poisson-binomial; this is the binomial with its mean
 * Σp and, up to rounding of the trials, its variance Σp(1 − p): trials = (Σp)²/Σp².
 */
export function nominalBinomial(
  { count, confidence, nominalVariance }: BinStatistics,
  bin: number,
): { readonly trials: number; readonly probability: number } {
  const mean = confidence[bin];
  const squares = mean - nominalVariance[bin];
  if (!(squares > 0)) return { trials: count[bin], probability: count[bin] > 0 ? mean / count[bin] : 0 };
  const trials = Math.min(count[bin], Math.max(Math.round(mean ** 2 / squares), Math.ceil(mean)));
  return { trials, probability: Math.min(1, mean / trials) };
}
