import { checkFields, checkFinite, checkOptions, checkSameLength } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { checkMatrix, type Matrix } from "../numeric/matrix.js";
import { type Neighbours, nearestNeighbours } from "../numeric/neighbours.js";

/** Options of {@link nearestNeighbour}. */
export interface NearestNeighbourOptions {
  /** Which neighbour's distance counts, at most the number of training rows. Default 50. */
  k?: number;
  /** Divides every feature vector by its length first. Default true. */
  normalise?: boolean;
}

/** A fitted {@link nearestNeighbour}. */
export interface NearestNeighbourDetector {
  readonly k: number;
  /**
   * Scores of rows × features, high for inputs like those of training; or of neighbours found elsewhere (of vectors
   * normalised there), at least k of them.
   */
  predict(features: Matrix | Neighbours): Float64Array;
}

/**
 * Nearest-neighbour score: − Euclidean distance to the k-th nearest training row, on L2-normalised features (Sun et al.
 * 2022). Exact.
 *
 * `fit(features, { k })`: rows × features of training inputs.
 * @throws CredenceError "empty-input", "length-mismatch", "not-finite", "too-few" for fewer rows than k, "out-of-range"
 * for a vector of length 0, which has no direction.
 * @example
 * ```ts
 * import { nearestNeighbour } from "credence/novelty";
 * const fitted = nearestNeighbour.fit({ data: [1, 0, 0, 2], rows: 2, columns: 2 }, { k: 1 });
 * Array.from(fitted.predict({ data: [3, 0, -1, 0], rows: 2, columns: 2 })); // → [0, -1.4142]
 * ```
 */
export const nearestNeighbour = {
  fit(features: Matrix, options: NearestNeighbourOptions = {}): NearestNeighbourDetector {
    const fn = "nearestNeighbour";
    checkOptions(fn, options);
    const { k = 50, normalise = true } = options;
    const prepare = (rows: Matrix): Matrix => {
      checkMatrix(fn, "features", rows);
      checkFinite(fn, "features", rows.data);
      return normalise ? unitRows(fn, rows) : rows;
    };
    const known = prepare(features);
    if (!(Number.isInteger(k) && k >= 1 && k <= known.rows))
      throw new CredenceError(
        k > known.rows ? "too-few" : "out-of-range",
        { function: fn, argument: "k", value: k },
        `must be a whole number from 1 to ${known.rows}, the number of training rows.`,
      );
    return {
      k,
      predict(rows) {
        checkFields(fn, "features", rows);
        if ("columns" in rows)
          checkSameLength(fn, "columns of features", { length: rows.columns }, "columns of the fit", {
            length: known.columns,
          });
        const found = "distances" in rows ? rows : nearestNeighbours(known, k, prepare(rows));
        if (found.k < k)
          throw new CredenceError(
            "too-few",
            { function: fn, argument: "neighbours.k", value: found.k },
            `the fit asks for the ${k}-th neighbour.`,
          );
        return Float64Array.from({ length: found.rows }, (_, i) => -found.distances[i * found.k + k - 1]);
      },
    };
  },
};

function unitRows(fn: string, { data, rows, columns: d }: Matrix): Matrix {
  const units = new Float64Array(rows * d);
  for (let i = 0; i < rows; i++) {
    let squares = 0;
    for (let j = i * d; j < (i + 1) * d; j++) squares += data[j] * data[j];
    if (squares === 0)
      throw new CredenceError(
        "out-of-range",
        { function: fn, argument: "features", index: i },
        "this row has length 0 and no direction; drop it or set normalise: false.",
      );
    const length = Math.sqrt(squares);
    for (let j = i * d; j < (i + 1) * d; j++) units[j] = data[j] / length;
  }
  return { data: units, rows, columns: d };
}
