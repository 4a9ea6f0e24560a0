import { hoeffdingBentkusOf } from "../estimate/riskPValue.js";

/**
 * The Hoeffding–Bentkus p-value of "the expected loss exceeds `alpha`" from n independent losses in [0, 1]: the same as
 * `hoeffdingBentkusPValue` of credence/estimate.
 * @param meanLoss Mean of the losses, in [0, 1].
 * @param binary Whether every loss is 0 or 1; the p-value is then smaller. Default false.
 * @throws CredenceError "out-of-range".
 * @see Bates et al. 2021, "Distribution-free, risk-controlling prediction sets".
 * @example
 * ```ts
 * import { hoeffdingBentkus } from "credence/conformal";
 * hoeffdingBentkus(0.02, 500, 0.05); // → 0.0013
 * ```
 */
export function hoeffdingBentkus(meanLoss: number, n: number, alpha: number, binary = false): number {
  return hoeffdingBentkusOf("hoeffdingBentkus", "alpha", meanLoss, n, alpha, binary);
}
