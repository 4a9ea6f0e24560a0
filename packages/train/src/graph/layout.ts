import { sizeOf } from "@credence/runtime";
import { reshape, zerosOf } from "./broadcast.js";
import { apply, applyMany, checkSameType, integers, mismatch, unsuitable } from "./operation.js";
import { range, resolveAxis } from "./shape.js";
import { constant, show, type Tensor } from "./tensor.js";

/** All but the first axis merged into one. */
export const flatten = (x: Tensor): Tensor => reshape(x, [x.shape[0], sizeOf(x.shape.slice(1))]);

/** The axes in another order. Default: the last two change places. */
export function transpose(x: Tensor, order: readonly number[] = lastTwoSwapped(x.shape.length)): Tensor {
  if (order.length !== x.shape.length || new Set(order).size !== order.length)
    throw unsuitable("transpose", x, `${show(order)} is not an order of its axes.`);
  if (order.some((axis) => x.shape[axis] === undefined))
    throw unsuitable("transpose", x, `${show(order)} names an axis it lacks.`);
  const inverse = range(order.length).map((axis) => order.indexOf(axis));
  return apply(
    "Transpose",
    [x],
    order.map((axis) => x.shape[axis]),
    { attributes: { perm: order }, backward: (g) => [transpose(g, inverse)] },
  );
}

const lastTwoSwapped = (rank: number): number[] =>
  range(rank).map((i) => (i === rank - 1 ? rank - 2 : i === rank - 2 ? rank - 1 : i));

/** Tensors one after another along an axis. */
export function concat(tensors: readonly Tensor[], axis: number): Tensor {
  const [first, ...others] = tensors;
  const at = resolveAxis("concat", first, axis);
  for (const other of others) {
    checkSameType("concat", first, other);
    const fits =
      other.shape.length === first.shape.length &&
      other.shape.every((n, i) => i === at || n === first.shape[i]);
    if (!fits) throw mismatch("concat", first, other, `they may differ only along axis ${at}.`);
  }
  if (others.length === 0) return first;
  const sizes = tensors.map((t) => t.shape[at]);
  const shape = first.shape.with(
    at,
    sizes.reduce((a, b) => a + b),
  );
  return apply("Concat", tensors, shape, { attributes: { axis: at }, backward: (g) => split(g, sizes, at) });
}

/** A tensor in consecutive parts of these sizes along an axis. */
export function split(x: Tensor, sizes: readonly number[], axis: number): readonly Tensor[] {
  const at = resolveAxis("split", x, axis);
  if (sizes.reduce((a, b) => a + b, 0) !== x.shape[at])
    throw unsuitable("split", x, `parts of ${show(sizes)} do not add up to its axis ${at}.`);
  const outputs = sizes.map((n) => ({ shape: x.shape.with(at, n), type: x.type }));
  return applyMany("Split", [x, integers(sizes)], outputs, {
    attributes: { axis: at },
    backward: (gradients) => [
      concat(
        gradients.map((g, i) => g ?? zerosOf(x, outputs[i].shape)),
        at,
      ),
      null,
    ],
  });
}

/** The part of x from `start` up to, but without, `end` along an axis. */
export function slice(x: Tensor, axis: number, start: number, end: number): Tensor {
  const at = resolveAxis("slice", x, axis);
  const n = x.shape[at];
  if (!(start >= 0 && start < end && end <= n))
    throw unsuitable("slice", x, `[${start}, ${end}) is not a range within its axis ${at}.`);
  if (end - start === n) return x;
  return apply(
    "Slice",
    [x, integers([start]), integers([end]), integers([at])],
    x.shape.with(at, end - start),
    {
      backward: (g) => [pad(g, at, start, n - end), null, null, null],
    },
  );
}

/** x with zeros before and after along an axis. */
export function pad(x: Tensor, axis: number, before: number, after: number): Tensor {
  const at = resolveAxis("pad", x, axis);
  const n = x.shape[at];
  if (before === 0 && after === 0) return x;
  const rank = x.shape.length;
  const pads = integers(range(2 * rank).map((i) => (i === at ? before : i === rank + at ? after : 0)));
  return apply("Pad", [x, pads, constant(0, [], x.type)], x.shape.with(at, before + n + after), {
    backward: (g) => [slice(g, at, before, before + n), null, null],
  });
}
