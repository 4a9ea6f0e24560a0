import { sizeOf } from "@credence/runtime";
import { apply, integers, unsuitable } from "./operation.js";
import { reducedShape, resolveAxes, sameShape } from "./shape.js";
import { constant, type Shape, show, type Tensor } from "./tensor.js";

/*
 * Stretching a tensor and summing it are each other's transpose, so the gradient of the one is the other; they live
 * together, with the reshaping that both need.
 */

export interface ReduceOptions {
  /** The axes to sum over; negative ones count from the end. Default: all. */
  axes?: number | readonly number[];
  /** Whether they stay, as dimensions of 1. Default false. */
  keep?: boolean;
}

/** Σ x over some axes. */
export function sum(x: Tensor, { axes, keep = false }: ReduceOptions = {}): Tensor {
  const over = resolveAxes("sum", x, axes);
  const kept = reducedShape(x, over, true);
  return apply("ReduceSum", [x, integers(over)], reducedShape(x, over, keep), {
    attributes: { keepdims: keep ? 1 : 0, noop_with_empty_axes: 1 },
    backward: (g) => [expand(reshape(g, kept), x.shape), null],
  });
}

/** x stretched to a shape that it broadcasts to. */
export function expand(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  return apply("Expand", [x, integers(shape)], shape, { backward: (g) => [sumTo(g, x.shape), null] });
}

/** Sums a tensor down to a shape that broadcasts to it: the transpose of stretching. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const missing = x.shape.length - shape.length;
  const axes = x.shape.flatMap((n, i) => (i < missing || (shape[i - missing] === 1 && n !== 1) ? [i] : []));
  return reshape(sum(x, { axes, keep: true }), shape);
}

/** A tensor of zeros. */
export const zerosOf = ({ type }: Tensor, shape: Shape): Tensor => expand(constant(0, [], type), shape);

/** The same values in another shape. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  if (sizeOf(x.shape) !== sizeOf(shape))
    throw unsuitable("reshape", x, `it cannot become ${show(shape)}, which holds ${sizeOf(shape)} values.`);
  return apply("Reshape", [x, integers(freeBatch(x.shape, shape))], shape, {
    backward: (g) => [reshape(g, x.shape), null],
  });
}

/**
 * The first dimension is left to ONNX (0: as before; −1: whatever remains), so that a model whose rows are independent
 * takes batches of any size.
 */
const freeBatch = (from: Shape, [first, ...rest]: Shape): number[] =>
  first === undefined ? [] : [first === from[0] ? 0 : -1, ...rest];
