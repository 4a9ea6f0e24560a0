import { mixtureLogCapital } from "../estimate/mixtureCapital.js";
import { binomialRiskPValue, hoeffdingBentkusPValue } from "../estimate/riskPValue.js";
import { CredenceError } from "../numeric/error.js";
import { mean, variance } from "../numeric/quantile.js";

/**
 * A p-value of "the mean loss exceeds α" from independent losses in [0, 1].
 * - "hoeffding-bentkus": the smaller of two tail bounds; needs only the mean (Bates et al. 2021).
 * - "betting": capital of a gambler against a larger mean, adapts to the variance (Waudby-Smith & Ramdas 2024).
 * - "bernstein": empirical Bernstein with the sample variance of these losses (Maurer & Pontil 2009).
 * - "binomial": exact, for losses that are 0 or 1.
 */
export type RiskTest = "hoeffding-bentkus" | "betting" | "bernstein" | "binomial";

/** The p-value of a mean loss above `alpha`. `delta` is what the bets are laid out for; the p-value holds for any level. */
export function riskPValue(
  fn: string,
  test: RiskTest,
  losses: Float64Array,
  alpha: number,
  delta: number,
  binary: boolean,
): number {
  const n = losses.length;
  switch (test) {
    case "hoeffding-bentkus":
      return hoeffdingBentkusPValue(Math.min(mean(losses), 1), n, alpha, binary);
    case "betting":
      return Math.min(1, Math.exp(-mixtureLogCapital(losses, (x) => (alpha - x) / (1 - alpha), delta)));
    case "bernstein":
      return bernsteinPValue(mean(losses), n > 1 ? variance(losses) : Number.NaN, n, alpha);
    case "binomial":
      if (!binary)
        throw new CredenceError(
          "not-binary",
          { function: fn, argument: "test", value: test },
          "the binomial test needs losses that are 0 or 1, and no groups.",
        );
      return binomialRiskPValue(Math.round(mean(losses) * n), n, alpha);
    default:
      throw new CredenceError(
        "unknown-option",
        { function: fn, argument: "test", value: test },
        'must be "hoeffding-bentkus", "betting", "bernstein" or "binomial".',
      );
  }
}

/** The δ at which R̂ + √(2 V t/n) + 7 t/(3(n−1)) = α, t = ln(2/δ). */
function bernsteinPValue(risk: number, spread: number, n: number, alpha: number): number {
  if (!(n > 1 && risk < alpha)) return 1;
  const a = 7 / (3 * (n - 1));
  const b = Math.sqrt((2 * spread) / n);
  const root = (-b + Math.sqrt(b * b + 4 * a * (alpha - risk))) / (2 * a);
  return Math.min(1, 2 * Math.exp(-root * root));
}
