import type { NeighbourSteps } from "credence/fidelity";
import { nearestNeighbours } from "credence/numeric";
import type { FidelityKernels } from "./fidelityKernels.js";

/** Goes through all steps, with the neighbours of the kernels where there are any. */
export const finishWith = <T>(
  kernels: Pick<FidelityKernels, "nearestNeighbours"> | null,
  steps: NeighbourSteps<T>,
): Promise<T> =>
  finish(steps, ({ points, k, queries }) =>
    kernels ? kernels.nearestNeighbours(points, k, queries) : nearestNeighbours(points, k, queries),
  );

/** Goes through all steps, each with the answer to what it asks. */
export async function finish<Query, Answer, T>(
  steps: Generator<Query, T, Answer>,
  answer: (query: Query) => Answer | Promise<Answer>,
): Promise<T> {
  let step = steps.next();
  while (!step.done) step = steps.next(await answer(step.value));
  return step.value;
}
