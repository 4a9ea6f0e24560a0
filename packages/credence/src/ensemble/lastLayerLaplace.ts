import { checkCount, checkFields, checkOptions } from "../numeric/check.js";
import { sampleNormal } from "../numeric/distributions.js";
import { symmetricEigen } from "../numeric/eigen.js";
import { CredenceError } from "../numeric/error.js";
import { checkMatrix, checkProbabilityRows, type Matrix } from "../numeric/matrix.js";
import { createRandom } from "../numeric/random.js";
import { softmaxRows } from "../numeric/softmax.js";

/** Options of {@link lastLayerLaplace}. */
export interface LaplaceOptions {
  /** Precision (1 / variance) of the Gaussian prior of each weight, above 0. Default 1. */
  priorPrecision?: number;
}

/** How draws are made. */
export interface LaplaceDraws {
  /** Draws of the logits of each row. Default 50. */
  samples?: number;
  /** Default 0. */
  seed?: number;
}

/** A fitted posterior of the last layer. */
export interface LastLayerLaplace {
  /**
   * One matrix of probabilities (rows × classes) per draw, what {@link decomposeEntropy} takes. Rows are drawn
   * independently of each other.
   * @param embeddings Rows × features. @param logits Rows × classes, of the network itself.
   */
  draw(embeddings: Matrix, logits: Matrix, options?: LaplaceDraws): Matrix[];
  /** The variance of each logit: rows × classes. */
  variances(embeddings: Matrix): Matrix;
}

/**
 * A Gaussian posterior of the weights (and biases) of a classifier's last layer around those that were trained: Laplace's
 * method with the generalised Gauss–Newton curvature, in its Kronecker-factored form n · A ⊗ G + priorPrecision · I with
 * A the mean of φφᵀ and G that of diag p − ppᵀ. Far from the data the prior takes over, so distant inputs get less confident
 * answers. The labels are not needed.
 * @see Ritter, Botev & Barber 2018; Kristiadi, Hein & Hennig 2020; Daxberger et al. 2021.
 * @example
 * ```ts
 * import { lastLayerLaplace } from "credence/ensemble";
 * const embeddings = { data: [0, 1, 2, 3], rows: 4, columns: 1 };
 * const probabilities = { data: [0.9, 0.1, 0.6, 0.4, 0.4, 0.6, 0.1, 0.9], rows: 4, columns: 2 };
 * const posterior = lastLayerLaplace.fit(embeddings, probabilities);
 * const { data } = posterior.variances({ data: [1.5, 100], rows: 2, columns: 1 });
 * data[2] > data[0]; // → true
 * ```
 */
export const lastLayerLaplace = {
  /**
   * @param embeddings Rows × features: the inputs of the last layer for the training rows, without the constant 1.
   * @param probabilities Rows × classes: the network's own.
   * @throws CredenceError "length-mismatch", "not-a-probability", "not-normalised", "not-finite", "out-of-range".
   */
  fit(embeddings: Matrix, probabilities: Matrix, options: LaplaceOptions = {}): LastLayerLaplace {
    const fn = "lastLayerLaplace.fit";
    checkOptions(fn, options);
    const { priorPrecision = 1 } = options;
    if (!(priorPrecision > 0 && priorPrecision < Infinity))
      throw new CredenceError(
        "out-of-range",
        { function: fn, argument: "priorPrecision", value: priorPrecision },
        "must be above 0.",
      );
    checkMatrix(fn, "embeddings", embeddings);
    checkProbabilityRows(fn, "probabilities", probabilities);
    checkRows(fn, "probabilities", probabilities, embeddings.rows);
    const features = embeddings.columns + 1;
    const classes = probabilities.columns;
    const inputs = symmetricEigen(meanOuter(embeddings), features);
    const outputs = symmetricEigen(meanCurvature(probabilities), classes);
    return createPosterior(inputs.vectors as Float64Array, outputs.vectors as Float64Array, (a, g) => {
      // Rounding may leave eigenvalues a little below 0.
      const curvature = Math.max(inputs.values[a], 0) * Math.max(outputs.values[g], 0);
      return 1 / (embeddings.rows * curvature + priorPrecision);
    });
  },
};

