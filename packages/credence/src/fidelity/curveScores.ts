import type { Matrix } from "../numeric/matrix.js";
import { type Neighbours, pointsWithin } from "../numeric/neighbours.js";
import type { Within } from "../numeric/pairList.js";
import { outerRadii, radiusOf } from "./balls.js";
import type { NeighbourSteps } from "./neighbourSteps.js";

/**
 * How a test row is scored, higher for "generated".
 * - "knn": share of generated rows among its k nearest training rows.
 * - "coverage": number of generated training rows no farther than its k-th nearest real one.
 */
export type CurveFamily = "knn" | "coverage";

/** What scoring test rows needs to know of the training rows around them. Plain data. */
export interface TestNeighbourhoods {
  readonly toReal: Neighbours;
  /** For "knn" the nearest generated training rows, for "coverage" those out to the farthest of `toReal`. */
  readonly toGenerated: Neighbours | Within;
}

/** @param k Neighbours to keep, at most as many as there are. */
export function* testNeighbourhoods(
  test: Matrix,
  realTrain: Matrix,
  generatedTrain: Matrix,
  family: CurveFamily,
  k: number,
): NeighbourSteps<TestNeighbourhoods> {
  const nearest = (points: Matrix) => ({ points, k: Math.min(k, points.rows), queries: test });
  const toReal = yield nearest(realTrain);
  if (family === "knn") return { toReal, toGenerated: yield nearest(generatedTrain) };
  return { toReal, toGenerated: pointsWithin(generatedTrain, test, outerRadii(toReal)) };
}

/** The score of one test row among all or the chosen training rows. */
export function scoreOf(
  { toReal, toGenerated }: TestNeighbourhoods,
  row: number,
  k: number,
  chosenReal?: Uint8Array,
  chosenGenerated?: Uint8Array,
): number {
  return "offsets" in toGenerated
    ? countInside(toGenerated, row, radiusOf(toReal, row, k, chosenReal), chosenGenerated)
    : generatedShare(toReal, toGenerated, row, k, chosenReal, chosenGenerated);
}

function countInside(
  { offsets, indices, distances }: Within,
  row: number,
  radius: number,
  chosen?: Uint8Array,
): number {
  let count = 0;
  for (let p = offsets[row]; p < offsets[row + 1] && distances[p] <= radius; p++)
    if (!chosen || chosen[indices[p]]) count++;
  return count;
}

/** Merges two ascending lists; real and generated rows at the same distance share the places left in proportion. */
function generatedShare(
  toReal: Neighbours,
  toGenerated: Neighbours,
  row: number,
  k: number,
  chosenReal?: Uint8Array,
  chosenGenerated?: Uint8Array,
): number {
  let i = row * toReal.k;
  let j = row * toGenerated.k;
  const endReal = i + toReal.k;
  const endGenerated = j + toGenerated.k;
  let taken = 0;
  let generated = 0;
  while (taken < k && (i < endReal || j < endGenerated)) {
    const near = Math.min(
      i < endReal ? toReal.distances[i] : Infinity,
      j < endGenerated ? toGenerated.distances[j] : Infinity,
    );
    let realHere = 0;
    let generatedHere = 0;
    for (; i < endReal && toReal.distances[i] === near; i++)
      if (!chosenReal || chosenReal[toReal.indices[i]]) realHere++;
    for (; j < endGenerated && toGenerated.distances[j] === near; j++)
      if (!chosenGenerated || chosenGenerated[toGenerated.indices[j]]) generatedHere++;
    const here = realHere + generatedHere;
    if (here === 0) continue;
    const places = Math.min(here, k - taken);
    generated += (places * generatedHere) / here;
    taken += places;
  }
  return taken > 0 ? generated / taken : 0.5;
}
