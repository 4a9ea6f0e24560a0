import { checkOptions } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { checkMatrix, type Matrix } from "../numeric/matrix.js";

/** Options of scores that read logits. */
export interface LogitScoreOptions {
  /** Logits are divided by this, > 0. Default 1 (ODIN uses 1000 for {@link maxSoftmax}). */
  temperature?: number;
}

/**
 * Maximum softmax probability: a score in (0, 1], high for inputs like those of training (Hendrycks & Gimpel 2017).
 * @param logits Rows × classes, before softmax. Of probabilities take the logarithm first.
 * @throws CredenceError "empty-input", "length-mismatch", "not-finite", "out-of-range".
 * @example
 * ```ts
 * import { maxSoftmax } from "credence/novelty";
 * Array.from(maxSoftmax({ data: [0, 0, 5, 0], rows: 2, columns: 2 })); // → [0.5, 0.9933]
 * ```
 */
export function maxSoftmax(logits: Matrix, options: LogitScoreOptions = {}): Float64Array {
  checkOptions("maxSoftmax", options);
  return perRow("maxSoftmax", logits, options, ({ top, shifted }) => {
    let sum = 0;
    for (const x of shifted(top)) sum += Math.exp(x);
    return 1 / sum;
  });
}

/**
 * Maximum logit: like {@link maxSoftmax}, without the normalisation that hides how large the logits are (Hendrycks et
 * al. 2022). High for inputs like those of training.
 * @throws CredenceError "empty-input", "length-mismatch", "not-finite".
 * @example
 * ```ts
 * import { maxLogit } from "credence/novelty";
 * Array.from(maxLogit({ data: [0, 2, 5, 1], rows: 2, columns: 2 })); // → [2, 5]
 * ```
 */
export function maxLogit(logits: Matrix): Float64Array {
  return perRow("maxLogit", logits, {}, ({ top }) => top);
}

/**
 * Energy score: T · ln Σ exp(logit/T), the negative free energy (Liu et al. 2020). High for inputs like those of training.
 * @throws CredenceError "empty-input", "length-mismatch", "not-finite", "out-of-range".
 * @example
 * ```ts
 * import { energy } from "credence/novelty";
 * Array.from(energy({ data: [0, 0], rows: 1, columns: 2 })); // → [0.6931]
 * ```
 */
export function energy(logits: Matrix, options: LogitScoreOptions = {}): Float64Array {
  checkOptions("energy", options);
  return perRow("energy", logits, options, ({ top, shifted, temperature }) => {
    let sum = 0;
    for (const x of shifted(top)) sum += Math.exp(x);
    return top + temperature * Math.log(sum);
  });
}

/**
 * Negative entropy of the softmax, in nats, −ln(classes) … 0. High for inputs like those of training, as all scores here.
 * @throws CredenceError "empty-input", "length-mismatch", "not-finite", "out-of-range".
 * @example
 * ```ts
 * import { negativeEntropy } from "credence/novelty";
 * Array.from(negativeEntropy({ data: [0, 0], rows: 1, columns: 2 })); // → [-0.6931]
 * ```
 */
export function negativeEntropy(logits: Matrix, options: LogitScoreOptions = {}): Float64Array {
  checkOptions("negativeEntropy", options);
  return perRow("negativeEntropy", logits, options, ({ top, shifted }) => {
    let sum = 0;
    let weighted = 0;
    for (const x of shifted(top)) {
      sum += Math.exp(x);
      weighted += x * Math.exp(x);
    }
    return weighted / sum - Math.log(sum);
  });
}

interface LogitRow {
  readonly top: number;
  readonly temperature: number;
  /** (logit − from)/T of every class. */
  shifted(from: number): Float64Array;
}

function perRow(
  fn: string,
  logits: Matrix,
  { temperature = 1 }: LogitScoreOptions,
  score: (row: LogitRow) => number,
): Float64Array {
  checkMatrix(fn, "logits", logits);
  if (!(temperature > 0 && temperature < Infinity))
    throw new CredenceError(
      "out-of-range",
      { function: fn, argument: "temperature", value: temperature },
      "must be positive and finite.",
    );
  const { data, rows, columns } = logits;
  const buffer = new Float64Array(columns);
  return Float64Array.from({ length: rows }, (_, i) => {
    let top = -Infinity;
    for (let j = i * columns; j < (i + 1) * columns; j++) {
      if (!Number.isFinite(data[j]))
        throw new CredenceError(
          "not-finite",
          { function: fn, argument: "logits", index: j, value: data[j] },
          "a finite logit is needed.",
        );
      if (data[j] > top) top = data[j];
    }
    const shifted = (from: number) => {
      for (let j = 0; j < columns; j++) buffer[j] = (data[i * columns + j] - from) / temperature;
      return buffer;
    };
    return score({ top, temperature, shifted });
  });
}
