import { sumTo } from "./broadcast.js";
import { cast, greater, less } from "./compare.js";
import { mul, neg, sub } from "./elementwise.js";
import { apply, checkSameType, lift, mismatch, type Operand, withGradient } from "./operation.js";
import { broadcastShape, sameShape } from "./shape.js";
import { constant, type Tensor } from "./tensor.js";

/** a where the condition holds, b elsewhere. */
export function where(condition: Tensor, a: Operand, b: Operand): Tensor {
  const type = typeof a !== "number" ? a.type : typeof b !== "number" ? b.type : "float32";
  const left = lift(a, type);
  const right = lift(b, type);
  checkSameType("where", left, right);
  const like = { ...condition, shape: broadcastShape("where", left, right) };
  return apply("Where", [condition, left, right], broadcastShape("where", condition, like), {
    type,
    backward: (g) => [
      null,
      sumTo(where(condition, g, 0), left.shape),
      sumTo(where(condition, 0, g), right.shape),
    ],
  });
}

/** The larger of a and b; at ties the gradient goes to a. */
export const maximum = (a: Tensor, b: Operand): Tensor => where(less(a, b), b, a);
/** The smaller of a and b; at ties the gradient goes to a. */
export const minimum = (a: Tensor, b: Operand): Tensor => where(greater(a, b), b, a);

/**
 * x held between two bounds. The gradient is 0 outside them.
 * @param options `straightThrough`: the gradient passes outside as well. Default false.
 */
export function clip(
  x: Tensor,
  low: number,
  high: number,
  { straightThrough: through = false }: { straightThrough?: boolean } = {},
): Tensor {
  return apply("Clip", [x, constant(low, [], x.type), constant(high, [], x.type)], x.shape, {
    backward: (g) => [through ? g : mul(g, mul(atLeast(x, low), atLeast(neg(x), -high))), null, null],
  });
}

/** 1 where x ≥ bound, else 0. */
const atLeast = (x: Tensor, bound: number): Tensor => sub(1, cast(less(x, bound), x.type));

/** The value of x, through which no gradient flows. */
export const stopGradient = (x: Tensor): Tensor => apply("Identity", [x], x.shape);

/** The value of `hard` with the gradient of `soft`: the straight-through estimator (Bengio et al. 2013). */
export function straightThrough(hard: Tensor, soft: Tensor): Tensor {
  if (!sameShape(hard.shape, soft.shape))
    throw mismatch("straightThrough", hard, soft, "both must have the same shape.");
  return withGradient(hard, [soft], (g) => [g]);
}

/**
 * x itself, marked in the ONNX file as a place where dropout may act: `openModel` of `@credence/runtime` can keep it
 * active.
 */
export const dropoutMark = (x: Tensor, rate: number): Tensor =>
  apply("Dropout", [x, constant(rate, [], "float32")], x.shape, { backward: (g) => [g, null] });
