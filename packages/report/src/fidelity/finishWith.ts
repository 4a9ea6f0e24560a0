import type { NeighbourSteps } from "credence/fidelity";
import { nearestNeighbours } from "credence/numeric";
import type { FidelityKernels } from "./fidelityKernels.js";

/** Goes through all steps, with the neighbours of the kernels where there are any. */
export async function finishWith<T>(
  kernels: Pick<FidelityKernels, "nearestNeighbours"> | null,
  steps: NeighbourSteps<T>,
): Promise<T> {
  let step = steps.next();
  while (!step.done) {
    const { points, k, queries } = step.value;
    const found = kernels?.nearestNeighbours(points, k, queries) ?? nearestNeighbours(points, k, queries);
    step = steps.next(await found);
  }
  return step.value;
}
