import { checkList } from "../numeric/check.js";
import { shuffle } from "../numeric/distributions.js";
import { CredenceError } from "../numeric/error.js";
import type { Matrix } from "../numeric/matrix.js";
import { isMatrix } from "../numeric/matrix.js";
import { createRandom } from "../numeric/random.js";
import { checkedSample, checkSameFeatures, takeRows } from "./samples.js";

/** How samples that come as one matrix are cut. */
export interface FoldOptions {
  /** Folds into which a model's samples are cut where it comes as one matrix. Default 2. */
  generatedFolds?: number;
  /** Folds into which the reference is cut where it comes as one matrix. Default 2. */
  referenceFolds?: number;
  /** Seed of folds and splits. Default 0. */
  seed?: number;
  /** Leave out rows that hold NaN or infinities instead of refusing them. Default false. */
  dropNonFinite?: boolean;
}

/** Cuts everything into folds of the size of the smallest. */
export function equalFolds(
  fn: string,
  real: Matrix | readonly Matrix[],
  models: readonly (Matrix | readonly Matrix[])[],
  { generatedFolds = 2, referenceFolds = 2, seed = 0, dropNonFinite = false }: FoldOptions,
) {
  const check = (argument: string, matrix: Matrix) =>
    checkedSample(fn, argument, matrix, undefined, dropNonFinite).matrix;
  const cut = (argument: string, sample: Matrix | readonly Matrix[], folds: number, salt: number) =>
    isMatrix(sample)
      ? dealt(check(argument, sample), folds, seed + salt)
      : listed(argument, sample).map((matrix, f) => check(`${argument}[${f}]`, matrix));
  const listed = <T>(argument: string, values: readonly T[]): readonly T[] => {
    checkList(fn, argument, values);
    return Array.from(values);
  };
  const references = cut("real", real, referenceFolds, 0);
  const generated = listed("models", models).map((model, s) =>
    cut(`models[${s}]`, model, generatedFolds, s + 1),
  );
  const first = references[0];
  const all = [...references, ...generated.flat()];
  if (references.length === 0 || generated.some((folds) => folds.length === 0))
    throw new CredenceError(
      "empty-input",
      { function: fn, argument: "models" },
      "holds a list without any fold.",
    );
  for (const matrix of all) checkSameFeatures(fn, "models", matrix, "real", first);
  const n = Math.min(...all.map(({ rows }) => rows));
  if (n < 4)
    throw new CredenceError(
      "too-few",
      { function: fn, argument: "models", value: n },
      "rows are in the smallest fold; each is cut into training and test rows and needs at least 4.",
    );
  const trim = (matrix: Matrix, salt: number) =>
    matrix.rows === n ? matrix : dealt(matrix, 1, seed + salt, n)[0];
  return {
    references: references.map((matrix, r) => trim(matrix, 7919 + r)),
    generated: generated.map((folds, s) => folds.map((matrix, g) => trim(matrix, 104729 + s * 97 + g))),
    n,
  };
}

/** Random disjoint folds of equal size. */
function dealt(
  matrix: Matrix,
  folds: number,
  seed: number,
  size = Math.floor(matrix.rows / folds),
): Matrix[] {
  const order = shuffle(
    createRandom(seed),
    Int32Array.from({ length: matrix.rows }, (_, i) => i),
  );
  return Array.from({ length: folds }, (_, f) =>
    takeRows(
      matrix,
      order
        .subarray(f * size, (f + 1) * size)
        .slice()
        .sort(),
    ),
  );
}
