import { checkNotEmpty, checkOneOf, checkProbabilities } from "../numeric/check.js";
import { chiSquaredSurvival, normalCdf, normalQuantile } from "../numeric/special.js";

/**
 * How p-values of one hypothesis are combined.
 * - Valid for independent p-values: "fisher" (1932), "stouffer" (1949).
 * - Valid under any dependence: "bonferroni" (K · min), "mean" (2 · mean, Rüschendorf 1982), "geometric" (e · geometric
 *   mean) and "harmonic" (e ln K · harmonic mean; Vovk & Wang 2020).
 * - "simes" (1986): independent or positively dependent, as conformal p-values against one calibration set are.
 * - "cauchy" (Liu & Xie 2020): nearly valid for small p-values under any dependence.
 */
export type PValueCombination =
  | "fisher"
  | "stouffer"
  | "bonferroni"
  | "mean"
  | "geometric"
  | "harmonic"
  | "simes"
  | "cauchy";

/**
 * One p-value from several of the same hypothesis (one per feature, layer or model).
 * @param method Default "bonferroni", which always holds.
 * @throws CredenceError "empty-input", "not-a-probability", "unknown-option".
 * @example
 * ```ts
 * import { combinePValues } from "credence/conformal";
 * combinePValues([0.01, 0.2, 0.04], "bonferroni"); // → 0.03
 * combinePValues([0.01, 0.2, 0.04], "fisher"); // → 0.0044
 * ```
 */
export function combinePValues(pValues: ArrayLike<number>, method: PValueCombination = "bonferroni"): number {
  const fn = "combinePValues";
  checkNotEmpty(fn, "pValues", pValues);
  checkProbabilities(fn, "pValues", pValues);
  checkOneOf(fn, "method", method, Object.keys(rules) as PValueCombination[]);
  if (pValues.length === 1) return pValues[0];
  return Math.min(rules[method](Float64Array.from(pValues as ArrayLike<number>)), 1);
}

const sum = (values: Float64Array, of: (p: number) => number) =>
  values.reduce((total, p) => total + of(p), 0);

const rules: Record<PValueCombination, (p: Float64Array) => number> = {
  fisher: (p) => chiSquaredSurvival(-2 * sum(p, Math.log), 2 * p.length),
  stouffer: (p) => {
    // 0 and 1 together contradict each other without end: no evidence.
    const z = sum(p, normalQuantile) / Math.sqrt(p.length);
    return Number.isNaN(z) ? 1 : normalCdf(z);
  },
  bonferroni: (p) => p.length * Math.min(...p),
  mean: (p) => (2 * sum(p, (x) => x)) / p.length,
  geometric: (p) => Math.E * Math.exp(sum(p, Math.log) / p.length),
  // e ln K holds from three p-values on; two need the factor 2.
  harmonic: (p) => {
    const factor = p.length === 2 ? 2 : Math.E * Math.log(p.length);
    return (factor * p.length) / sum(p, (x) => 1 / x);
  },
  simes: (p) => {
    const sorted = p.toSorted();
    return Math.min(...sorted.map((x, i) => (x * p.length) / (i + 1)));
  },
  cauchy: (p) => {
    if (p.some((x) => x === 0)) return 0;
    return (
      0.5 - Math.atan(sum(p, (x) => (x === 1 ? -1e15 : Math.tan((0.5 - x) * Math.PI))) / p.length) / Math.PI
    );
  },
};
