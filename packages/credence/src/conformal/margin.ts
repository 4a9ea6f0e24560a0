import {
  type ClassificationMethod,
  type ClassificationOptions,
  classificationMethod,
} from "./classMethod.js";

/**
 * Margin score: the largest probability among the other classes − p of the true class (Johansson et al. 2017).
 * @example
 * ```ts
 * import { margin } from "credence/conformal";
 * margin.scores({ data: [0.7, 0.2, 0.1, 0.7, 0.2, 0.1], rows: 2, columns: 3 }, [0, 1])[1]; // → 0.5
 * ```
 */
export const margin: ClassificationMethod<ClassificationOptions> = classificationMethod({
  method: "margin",
  score: () => ({
    ordered: false,
    of: (_above, own, rank, top, second) => (rank === 1 ? second : top) - own,
  }),
});
