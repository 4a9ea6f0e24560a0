import { checkFinite, checkOptions, checkSameLength } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { checkMatrix, type Matrix } from "../numeric/matrix.js";

/** Options of {@link energyScore}. */
export interface EnergyScoreOptions {
  /** "plug-in": all m² pairs of members; "fair": pairs of different members. Default "plug-in". */
  estimator?: "plug-in" | "fair";
}

/**
 * Energy score of one ensemble of vectors: mean ‖x − y‖ − ½ mean ‖x − x′‖, the CRPS of vectors. O(m²d). For several
 * forecasts pass the scores to `meanEstimate` of credence/estimate.
 * @param members m × d.
 * @param observed Length d.
 * @throws CredenceError "empty-input", "length-mismatch", "not-finite", "too-few" for "fair" with one member.
 * @see Gneiting & Raftery 2007.
 * @example
 * ```ts
 * import { energyScore } from "credence/forecast";
 * energyScore({ data: [0, 0, 3, 4], rows: 2, columns: 2 }, [0, 0]); // → 1.25
 * ```
 */
export function energyScore(
  members: Matrix,
  observed: ArrayLike<number>,
  options: EnergyScoreOptions = {},
): number {
  const fn = "energyScore";
  checkOptions(fn, options);
  checkVector(fn, members, observed);
  const { rows: m, columns: d, data } = members;
  const fair = options.estimator === "fair";
  if (fair && m < 2)
    throw new CredenceError(
      "too-few",
      { function: fn, argument: "members", value: m },
      "the fair score needs at least two members.",
    );
  let near = 0;
  let spread = 0;
  for (let i = 0; i < m; i++) {
    near += distance(d, (k) => data[i * d + k] - observed[k]);
    for (let j = 0; j < i; j++) spread += distance(d, (k) => data[i * d + k] - data[j * d + k]);
  }
  return near / m - spread / (m * (fair ? m - 1 : m));
}

/** Options of {@link variogramScore}. */
export interface VariogramScoreOptions {
  /** The power of the differences, > 0. Default 0.5. */
  power?: number;
  /** Weight of each pair of components, d × d. Default: 1. */
  weights?: Matrix;
}

/**
 * Variogram score of one ensemble of vectors: Σ over i, j of w_ij (|y_i − y_j|^p − mean |x_i − x_j|^p)², which sees wrong
 * correlations where the energy score hardly does.
 * @param members m × d.
 * @param observed Length d.
 * @throws CredenceError "empty-input", "length-mismatch", "not-finite", "out-of-range".
 * @see Scheuerer & Hamill 2015.
 * @example
 * ```ts
 * import { variogramScore } from "credence/forecast";
 * variogramScore({ data: [0, 1, 0, 1], rows: 2, columns: 2 }, [0, 4]); // → 2
 * ```
 */
export function variogramScore(
  members: Matrix,
  observed: ArrayLike<number>,
  options: VariogramScoreOptions = {},
): number {
  const fn = "variogramScore";
  checkOptions(fn, options);
  const { power = 0.5, weights } = options;
  checkVector(fn, members, observed);
  const { rows: m, columns: d, data } = members;
  if (!(power > 0 && power < Infinity))
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument: "power", value: power },
      "must be positive and finite.",
    );
  if (weights) {
    checkMatrix(fn, "weights", weights);
    checkSameLength(fn, "weights", weights.data, "pairs of components", { length: d * d });
  }
  let score = 0;
  for (let i = 0; i < d; i++)
    for (let j = 0; j < d; j++) {
      if (i === j) continue;
      let expected = 0;
      for (let k = 0; k < m; k++) expected += Math.abs(data[k * d + i] - data[k * d + j]) ** power / m;
      const gap = Math.abs(observed[i] - observed[j]) ** power - expected;
      score += (weights ? weights.data[i * d + j] : 1) * gap * gap;
    }
  return score;
}

function checkVector(fn: string, members: Matrix, observed: ArrayLike<number>): void {
  checkMatrix(fn, "members", members);
  checkSameLength(fn, "observed", observed, "columns of members", { length: members.columns });
  checkFinite(fn, "members", members.data);
  checkFinite(fn, "observed", observed);
}

function distance(d: number, difference: (k: number) => number): number {
  let squares = 0;
  for (let k = 0; k < d; k++) squares += difference(k) ** 2;
  return Math.sqrt(squares);
}
