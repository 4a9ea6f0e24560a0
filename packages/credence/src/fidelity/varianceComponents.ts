import { levelOf } from "../estimate/estimate.js";
import { checkNotEmpty, checkOptions } from "../numeric/check.js";
import { CredenceError } from "../numeric/error.js";
import { modifiedLargeSample, type WeightedMeanSquare } from "./meanSquares.js";

/** A variance with its interval. */
export interface VarianceEstimate {
  /** The variance, 0 where the raw estimate is negative. */
  readonly value: number;
  /** The unbiased estimate, which may be negative. */
  readonly raw: number;
  /** For the variance; a lower end below 0 is 0. */
  readonly interval: readonly [number, number];
  readonly level: number;
  readonly method: "modified-large-sample";
}

/** Where the spread of a score over trained models, generated samples and reference samples comes from. */
export interface VarianceComponents {
  /** Between trainings on the same data: the seed. With one generated fold a model it holds the generated sample too. */
  readonly seed: VarianceEstimate;
  /** Between training sets; null unless models were trained on several. */
  readonly data: VarianceEstimate | null;
  /** Between generated samples of one model; null with one fold a model. */
  readonly generated: VarianceEstimate | null;
  /** Between reference samples; null with a single reference fold. */
  readonly reference: VarianceEstimate | null;
  /** How differently models rank on different reference samples; null with a single reference fold. */
  readonly interaction: VarianceEstimate | null;
  /** What is left, from pairing one generated with one reference sample; null where it cannot be told apart. */
  readonly residual: VarianceEstimate | null;
}

/** Options of {@link varianceComponents}. */
export interface VarianceComponentsOptions {
  /** The training set of each model. Default: all were trained on one. */
  datasets?: ArrayLike<number | string>;
  /** Nominal coverage of the intervals. Default 0.95. */
  level?: number;
}

/**
 * Splits the variance of scores[model][generated fold][reference fold]: a crossed design, generated samples nested in
 * models, every one of them scored against every reference sample. Analysis-of-variance estimates, unbiased whatever the
 * distributions; the intervals assume they are about normal.
 *
 * With fewer than five models, or two folds, the intervals are very wide: they are right to be.
 * @param scores Balanced: as many folds for every model; at least two models.
 * @throws CredenceError "empty-input", "too-few" for one model, "length-mismatch" where the design is not balanced,
 *   "not-finite".
 * @see Searle, Casella & McCulloch 1992; Graybill & Wang 1980.
 * @example
 * ```ts
 * import { varianceComponents } from "credence/fidelity";
 * const scores = [[[1, 2], [1, 2]], [[3, 4], [3, 4]]];
 * const { seed, reference } = varianceComponents(scores);
 * [seed.value, reference?.value]; // → [2, 0.5]
 * ```
 */
export function varianceComponents(
  scores: readonly (readonly ArrayLike<number>[])[],
  options: VarianceComponentsOptions = {},
): VarianceComponents {
  const fn = "varianceComponents";
  checkOptions(fn, options);
  const level = levelOf(fn, options);
  const design = checkedDesign(fn, scores, options.datasets);
  const { M, G, R, B, squares } = design;
  const ms = {
    data: { meanSquare: squares.data / (B - 1), df: B - 1 },
    model: { meanSquare: squares.model / (M - B), df: M - B },
    generated: { meanSquare: squares.generated / (M * (G - 1)), df: M * (G - 1) },
    reference: { meanSquare: squares.reference / (R - 1), df: R - 1 },
    modelReference: { meanSquare: squares.modelReference / ((M - 1) * (R - 1)), df: (M - 1) * (R - 1) },
    residual: {
      meanSquare: squares.residual / (M * (G - 1) * (R - 1)),
      df: M * (G - 1) * (R - 1),
    },
  };
  const folds = G > 1;
  const crossed = R > 1;
  const estimate = (scale: number, ...terms: [keyof typeof ms, 1 | -1][]) =>
    varianceEstimate(
      terms.map(([name, sign]) => ({ ...ms[name], weight: sign / scale })),
      level,
    );
  // E MS: model σe² + Rσg² + Gσmr² + GRσm²; generated σe² + Rσg²; modelReference σe² + Gσmr²; reference that + MGσr².
  const seed =
    folds && crossed
      ? estimate(G * R, ["model", 1], ["generated", -1], ["modelReference", -1], ["residual", 1])
      : folds
        ? estimate(G, ["model", 1], ["generated", -1])
        : crossed
          ? estimate(R, ["model", 1], ["modelReference", -1])
          : estimate(1, ["model", 1]);
  return {
    seed,
    data: B > 1 ? estimate((M / B) * G * R, ["data", 1], ["model", -1]) : null,
    generated: !folds
      ? null
      : crossed
        ? estimate(R, ["generated", 1], ["residual", -1])
        : estimate(1, ["generated", 1]),
    reference: crossed ? estimate(M * G, ["reference", 1], ["modelReference", -1]) : null,
    interaction: !crossed
      ? null
      : folds
        ? estimate(G, ["modelReference", 1], ["residual", -1])
        : estimate(1, ["modelReference", 1]),
    residual: folds && crossed ? estimate(1, ["residual", 1]) : null,
  };
}

