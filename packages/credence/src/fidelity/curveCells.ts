import { reportProgress } from "../estimate/statistic.js";
import type { Matrix } from "../numeric/matrix.js";
import { type Neighbours, pointsWithin } from "../numeric/neighbours.js";
import { outerRadii } from "./balls.js";
import { type CurveFamily, scoreOf, type TestNeighbourhoods } from "./curveScores.js";
import { type CurveSummary, curveSummary, errorTradeoff, radiiOnRays } from "./errorTradeoff.js";
import { mapSteps, type NeighbourSteps } from "./neighbourSteps.js";
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

export function* createCurveCells(
  fn: string,
  references: readonly Matrix[],
  generated: readonly (readonly Matrix[])[],
  shape: { readonly family: CurveFamily; readonly angles: Float64Array; readonly k: number | undefined },
  seed: number,
  onProgress?: (done: number, total: number) => void,
): NeighbourSteps<CurveCells> {
  const trained = Math.floor(references[0].rows / 2);
  const k = checkedK(fn, neighbourCount(shape.k)(trained), trained);
  function* prepare(matrix: Matrix, salt: number): NeighbourSteps<PreparedSample> {
    const split = splitHalf(fn, matrix, seed + salt);
    return { ...split, own: yield { points: split.trainMatrix, k, queries: split.testMatrix } };
  }
  const prepared = yield* mapSteps(references, prepare);
  const total =
    generated.flat().length * references.length + (references.length * (references.length - 1)) / 2;
  let done = 0;
  function* cell(real: PreparedSample, fake: PreparedSample): NeighbourSteps<CurveCell> {
    const tradeoff = errorTradeoff(...(yield* crossScores(real, fake, shape.family, k)));
    reportProgress(onProgress, ++done, total);
    return { summary: curveSummary(tradeoff), radius: radiiOnRays(tradeoff, shape.angles) };
  }
  const curves = yield* mapSteps(generated, (folds, s) =>
    mapSteps(folds, function* (matrix, g) {
      const fake = yield* prepare(matrix, 1000 + s * 100 + g);
      return yield* mapSteps(prepared, (real) => cell(real, fake));
    }),
  );
  const pairs = prepared.flatMap((a, r) => prepared.slice(r + 1).map((b) => [a, b] as const));
  const floor = yield* mapSteps(pairs, ([a, b]) => cell(a, b));
  return { curves, floor, k };
}

/** Scores of the real and of the generated test rows. */
function* crossScores(
  real: PreparedSample,
  fake: PreparedSample,
  family: CurveFamily,
  k: number,
): NeighbourSteps<[Float64Array, Float64Array]> {
  function* scores(test: Matrix, toReal: Neighbours, own: Neighbours | null): NeighbourSteps<Float64Array> {
    const lists: TestNeighbourhoods = {
      toReal,
      toGenerated:
        family === "knn"
          ? (own ?? (yield { points: fake.trainMatrix, k, queries: test }))
          : pointsWithin(fake.trainMatrix, test, outerRadii(toReal)),
    };
    return Float64Array.from({ length: test.rows }, (_, row) => scoreOf(lists, row, k));
  }
  const toReal = yield { points: real.trainMatrix, k, queries: fake.testMatrix };
  return [yield* scores(real.testMatrix, real.own, null), yield* scores(fake.testMatrix, toReal, fake.own)];
}
