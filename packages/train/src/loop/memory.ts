import { bytesOf, sizeOf } from "@credence/runtime";
import { operationsBehind } from "../graph/gradients.js";
import type { Tensor, Updates } from "../graph/index.js";

const bytes = (x: Tensor): number => sizeOf(x.shape) * bytesOf(x.type);

/** What a step needs, in bytes. */
export interface MemoryEstimate {
  /** Parameters, the optimiser's memory among them; those that change twice, values now and values next. */
  readonly parameters: number;
  /** The most that intermediate values need at once. */
  readonly activations: number;
  readonly total: number;
}

/**
 * Estimates the memory of a step that gives some outputs and changes some parameters: each intermediate value lives from its operation to its
 * last reader. ONNX Runtime merges operations, so it may need less, and keeps freed blocks, so it may hold a little more.
 */
export function estimateMemory(outputs: readonly Tensor[], updates: Updates): MemoryEstimate {
  const ends = [...outputs, ...updates.values()];
  const operations = operationsBehind(ends);
  const lastUse = new Map<Tensor, number>();
  operations.forEach(({ inputs }, i) => {
    for (const x of inputs) lastUse.set(x, i);
  });
  for (const x of ends) lastUse.set(x, operations.length);
  const parameters = new Set([...lastUse.keys()].filter(({ source }) => source.kind === "parameter"));

  let live = 0;
  let peak = 0;
  operations.forEach(({ inputs, outputs: made }, i) => {
    for (const y of made) live += bytes(y);
    peak = Math.max(peak, live);
    for (const x of new Set(inputs))
      if (x.source.kind === "operation" && lastUse.get(x) === i) live -= bytes(x);
    for (const y of made) if (!lastUse.has(y)) live -= bytes(y);
  });
  const sum = (tensors: Iterable<Tensor>) => [...tensors].reduce((total, x) => total + bytes(x), 0);
  const kept = sum(parameters) + sum(updates.keys());
  return { parameters: kept, activations: peak, total: kept + peak };
}
