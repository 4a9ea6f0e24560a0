import {
  type ClassificationMethod,
  type ClassificationOptions,
  classificationMethod,
} from "./classMethod.js";

/**
 * Least ambiguous set-valued classifier, also called THR: score 1 − p of the true class. The smallest sets on average,
 * which may be empty (Sadinle, Lei & Wasserman 2019).
 * @example
 * ```ts
 * import { lac } from "credence/conformal";
 * const probabilities = { data: [0.9, 0.1, 0.6, 0.4, 0.2, 0.8, 0.7, 0.3], rows: 4, columns: 2 };
 * const fitted = lac.fit(probabilities, [0, 1, 1, 0], { alpha: 0.2 });
 * fitted.threshold; // → 0.6
 * fitted.predict({ data: [0.55, 0.45, 0.95, 0.05], rows: 2, columns: 2 }); // → [[0,1],[0]]
 * ```
 */
export const lac: ClassificationMethod<ClassificationOptions> = classificationMethod({
  method: "lac",
  score: () => ({ ordered: false, of: (_above, own) => 1 - own }),
});
