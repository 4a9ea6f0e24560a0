import type { Gram, Matrix, Neighbours } from "credence/numeric";
import { startRuntime } from "../runtime.js";
import { gramOn } from "./gram.js";
import { neighboursOn } from "./neighbours.js";

/** The costly steps of `credence`, made in a worker thread by ONNX Runtime; the results are the same plain data. */
export interface Kernels {
  /** As `nearestNeighbours` of credence/numeric: exact, with the same rule at ties. */
  nearestNeighbours(
    points: Matrix,
    k: number,
    queries?: Matrix,
    options?: KernelOptions,
  ): Promise<Neighbours>;
  /** As `gram` of credence/numeric, in float32. */
  gram(a: Matrix, b?: Matrix, options?: KernelOptions): Promise<Gram>;
  /** Ends the worker. */
  close(): Promise<void>;
}

export interface KernelOptions {
  /** Stops between two blocks. */
  signal?: AbortSignal;
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
  return {
    nearestNeighbours: (points, k, queries, options = {}) =>
      neighboursOn(runtime, points, k, queries ?? null, { threads, ...options }),
    gram: (a, b, options = {}) => gramOn(runtime, a, b ?? a, { threads, ...options }),
    close: () => runtime.close(),
  };
}