function varianceEstimate(terms: readonly WeightedMeanSquare[], level: number): VarianceEstimate {
  const raw = terms.reduce((sum, { weight, meanSquare }) => sum + weight * meanSquare, 0);
  const [low, high] = modifiedLargeSample(terms, level);
  return {
    value: Math.max(0, raw),
    raw,
    interval: [Math.max(0, low), Math.max(0, high)],
    level,
    method: "modified-large-sample",
  };
}

/** Sizes and sums of squares of a balanced design. */
function checkedDesign(
  fn: string,
  scores: readonly (readonly ArrayLike<number>[])[],
  datasets: ArrayLike<number | string> | undefined,
) {
  checkNotEmpty(fn, "scores", scores);
  const M = scores.length;
  if (M < 2)
    throw new CredenceError(
      "too-few",
      { function: fn, argument: "scores" },
      "holds one model; how much trainings differ can only be told from several.",
    );
  for (let s = 0; s < M; s++) {
    checkNotEmpty(fn, `scores[${s}]`, scores[s]);
    for (let g = 0; g < scores[s].length; g++) checkNotEmpty(fn, `scores[${s}][${g}]`, scores[s][g]);
  }
  const G = scores[0].length;
  const R = G > 0 ? scores[0][0].length : 0;
  scores.forEach((model, s) => {
    if (model.length !== G || G === 0) throw unbalanced(fn, s, `${model.length} generated folds, not ${G}`);
    for (const row of model) {
      if (row.length !== R || R === 0)
        throw unbalanced(fn, s, `a fold scored against ${row.length} references, not ${R}`);
      for (let r = 0; r < R; r++)
        if (!Number.isFinite(row[r]))
          throw new CredenceError(
            "not-finite",
            { function: fn, argument: "scores", index: s, value: row[r] },
            "every score must be a finite number.",
          );
    }
  });
  const sets = datasetMembers(fn, datasets, M);
  const average = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const cell = scores.map((model) => model.map((row) => Array.from(row)));
  const perFold = cell.map((model) => model.map(average));
  const perModel = perFold.map(average);
  const perModelReference = cell.map((model) => model[0].map((_, r) => average(model.map((row) => row[r]))));
  const perReference = cell[0][0].map((_, r) => average(perModelReference.map((row) => row[r])));
  const perSet = sets.map((models) => average(models.map((s) => perModel[s])));
  const grand = average(perModel);
  const squares = { data: 0, model: 0, generated: 0, reference: 0, modelReference: 0, residual: 0 };
  perReference.forEach((mean) => {
    squares.reference += M * G * (mean - grand) ** 2;
  });
  sets.forEach((models, b) => {
    squares.data += models.length * G * R * (perSet[b] - grand) ** 2;
    for (const s of models) squares.model += G * R * (perModel[s] - perSet[b]) ** 2;
  });
  for (let s = 0; s < M; s++) {
    for (let r = 0; r < R; r++)
      squares.modelReference += G * (perModelReference[s][r] - perModel[s] - perReference[r] + grand) ** 2;
    for (let g = 0; g < G; g++) {
      squares.generated += R * (perFold[s][g] - perModel[s]) ** 2;
      for (let r = 0; r < R; r++)
        squares.residual += (cell[s][g][r] - perFold[s][g] - perModelReference[s][r] + perModel[s]) ** 2;
    }
  }
  return { M, G, R, B: sets.length, squares };
}

/** The models of each training set; one set where none are named. */
function datasetMembers(
  fn: string,
  datasets: ArrayLike<number | string> | undefined,
  models: number,
): number[][] {
  const members = new Map<number | string, number[]>();
  for (let s = 0; s < models; s++) {
    const id = datasets ? datasets[s] : 0;
    members.set(id, [...(members.get(id) ?? []), s]);
  }
  const sets = [...members.values()];
  const balanced =
    sets.every((set) => set.length === sets[0].length) && (sets.length === 1 || sets[0].length > 1);
  if (!balanced || (datasets && datasets.length !== models))
    throw new CredenceError(
      "length-mismatch",
      { function: fn, argument: "datasets" },
      "must name one training set per model, each equally often and at least twice.",
    );
  return sets;
}

function unbalanced(fn: string, index: number, found: string): CredenceError {
  return new CredenceError(
    "length-mismatch",
    { function: fn, argument: "scores", index },
    `has ${found}; every model needs as many.`,
  );
}
