import { mismatch, unsuitable } from "./operation.js";
import type { Shape, Tensor } from "./tensor.js";

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((n, i) => n === b[i]);

/** The shape of a ∘ b under NumPy's rule: aligned at the end, a dimension of 1 stretches. */
export function broadcastShape(fn: string, a: Tensor, b: Tensor): Shape {
  const rank = Math.max(a.shape.length, b.shape.length);
  return Array.from({ length: rank }, (_, i) => {
    const m = a.shape[a.shape.length - rank + i] ?? 1;
    const n = b.shape[b.shape.length - rank + i] ?? 1;
    if (m !== n && m !== 1 && n !== 1)
      throw mismatch(fn, a, b, `dimensions, aligned at the end, must be equal or 1, but ${m} meets ${n}.`);
    return Math.max(m, n);
  });
}

/** Axes as indices from 0, ascending; negative ones count from the end. Default: all. */
export function resolveAxes(fn: string, x: Tensor, axes?: number | readonly number[]): number[] {
  const rank = x.shape.length;
  const list = axes === undefined ? x.shape.map((_, i) => i) : typeof axes === "number" ? [axes] : axes;
  const resolved = list.map((axis) => {
    const i = axis < 0 ? axis + rank : axis;
    if (!Number.isInteger(i) || i < 0 || i >= rank) throw unsuitable(fn, x, `it has no axis ${axis}.`);
    return i;
  });
  return [...new Set(resolved)].sort((a, b) => a - b);
}

/** One axis as an index from 0. */
export const resolveAxis = (fn: string, x: Tensor, axis: number): number => resolveAxes(fn, x, axis)[0];

/** The numbers 0 … n − 1. */
export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** The shape after reducing over these axes, which stay as dimensions of 1 or go. */
export const reducedShape = (x: Tensor, over: readonly number[], keep: boolean): Shape =>
  keep ? x.shape.map((n, i) => (over.includes(i) ? 1 : n)) : x.shape.filter((_, i) => !over.includes(i));
