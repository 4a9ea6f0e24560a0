import { type ClassificationMethod, classificationMethod, type RandomisedOptions } from "./classMethod.js";
import { checkRegularisation } from "./raps.js";

/** Options of {@link saps}. */
export interface SapsOptions extends RandomisedOptions {
  /** What each further rank costs, ≥ 0. Default 0.2. */
  lambda?: number;
}

const DEFAULT = 0.2;

/**
 * Sorted adaptive prediction sets (Huang et al. 2024): beyond the top class only ranks count. Score u · p_max for the
 * top class, p_max + (rank − 2 + u) λ for the others; u = 1 unrandomised.
 * @example
 * ```ts
 * import { saps } from "credence/conformal";
 * saps.scores({ data: [0.5, 0.3, 0.2], rows: 1, columns: 3 }, [2], { lambda: 0.1 })[0]; // → 0.7
 * ```
 */
export const saps: ClassificationMethod<SapsOptions> = classificationMethod({
  method: "saps",
  score({ lambda = DEFAULT }) {
    checkRegularisation("saps", "lambda", lambda);
    return {
      ordered: true,
      of: (_above, _own, rank, top, _second, u) => (rank === 1 ? u * top : top + (rank - 2 + u) * lambda),
    };
  },
  writeScore: ({ lambda = DEFAULT }) => ({ lambda }),
  readScore: (fields) => ({ lambda: fields.number("lambda") }),
});
