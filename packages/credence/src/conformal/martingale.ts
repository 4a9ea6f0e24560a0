import { checkOneOf, checkOptions, notAProbability } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";

/** Options of {@link exchangeabilityMartingale}. */
export interface MartingaleOptions {
  /**
   * "jumper": bets that p-values are too small, too large or neither, and changes its mind now and then (Vovk et al.
   * 2021); "mixture": bets on small p-values, spread over powers; "power": one power. Default "jumper".
   */
  bets?: "jumper" | "mixture" | "power";
  /** "jumper": the chance to change its mind at each step, in (0, 1]. Default 0.01. */
  jump?: number;
  /** "power": ε in (0, 1) of the bet ε p^(ε−1). Default 0.5. */
  epsilon?: number;
}

/** A running test of exchangeability. */
export interface ExchangeabilityMartingale {
  /** ln of the capital; the rows are not exchangeable at level δ once it has reached ln(1/δ), at any time. */
  readonly logCapital: number;
  /** The largest ln capital so far. */
  readonly largestLogCapital: number;
  /** Adds a smoothed conformal p-value; returns ln of the capital. */
  update(pValue: number): number;
}

/**
 * Conformal test martingale: bets against the uniformity of smoothed conformal p-values. Under exchangeability
 * P(capital ever ≥ 1/δ) ≤ δ (Ville), so it may be watched for ever without correction.
 * @throws CredenceError "out-of-range", "unknown-option"; "not-a-probability" on update.
 * @see Vovk, Nouretdinov & Gammerman 2003; Vovk, Petej, Nouretdinov, Ahlberg, Carlsson & Gammerman 2021.
 * @example
 * ```ts
 * import { exchangeabilityMartingale } from "credence/conformal";
 * const watch = exchangeabilityMartingale();
 * for (let t = 0; t < 50; t++) watch.update(0.02);
 * watch.logCapital > Math.log(100); // → true
 * ```
 */
export function exchangeabilityMartingale(options: MartingaleOptions = {}): ExchangeabilityMartingale {
  const fn = "exchangeabilityMartingale";
  checkOptions(fn, options);
  const { bets = "jumper", jump = 0.01, epsilon = 0.5 } = options;
  checkOneOf(fn, "bets", bets, ["jumper", "mixture", "power"]);
  if (!(jump > 0 && jump <= 1))
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument: "jump", value: jump },
      "must lie in (0, 1].",
    );
  if (!(epsilon > 0 && epsilon < 1))
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument: "epsilon", value: epsilon },
      "must lie strictly between 0 and 1.",
    );
  const bet = bets === "jumper" ? jumper(jump) : powers(bets === "power" ? [epsilon] : POWERS);
  let current = 0;
  let largest = 0;
  return {
    get logCapital() {
      return current;
    },
    get largestLogCapital() {
      return largest;
    },
    update(pValue) {
      if (!(pValue >= 0 && pValue <= 1)) throw notAProbability(fn, "pValue", 0, pValue);
      current += bet(pValue);
      largest = Math.max(largest, current);
      return current;
    },
  };
}

const POWERS = Array.from({ length: 50 }, (_, k) => (k + 0.5) / 50);

/** Each returns ln of the factor by which the capital grows; shares of the strategies are kept normalised. */
type Bet = (pValue: number) => number;

function jumper(jump: number): Bet {
  const slopes = [-1, 0, 1];
  const shares = [1 / 3, 1 / 3, 1 / 3];
  return (p) => {
    let factor = 0;
    for (let s = 0; s < 3; s++) {
      shares[s] = ((1 - jump) * shares[s] + jump / 3) * (1 + slopes[s] * (p - 0.5));
      factor += shares[s];
    }
    for (let s = 0; s < 3; s++) shares[s] /= factor;
    return Math.log(factor);
  };
}

function powers(epsilons: readonly number[]): Bet {
  const shares = epsilons.map(() => 1 / epsilons.length);
  return (p) => {
    // p = 0 has probability 0 for smoothed p-values; the smallest float keeps the capital finite.
    const log = Math.log(Math.max(p, Number.MIN_VALUE));
    let factor = 0;
    epsilons.forEach((epsilon, k) => {
      shares[k] *= epsilon * Math.exp((epsilon - 1) * log);
      factor += shares[k];
    });
    for (let k = 0; k < shares.length; k++) shares[k] /= factor;
    return Math.log(factor);
  };
}
