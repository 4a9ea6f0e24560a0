import type { Balls, GaussianStatistics, KernelSums } from "credence/fidelity";
import type { Matrix, Neighbours } from "credence/numeric";

/** The costly steps, made elsewhere: what `startKernels` of @credence/runtime gives. */
export interface FidelityKernels {
  nearestNeighbours(points: Matrix, k: number, queries: Matrix): Promise<Neighbours>;
  balls(real: Matrix, generated: Matrix, kept: readonly [number, number]): Promise<readonly [Balls, Balls]>;
  kernelDistanceSums(real: Matrix, generated: Matrix): Promise<KernelSums>;
  gaussianStatistics(matrix: Matrix): Promise<GaussianStatistics>;
  productEigenvalues(
    first: GaussianStatistics,
    others: Iterable<GaussianStatistics>,
  ): Promise<readonly Float64Array[]>;
}
