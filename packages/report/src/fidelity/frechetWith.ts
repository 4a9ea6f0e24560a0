import {
  type FrechetDistance,
  type FrechetOptions,
  frechetBlocks,
  frechetDistance,
  frechetDistanceSteps,
  type GaussianStatistics,
  type RowBlock,
} from "credence/fidelity";
import type { Matrix } from "credence/numeric";
import type { FidelityKernels } from "./fidelityKernels.js";
import { finish } from "./finishWith.js";

/** The Fréchet distance, by the kernels where there are any and there are as many rows as columns. */
export async function frechetWith(
  kernels: Pick<FidelityKernels, "gaussianStatistics" | "productEigenvalues"> | null,
  real: Matrix,
  generated: Matrix,
  options: FrechetOptions,
): Promise<FrechetDistance> {
  if (!kernels || Math.min(real.rows, generated.rows) < real.columns)
    return frechetDistance(real, generated, options);
  const statistics = async (blocks: readonly RowBlock[]) => {
    const made: GaussianStatistics[] = [];
    for (const block of blocks) made.push(await kernels.gaussianStatistics(block.matrix()));
    return made;
  };
  const blocks = frechetBlocks(real, generated, options);
  const steps = frechetDistanceSteps(
    { ...blocks, real: await statistics(blocks.real), generated: await statistics(blocks.generated) },
    options,
  );
  return finish(steps, ({ first, others }) => kernels.productEigenvalues(first, others));
}
