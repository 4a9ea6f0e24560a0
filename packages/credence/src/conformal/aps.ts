import { type ClassificationMethod, classificationMethod, type RandomisedOptions } from "./classMethod.js";

/**
 * Adaptive prediction sets (Romano, Sesia & Candès 2020): score = probability mass of the likelier classes + u · p of
 * the true class; u = 1 unrandomised, one uniform draw per row randomised. Equal probabilities rank by class index.
 * @example
 * ```ts
 * import { aps } from "credence/conformal";
 * const calibration = { data: [0.5, 0.3, 0.2, 0.6, 0.3, 0.1, 0.2, 0.7, 0.1, 0.1, 0.1, 0.8], rows: 4, columns: 3 };
 * const fitted = aps.fit(calibration, [0, 1, 1, 2], { alpha: 0.2 });
 * fitted.threshold; // → 0.9
 * fitted.predict({ data: [0.5, 0.3, 0.2], rows: 1, columns: 3 }); // → [[0,1]]
 * ```
 */
export const aps: ClassificationMethod<RandomisedOptions> = classificationMethod({
  method: "aps",
  score: () => ({ ordered: true, of: (above, own, _rank, _top, _second, u) => above + u * own }),
});
