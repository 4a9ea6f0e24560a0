import type { DataType } from "@credence/runtime";
import { sumTo } from "./broadcast.js";
import { cast, greater } from "./compare.js";
import { apply, checkSameType, lift, type Operand, withGradient } from "./operation.js";
import { broadcastShape } from "./shape.js";
import { constant, type Tensor } from "./tensor.js";

/** y = f(x), place by place; `derivative` gives the gradient of x from that of y. */
const unary =
  (op: string, derivative?: (gradient: Tensor, x: Tensor, y: Tensor) => Tensor) =>
  (x: Tensor): Tensor =>
    apply(op, [x], x.shape, { backward: derivative && ((g, y) => [derivative(g, x, y)]) });

/** z = f(a, b), place by place, with broadcasting, whose gradient is the sum over the places stretched to. */
const binary =
  (
    fn: string,
    op: string,
    derivatives: (gradient: Tensor, a: Tensor, b: Tensor, z: Tensor) => readonly [Tensor, Tensor],
  ) =>
  (a: Operand, b: Operand): Tensor => {
    const type: DataType = typeof a !== "number" ? a.type : typeof b !== "number" ? b.type : "float32";
    const left = lift(a, type);
    const right = lift(b, type);
    checkSameType(fn, left, right);
    return apply(op, [left, right], broadcastShape(fn, left, right), {
      backward: (g, z) => {
        const [toLeft, toRight] = derivatives(g, left, right, z);
        return [sumTo(toLeft, left.shape), sumTo(toRight, right.shape)];
      },
    });
  };

export const add = binary("add", "Add", (g) => [g, g]);
export const sub = binary("sub", "Sub", (g) => [g, neg(g)]);
export const mul = binary("mul", "Mul", (g, a, b) => [mul(g, b), mul(g, a)]);
export const div = binary("div", "Div", (g, _, b, z) => [div(g, b), neg(div(mul(g, z), b))]);

export const neg = unary("Neg", (g) => neg(g));
export const exp = unary("Exp", (g, _, y) => mul(g, y));
export const log = unary("Log", (g, x) => div(g, x));
export const sqrt = unary("Sqrt", (g, _, y) => div(mul(g, 0.5), y));
export const abs = unary("Abs", (g, x) => mul(g, sign(x)));
export const sin = unary("Sin", (g, x) => mul(g, cos(x)));
export const cos = unary("Cos", (g, x) => neg(mul(g, sin(x))));
export const tanh = unary("Tanh", (g, _, y) => mul(g, sub(1, mul(y, y))));
export const sigmoid = unary("Sigmoid", (g, _, y) => mul(g, mul(y, sub(1, y))));
/** log(1 + eˣ), without overflow. */
export const softplus = (x: Tensor): Tensor =>
  withGradient(sub(relu(x), log(sigmoid(abs(x)))), [x], (g) => [mul(g, sigmoid(x))]);
/** max(x, 0); the derivative at 0 is taken as 0. */
export const relu = unary("Relu", (g, _, y) => mul(g, cast(greater(y, 0), y.type)));
/** The error function; ONNX Runtime has it in float32 only. */
export const erf = unary("Erf", (g, x) => mul(g, mul(2 / Math.sqrt(Math.PI), exp(neg(mul(x, x))))));

/** −1, 0 or 1. No gradient flows through it, nor through {@link floor} and {@link round}. */
export const sign = unary("Sign");
export const floor = unary("Floor");
/** The nearest whole number; halves go to the even one. */
export const round = unary("Round");

/** x². */
export const square = (x: Tensor): Tensor => mul(x, x);

/** xᵖ for a fixed power p. */
export function pow(x: Tensor, power: number): Tensor {
  if (power === 0) return add(mul(x, 0), 1);
  if (power === 1) return x;
  if (power === 2) return square(x);
  return apply("Pow", [x, constant(power, [], x.type)], x.shape, {
    backward: (g) => [mul(g, mul(power, pow(x, power - 1))), null],
  });
}
