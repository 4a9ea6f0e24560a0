import { reportProgress } from "../estimate/statistic.js";
import type { Matrix } from "../numeric/matrix.js";
import { type Neighbours, nearestNeighbours, pointsWithin } from "../numeric/neighbours.js";
import { outerRadii } from "./balls.js";
import { type CurveFamily, scoreOf, type TestNeighbourhoods } from "./curveScores.js";
import { type CurveSummary, curveSummary, errorTradeoff, radiiOnRays } from "./errorTradeoff.js";
import { checkedK, neighbourCount, type SplitSample, splitHalf } from "./precisionRecallCurve.js";

/** One curve: one generated fold against one reference fold. */
export interface CurveCell {
  readonly summary: CurveSummary;
  readonly radius: Float64Array;
}

/** The curves of all models × generated folds × reference folds, and of the reference folds against each other. */
export interface CurveCells {
  readonly curves: readonly (readonly (readonly CurveCell[])[])[];
  readonly floor: readonly CurveCell[];
  readonly k: number;
}

/** A split sample with the neighbours of its test rows among its own training rows, which every cell of it shares. */
interface PreparedSample extends SplitSample {
  readonly own: Neighbours;
}

export function createCurveCells(
  fn: string,
  references: readonly Matrix[],
  generated: readonly (readonly Matrix[])[],
  shape: { readonly family: CurveFamily; readonly angles: Float64Array; readonly k: number | undefined },
  seed: number,
  onProgress?: (done: number, total: number) => void,
): CurveCells {
  const trained = Math.floor(references[0].rows / 2);
  const k = checkedK(fn, neighbourCount(shape.k)(trained), trained);
  const prepare = (matrix: Matrix, salt: number): PreparedSample => {
    const split = splitHalf(fn, matrix, seed + salt);
    return { ...split, own: nearestNeighbours(split.trainMatrix, k, split.testMatrix) };
  };
  const prepared = references.map((matrix, r) => prepare(matrix, r));
  const total =
    generated.flat().length * references.length + (references.length * (references.length - 1)) / 2;
  let done = 0;
  const cell = (real: PreparedSample, fake: PreparedSample): CurveCell => {
    const tradeoff = errorTradeoff(...crossScores(real, fake, shape.family, k));
    reportProgress(onProgress, ++done, total);
    return { summary: curveSummary(tradeoff), radius: radiiOnRays(tradeoff, shape.angles) };
  };
  const curves = generated.map((folds, s) =>
    folds.map((matrix, g) => {
      const fake = prepare(matrix, 1000 + s * 100 + g);
      return prepared.map((real) => cell(real, fake));
    }),
  );
  const floor = prepared.flatMap((a, r) => prepared.slice(r + 1).map((b) => cell(a, b)));
  return { curves, floor, k };
}

/** Scores of the real and of the generated test rows. */
function crossScores(
  real: PreparedSample,
  fake: PreparedSample,
  family: CurveFamily,
  k: number,
): [Float64Array, Float64Array] {
  const scores = (test: Matrix, toReal: Neighbours, own: Neighbours | null) => {
    const lists: TestNeighbourhoods = {
      toReal,
      toGenerated:
        family === "knn"
          ? (own ?? nearestNeighbours(fake.trainMatrix, k, test))
          : pointsWithin(fake.trainMatrix, test, outerRadii(toReal)),
    };
    return Float64Array.from({ length: test.rows }, (_, row) => scoreOf(lists, row, k));
  };
  return [
    scores(real.testMatrix, real.own, null),
    scores(fake.testMatrix, nearestNeighbours(real.trainMatrix, k, fake.testMatrix), fake.own),
  ];
}
