import type { Matrix } from "../numeric/matrix.js";
import { type Neighbours, nearestNeighbours } from "../numeric/neighbours.js";

/** The arguments of `nearestNeighbours` of credence/numeric. */
export interface NeighbourQuery {
  readonly points: Matrix;
  readonly k: number;
  readonly queries: Matrix;
}

/**
 * A computation that stops wherever it needs neighbours, so that something faster may find them, in its own time: each
 * step asks for the neighbours that the next call of `next` brings. Arguments are checked at the first step. Neighbours
 * that keep the rule of `nearestNeighbours` give the very numbers of the plain function.
 */
export type NeighbourSteps<T> = Generator<NeighbourQuery, T, Neighbours>;

/** Goes through all steps, with neighbours found here. */
export const finishSteps = <T>(steps: NeighbourSteps<T>): T =>
  answerSteps(steps, ({ points, k, queries }) => nearestNeighbours(points, k, queries));

/** Goes through all steps, each with the answer to what it asks. */
export function answerSteps<Query, Answer, T>(
  steps: Generator<Query, T, Answer>,
  answer: (query: Query) => Answer,
): T {
  let step = steps.next();
  while (!step.done) step = steps.next(answer(step.value));
  return step.value;
}

/** The results for all items, one after the other. */
export function* mapSteps<Item, T>(
  items: readonly Item[],
  make: (item: Item, index: number) => NeighbourSteps<T>,
): NeighbourSteps<T[]> {
  const made: T[] = [];
  for (const [index, item] of items.entries()) made.push(yield* make(item, index));
  return made;
}
