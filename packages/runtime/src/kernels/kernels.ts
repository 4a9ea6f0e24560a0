import {
  type Balls,
  ballsOf,
  type CmmdOptions,
  type GaussianStatistics,
  type Grams,
  type KernelDistanceOptions,
  type KernelSums,
  outerRadii,
} from "credence/fidelity";
import { columnMeans, type Gram, type Matrix, type Neighbours, type Within } from "credence/numeric";
import { startRuntime } from "../runtime.js";
import { gaussianStatisticsOn } from "./gaussianStatistics.js";
import { gramOn } from "./gram.js";
import { cmmdSumsOn, kernelDistanceSumsOn } from "./kernelSums.js";
import { missedSharesOn } from "./missedShares.js";
import { neighboursOn } from "./neighbours.js";
import { productEigenvaluesOn } from "./productEigenvalues.js";
import { queue } from "./queue.js";
import { mutuallyWithinOn } from "./within.js";

/** The costly steps of `credence`, made in a worker thread by ONNX Runtime; the results are the same plain data. */
export interface Kernels {
  /** As `nearestNeighbours` of credence/numeric: exact, with the same rule at ties. */
  nearestNeighbours(
    points: Matrix,
    k: number,
    queries?: Matrix,
    options?: KernelOptions,
  ): Promise<Neighbours>;
  /** As `mutuallyWithin` of credence/numeric: exact, the pairs within each other's radii both ways. */
  mutuallyWithin(
    a: Matrix,
    b: Matrix,
    radiiOfA: ArrayLike<number>,
    radiiOfB: ArrayLike<number>,
    options?: KernelOptions,
  ): Promise<readonly [Within, Within]>;
  /** As `pointsWithin` of credence/numeric: exact. */
  pointsWithin(
    points: Matrix,
    centres: Matrix,
    radii: ArrayLike<number>,
    options?: KernelOptions,
  ): Promise<Within>;
  /** As `createBalls` of credence/fidelity, for `prdcFromBalls` and `precisionRecallFromBalls`. */
  balls(
    real: Matrix,
    generated: Matrix,
    kept: readonly [number, number],
    options?: KernelOptions,
  ): Promise<readonly [Balls, Balls]>;
  /** As `missedShares` of credence/fidelity, to about five digits. */
  missedShares(
    a: Matrix,
    b: Matrix,
    radiusOfA: number,
    radiusOfB: number,
    options?: KernelOptions,
  ): Promise<readonly [Float64Array, Float64Array]>;
  /** As `gram` of credence/numeric, in float32. */
  gram(a: Matrix, b?: Matrix, options?: GramOptions): Promise<Gram>;
  /** All that `kernelDistanceFromGrams` needs, and with `center: true` all that `cmmdFromGrams` needs. */
  grams(real: Matrix, generated: Matrix, options?: KernelOptions & { center?: boolean }): Promise<Grams>;
  /** What `kernelDistanceFromSums` needs, in memory that does not grow with the pairs of rows; about six digits. */
  kernelDistanceSums(
    real: Matrix,
    generated: Matrix,
    options?: KernelOptions & Pick<KernelDistanceOptions, "degree" | "scale" | "offset" | "subsets" | "seed">,
  ): Promise<KernelSums>;
  /** What `cmmdFromSums` needs, likewise; where features reach beyond hundreds of σ, float32 blurs what is nearer than σ. */
  cmmdSums(
    real: Matrix,
    generated: Matrix,
    options?: KernelOptions & Pick<CmmdOptions, "sigma">,
  ): Promise<KernelSums>;
  /** As `gaussianStatistics` of credence/fidelity, in float64. */
  gaussianStatistics(matrix: Matrix, options?: KernelOptions): Promise<GaussianStatistics>;
  /**
   * As `productEigenvalues` of credence/fidelity, for `frechetDistanceSteps`.
   * @param others Each is asked for when its turn comes.
   * @throws CredenceError "shape-mismatch", and "too-few" for statistics of fewer than two rows.
   */
  productEigenvalues(
    first: GaussianStatistics,
    others: Iterable<GaussianStatistics>,
    options?: KernelOptions,
  ): Promise<Float64Array[]>;
  /** Ends the worker. */
  close(): Promise<void>;
}

export interface KernelOptions {
  /** Stops between two blocks. */
  signal?: AbortSignal;
}

export interface GramOptions extends KernelOptions {
  /** Subtracted from every row first. Default: nothing. */
  center?: ArrayLike<number>;
}

/**
 * Starts a worker thread for matrix kernels.
 * @param options `threads`: of one matrix product. Default 1.
 * @example
 * ```ts
 * import { startKernels } from "@credence/runtime";
 * const kernels = startKernels();
 * const { distances } = await kernels.nearestNeighbours({ data: [0, 1, 3], rows: 3, columns: 1 }, 1);
 * await kernels.close();
 * Array.from(distances); // → [1, 1, 2]
 * ```
 */
export function startKernels({ threads = 1 }: { threads?: number } = {}): Kernels {
  const runtime = startRuntime();
  const inTurn = queue(() => runtime.drop());
  const kernels: Kernels = {
    nearestNeighbours: (points, k, queries, options = {}) =>
      inTurn(() => neighboursOn(runtime, points, k, queries ?? null, { threads, ...options })),
    mutuallyWithin: (a, b, radiiOfA, radiiOfB, options = {}) =>
      inTurn(() => mutuallyWithinOn(runtime, a, b, radiiOfA, radiiOfB, { threads, ...options })),
    async pointsWithin(points, centres, radii, options) {
      const none = new Float64Array(points.rows).fill(-1); // holds nothing
      return (await kernels.mutuallyWithin(centres, points, radii, none, options))[0];
    },
    async balls(real, generated, kept, options) {
      const own = [
        await kernels.nearestNeighbours(real, kept[0], undefined, options),
        await kernels.nearestNeighbours(generated, kept[1], undefined, options),
      ] as const;
      const radii = [outerRadii(own[0]), outerRadii(own[1])] as const;
      return ballsOf(own, await kernels.mutuallyWithin(real, generated, ...radii, options));
    },
    missedShares: (a, b, radiusOfA, radiusOfB, options = {}) =>
      inTurn(() => missedSharesOn(runtime, a, b, radiusOfA, radiusOfB, { threads, ...options })),
    gram: (a, b, options = {}) => inTurn(() => gramOn(runtime, a, b ?? null, { threads, ...options })),
    async grams(real, generated, { center = false, ...options } = {}) {
      const all = { ...options, ...(center && { center: columnMeans(real) }) };
      return {
        real: await kernels.gram(real, undefined, all),
        generated: await kernels.gram(generated, undefined, all),
        cross: await kernels.gram(real, generated, all),
      };
    },
    kernelDistanceSums: (real, generated, options = {}) =>
      inTurn(() => kernelDistanceSumsOn(runtime, real, generated, { threads, ...options })),
    cmmdSums: (real, generated, options = {}) =>
      inTurn(() => cmmdSumsOn(runtime, real, generated, { threads, ...options })),
    gaussianStatistics: (matrix, options = {}) =>
      inTurn(() => gaussianStatisticsOn(runtime, matrix, { threads, ...options })),
    productEigenvalues: (first, others, options = {}) =>
      inTurn(() => productEigenvaluesOn(runtime, first, others, { threads, ...options })),
    close: () => runtime.close(),
  };
  return kernels;
}