/** @param variance Of the weight along eigenvector a of the inputs and g of the outputs. */
function createPosterior(
  inputVectors: Float64Array,
  outputVectors: Float64Array,
  variance: (a: number, g: number) => number,
): LastLayerLaplace {
  const features = Math.sqrt(inputVectors.length);
  const classes = Math.sqrt(outputVectors.length);
  const spread = Float64Array.from({ length: features * classes }, (_, at) =>
    variance(Math.floor(at / classes), at % classes),
  );

  /** Of the logits along the eigenvectors of the outputs, which are independent: rows × classes. */
  function eigenVariances(fn: string, embeddings: Matrix): Float64Array {
    checkFields(fn, "embeddings", embeddings);
    checkMatrix(fn, "embeddings", embeddings);
    const { data, rows, columns } = embeddings;
    if (columns !== features - 1)
      throw new CredenceError(
        "length-mismatch",
        { function: fn, argument: "embeddings", value: columns },
        `has ${columns} columns, but ${features - 1} were fitted.`,
      );
    const result = new Float64Array(rows * classes);
    for (let i = 0; i < rows; i++)
      for (let a = 0; a < features; a++) {
        let along = inputVectors[a * features + columns];
        for (let j = 0; j < columns; j++) along += inputVectors[a * features + j] * data[i * columns + j];
        for (let g = 0; g < classes; g++) result[i * classes + g] += along * along * spread[a * classes + g];
      }
    return result;
  }

  return {
    variances(embeddings) {
      const along = eigenVariances("LastLayerLaplace.variances", embeddings);
      const data = new Float64Array(along.length);
      for (let i = 0; i < embeddings.rows; i++)
        for (let c = 0; c < classes; c++)
          for (let g = 0; g < classes; g++)
            data[i * classes + c] += outputVectors[g * classes + c] ** 2 * along[i * classes + g];
      return { data, rows: embeddings.rows, columns: classes };
    },
    draw(embeddings, logits, options = {}) {
      const fn = "LastLayerLaplace.draw";
      checkOptions(fn, options);
      const { samples = 50, seed = 0 } = options;
      checkCount(fn, "samples", samples);
      const along = eigenVariances(fn, embeddings);
      checkFields(fn, "logits", logits);
      checkMatrix(fn, "logits", logits);
      checkRows(fn, "logits", logits, embeddings.rows);
      if (logits.columns !== classes)
        throw new CredenceError(
          "length-mismatch",
          { function: fn, argument: "logits", value: logits.columns },
          `has ${logits.columns} columns, but ${classes} classes were fitted.`,
        );
      const random = createRandom(seed);
      return Array.from({ length: samples }, () => {
        const data = Float64Array.from(logits.data);
        for (let at = 0; at < along.length; at++) {
          const step = Math.sqrt(along[at]) * sampleNormal(random);
          const g = at % classes;
          for (let c = 0; c < classes; c++) data[at - g + c] += step * outputVectors[g * classes + c];
        }
        softmaxRows(data, classes);
        return { data, rows: embeddings.rows, columns: classes };
      });
    },
  };
}

/** The mean of φφᵀ, φ with a constant 1 at its end. */
function meanOuter({ data, rows, columns }: Matrix): Float64Array {
  const n = columns + 1;
  const sum = new Float64Array(n * n);
  const row = new Float64Array(n).fill(1);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) row[j] = data[i * columns + j];
    for (let a = 0; a < n; a++) for (let b = 0; b <= a; b++) sum[a * n + b] += (row[a] * row[b]) / rows;
  }
  return sum; // Its lower triangle is all that is read.
}

/** The mean of diag p − ppᵀ. */
function meanCurvature({ data, rows, columns }: Matrix): Float64Array {
  const sum = new Float64Array(columns * columns);
  for (let i = 0; i < rows; i++)
    for (let a = 0; a < columns; a++) {
      const p = data[i * columns + a];
      for (let b = 0; b <= a; b++)
        sum[a * columns + b] += ((a === b ? p : 0) - p * data[i * columns + b]) / rows;
    }
  return sum;
}

function checkRows(fn: string, argument: string, matrix: Matrix, rows: number): void {
  if (matrix.rows !== rows)
    throw new CredenceError(
      "length-mismatch",
      { function: fn, argument, value: matrix.rows },
      `has ${matrix.rows} rows, but embeddings has ${rows}.`,
    );
}
