import { checkCount, checkFinite, checkOptions, checkSameLength } from "../numeric/check.js";
import { symmetricEigen } from "../numeric/eigen.js";
import { CredenceError } from "../numeric/error.js";
import { checkMatrix, type Matrix } from "../numeric/matrix.js";
import { shrunkCovariance } from "./gaussian.js";
import { energy, maxLogit } from "./logitScores.js";
import { scoreRows } from "./mahalanobis.js";

/** Options of {@link vim}. */
export interface VimOptions {
  /** The last layer, logits = weights · x + bias: it gives the origin −weights⁺ bias. */
  head?: { readonly weights: Matrix; readonly bias: ArrayLike<number> };
  /** The origin itself, where there is no such layer. Default: 0. */
  origin?: ArrayLike<number>;
  /** Dimension of the principal space. Default 1000 from 2048 features on, 512 from 768 on, else half of the features. */
  dimension?: number;
}

/** A fitted {@link vim}. */
export interface VimDetector {
  /** What turns the length of the residual into a logit. */
  readonly scale: number;
  readonly dimension: number;
  /** Scores of rows: high for inputs like those of training. */
  predict(features: Matrix, logits: Matrix): Float64Array;
}

/**
 * Virtual-logit matching (Wang et al. 2022): energy of the logits − α · length of the feature's part outside the
 * principal space of the training features, with α matching it to the mean largest logit.
 *
 * `fit(features, logits, { head })`: rows × features and rows × classes of training inputs.
 * @throws CredenceError "empty-input", "length-mismatch", "not-finite", "out-of-range" for a dimension that leaves no
 * residual, "too-few" where all training features lie in the principal space.
 * @example
 * ```ts
 * import { vim } from "credence/novelty";
 * const features = { data: [3, 0.1, -3, 0.1, 2, -0.1, -2, -0.1], rows: 4, columns: 2 };
 * const logits = { data: [1, 0, 0, 1, 1, 0, 0, 1], rows: 4, columns: 2 };
 * const fitted = vim.fit(features, logits, { dimension: 1 });
 * const same = { data: [1, 0, 1, 0], rows: 2, columns: 2 };
 * const [near, far] = fitted.predict({ data: [2, 0, 2, 1], rows: 2, columns: 2 }, same);
 * near > far; // → true
 * ```
 */
export const vim = { fit };

function fit(features: Matrix, logits: Matrix, options: VimOptions = {}): VimDetector {
  const fn = "vim";
  checkOptions(fn, options);
  checkMatrix(fn, "features", features);
  const d = features.columns;
  const { dimension = d >= 2048 ? 1000 : d >= 768 ? 512 : Math.floor(d / 2) } = options;
  checkCount(fn, "dimension", dimension, 0);
  if (dimension >= d)
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument: "dimension", value: dimension },
      `must be below the number of features, which is ${d}.`,
    );
  const origin = originOf(fn, d, options);
  const covariance = shrunkCovariance(fn, features, () => ({ center: origin, offset: 0 }), 0);
  // Ascending eigenvalues: the first d − dimension directions are the residual space.
  const residual = symmetricEigen(covariance, d).vectors!.subarray(0, (d - dimension) * d);
  const lengthOf = ({ data }: Matrix, i: number) => {
    let squares = 0;
    for (let v = 0; v < residual.length; v += d) {
      let dot = 0;
      for (let j = 0; j < d; j++) dot += residual[v + j] * (data[i * d + j] - origin[j]);
      squares += dot * dot;
    }
    return Math.sqrt(squares);
  };
  let lengths = 0;
  for (let i = 0; i < features.rows; i++) lengths += lengthOf(features, i);
  let tops = 0;
  for (const top of maxLogit(logits)) tops += top;
  checkSameLength(fn, "rows of logits", { length: logits.rows }, "rows of features", {
    length: features.rows,
  });
  if (!(lengths > 0))
    throw new CredenceError(
      "too-few",
      { function: fn, argument: "features" },
      "all training features lie in the principal space; lower the dimension.",
    );
  const scale = tops / lengths;
  return {
    scale,
    dimension,
    predict(rows, rowLogits) {
      checkMatrix(fn, "features", rows);
      checkMatrix(fn, "logits", rowLogits);
      checkSameLength(fn, "rows of logits", { length: rowLogits.rows }, "rows of features", {
        length: rows.rows,
      });
      const energies = energy(rowLogits);
      return scoreRows(fn, d, rows, (i) => energies[i] - scale * lengthOf(rows, i));
    },
  };
}

/** −W⁺ b by the eigenvectors of W Wᵀ, or the given origin. */
function originOf(fn: string, d: number, { head, origin }: VimOptions): Float64Array {
  if (origin) {
    checkSameLength(fn, "origin", origin, "columns of features", { length: d });
    checkFinite(fn, "origin", origin);
    return Float64Array.from(origin as ArrayLike<number>);
  }
  const result = new Float64Array(d);
  if (!head) return result;
  const { weights, bias } = head;
  checkMatrix(fn, "head.weights", weights);
  checkFinite(fn, "head.weights", weights.data);
  checkFinite(fn, "head.bias", bias);
  checkSameLength(fn, "columns of head.weights", { length: weights.columns }, "columns of features", {
    length: d,
  });
  checkSameLength(fn, "head.bias", bias, "rows of head.weights", { length: weights.rows });
  const c = weights.rows;
  const w = weights.data;
  const gram = new Float64Array(c * c);
  for (let a = 0; a < c; a++)
    for (let b = 0; b <= a; b++) {
      let dot = 0;
      for (let j = 0; j < d; j++) dot += w[a * d + j] * w[b * d + j];
      gram[a * c + b] = dot;
      gram[b * c + a] = dot;
    }
  const { values, vectors } = symmetricEigen(gram, c);
  for (let v = 0; v < c; v++) {
    // Directions that the weights do not span are left out, as in a pseudo-inverse.
    if (values[v] <= values[c - 1] * 1e-14 * Math.max(c, d)) continue;
    let along = 0;
    for (let a = 0; a < c; a++) along += vectors![v * c + a] * bias[a];
    for (let a = 0; a < c; a++) {
      const share = (along / values[v]) * vectors![v * c + a];
      for (let j = 0; j < d; j++) result[j] -= share * w[a * d + j];
    }
  }
  return result;
}
