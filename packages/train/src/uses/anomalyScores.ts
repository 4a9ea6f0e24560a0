import { CredenceError, type Matrix } from "credence/numeric";
import type {
  BoundedDensity,
  BoundOptions,
  Density,
  Inversion,
  InversionOptions,
  Rows,
} from "../models/index.js";

interface Stop {
  signal?: AbortSignal;
}

/** How known rows look to a model. */
export interface AnomalyScore {
  /** A score for each row, high for rows like those the model was trained on. */
  score(x: Rows, options?: Stop): Promise<Float64Array>;
  /** The fingerprint of the rows that the model was trained on, where it is known. */
  readonly fittedOn?: string;
}

/**
 * log p(x) of a model with an explicit density, such as a flow.
 *
 * In many dimensions a density can be high where the data never are: far inside, or for flat images (Nalisnick et al. 2019).
 * Where anomalies of such a kind matter, compare with another score on some of them.
 * @example
 * ```ts
 * import { likelihoodScore } from "@credence/train/uses";
 * // A flow, say; here the standard normal without its constant.
 * const model = { logProbability: async (rows) => Float64Array.from(rows, ([value]) => -(value ** 2) / 2) };
 * Array.from(await likelihoodScore(model).score([[1], [2]])); // → [-0.5, -2]
 * ```
 */
export const likelihoodScore = (model: Density): AnomalyScore => ({
  score: (x, options) => model.logProbability(x, options),
  fittedOn: trainingRows(model),
});

/** The bound of log p(x) of a model that has one, such as a VAE; `options` as the model takes them. */
export const boundScore = (model: BoundedDensity, options: BoundOptions = {}): AnomalyScore => ({
  score: (x, { signal } = {}) => model.logProbabilityBound(x, { ...options, signal }),
  fittedOn: trainingRows(model),
});

/** What rebuilds rows: a VAE, a GANomaly. */
export interface Reconstructor {
  reconstruct(x: Rows, options?: Stop): Promise<Matrix>;
}

/**
 * Minus the mean squared difference between a row and what a model makes of it.
 * @param options `scale`: what the difference in each column is divided by, such as its standard deviation. Default 1,
 * which suits columns of one unit.
 * @throws CredenceError "length-mismatch" unless `scale` has a number for each column.
 * @example
 * ```ts
 * import { reconstructionScore } from "@credence/train/uses";
 * // A VAE, say; here what keeps the first of two columns.
 * const model = {
 *   reconstruct: async (rows) => ({ data: rows.flatMap(([first]) => [first, 0]), rows: rows.length, columns: 2 }),
 * };
 * Array.from(await reconstructionScore(model, { scale: [1, 2] }).score([[7, 0], [7, 4]])); // → [0, -2]
 * ```
 */
export const reconstructionScore = (
  model: Reconstructor,
  { scale }: { scale?: ArrayLike<number> } = {},
): AnomalyScore => ({
  async score(x, options) {
    const { data, rows, columns } = await model.reconstruct(x, options);
    if (scale && scale.length !== columns)
      throw new CredenceError(
        "length-mismatch",
        { function: "reconstructionScore", argument: "scale" },
        `has ${scale.length} values, but rows have ${columns} columns.`,
      );
    const value =
      "data" in x ? (i: number, j: number) => x.data[i * columns + j] : (i: number, j: number) => x[i][j];
    return Float64Array.from({ length: rows }, (_, i) => {
      let squares = 0;
      for (let j = 0; j < columns; j++)
        squares += ((value(i, j) - data[i * columns + j]) / (scale ? scale[j] : 1)) ** 2;
      return -squares / columns;
    });
  },
  fittedOn: trainingRows(model),
});

/** What looks for its sample nearest to a row: an adversarial network. */
export interface Inverter {
  invert(x: Rows, options?: InversionOptions): Promise<Inversion>;
}

/** Minus the distance between a row and the nearest sample that gradient descent finds (AnoGAN, Schlegl et al. 2017). */
export const inversionScore = (model: Inverter, options: InversionOptions = {}): AnomalyScore => ({
  score: async (x, { signal } = {}) =>
    (await model.invert(x, { ...options, signal })).distances.map((d) => -d),
  fittedOn: trainingRows(model),
});

/** What scores rows itself: a GANomaly. */
export const ownScore = (model: Pick<AnomalyScore, "score">): AnomalyScore => ({
  score: (x, options) => model.score(x, options),
  fittedOn: trainingRows(model),
});

/** The fingerprint of training rows in a model's card. */
function trainingRows(model: object): string | undefined {
  const { card } = model as { card?: { training?: { data?: unknown } } };
  const found = card?.training?.data;
  return typeof found === "string" ? found : undefined;
}
