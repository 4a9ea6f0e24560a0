import { checkCount, checkOpenUnit } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { binomialCdf } from "../numeric/special.js";

/**
 * The exact p-value of "the risk exceeds `risk`" from independent right-or-wrong outcomes: P(binomial(n, risk) ≤ errors).
 * 1 without rows.
 * @throws CredenceError "out-of-range".
 * @example
 * ```ts
 * import { binomialRiskPValue } from "credence/estimate";
 * binomialRiskPValue(0, 59, 0.05); // → 0.0485
 * ```
 */
export function binomialRiskPValue(errors: number, n: number, risk: number): number {
  const fn = "binomialRiskPValue";
  checkCount(fn, "n", n, 0);
  checkCount(fn, "errors", errors, 0);
  checkOpenUnit(fn, "risk", risk);
  return n === 0 ? 1 : binomialCdf(errors, n, risk);
}

/**
 * The Hoeffding–Bentkus p-value of "the mean loss exceeds `risk`" from n independent losses in [0, 1]:
 * min(exp(−n h(min(R̂, r), r)), e · P(binomial(n, r) ≤ ⌈n R̂⌉)) with h(a, b) = a ln(a/b) + (1−a) ln((1−a)/(1−b)).
 * @param meanLoss R̂, in [0, 1].
 * @param binary Whether every loss is 0 or 1; the factor e is then not needed. Default false.
 * @throws CredenceError "out-of-range".
 * @see Bates et al. 2021, "Distribution-free, risk-controlling prediction sets"; Angelopoulos et al. 2021, "Learn then Test".
 * @example
 * ```ts
 * import { hoeffdingBentkusPValue } from "credence/estimate";
 * hoeffdingBentkusPValue(0.02, 500, 0.05); // → 0.0013
 * ```
 */
export function hoeffdingBentkusPValue(meanLoss: number, n: number, risk: number, binary = false): number {
  return hoeffdingBentkusOf("hoeffdingBentkusPValue", "risk", meanLoss, n, risk, binary);
}

/** The same for functions that are called otherwise, and call the risk otherwise. */
export function hoeffdingBentkusOf(
  fn: string,
  riskArgument: string,
  meanLoss: number,
  n: number,
  risk: number,
  binary: boolean,
): number {
  checkCount(fn, "n", n);
  checkOpenUnit(fn, riskArgument, risk);
  if (!(meanLoss >= 0 && meanLoss <= 1))
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument: "meanLoss", value: meanLoss },
      "must lie in [0, 1]; divide losses by their bound first.",
    );
  const hoeffding = Math.exp(-n * bernoulliDivergence(Math.min(meanLoss, risk), risk));
  // n R̂ is a sum of losses: rounding must not lift a whole number to the next.
  const count = Math.ceil(n * meanLoss - 1e-9 * Math.max(1, n * meanLoss));
  const bentkus = (binary ? 1 : Math.E) * binomialCdf(count, n, risk);
  return Math.min(1, hoeffding, bentkus);
}

/** The Kullback–Leibler divergence between Bernoulli(a) and Bernoulli(b), 0 < b < 1. */
export function bernoulliDivergence(a: number, b: number): number {
  const part = (x: number, y: number) => (x === 0 ? 0 : x * Math.log(x / y));
  return part(a, b) + part(1 - a, 1 - b);
}
